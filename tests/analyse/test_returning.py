"""Who returns another kind of container than the baseline is named."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import threats
from tests.builders import Spec, make_run

SPECS = Spec(name="loop", ms=10.0, baseline=True), Spec(name="fast", ms=8.0), Spec(name="other", ms=7.0)


def remarks(**returns):
    """Return what is said of a run whose implementations return these types."""
    run = make_run(SPECS)
    of = {arm.name: {"result": returns[arm.case.implementation]} for arm in run.arms}
    rounds = tuple(
        replace(one, workers=tuple(replace(worker, returns=of[worker.arm]) for worker in one.workers))
        for one in run.rounds
    )
    found = threats.section(Analysis(replace(run, rounds=rounds)))
    return [text for text in found.paragraphs if "not part of" in text]


@pytest.mark.parametrize(
    ("loop", "fast", "other"),
    [("list", "tuple", "list"), ("float", "float64", "ndarray"), ("Mine", "list", "ndarray"), ("dict", "dict", "dict")],
)
def test_nothing_is_said_of_the_same_kind_of_numbers_and_of_classes_of_ones_own(loop, fast, other):
    assert remarks(loop=loop, fast=fast, other=other) == []


def test_who_returns_another_kind_is_named_with_both():
    assert remarks(loop="list", fast="ndarray", other="list") == [
        "`fast` returns an array, where `loop` returns a list: converting one to the other is not part of its time."
    ]
    (told,) = remarks(loop="Series", fast="ndarray", other="ndarray")
    assert told == (
        "`other` and `fast` return an array, where `loop` returns a Series: converting one to the other is not "
        "part of their time."
    )
