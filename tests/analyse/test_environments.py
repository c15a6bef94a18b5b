"""What another environment does to the same implementation."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.decided import decided
from bench.analyse.environments import differences
from bench.analyse.verdict import Verdict
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run
from tests.environments import OLD, RECORDS, two_environments


def changes(run):
    analysis = Analysis(run)
    return [one for group in analysis.groups for one in analysis.changes(group)]


def test_each_implementation_is_held_against_itself_in_its_first_environment():
    found = changes(two_environments(ms=(2.0, 1.8)))
    assert [one.after.arm.case.contender for one in found] == ["loop [new]", "rows [new]"]
    assert [one.before.arm.case.contender for one in found] == ["loop [old]", "rows [old]"]
    assert [one.verdict for one in found] == [Verdict.FASTER] * 2
    assert found[1].speedup.value == pytest.approx(2.0 / 1.8, rel=0.01)
    assert found[1].speedup.interval.low > 1.09


def test_who_has_no_time_in_an_environment_is_held_against_nobody():
    run = two_environments(ms=(2.0, 2.0), outcome=Outcome.FAILED)
    assert [one.after.arm.case.implementation for one in changes(run)] == ["loop"]


def test_layouts_are_not_taken_for_environments():
    arms = [Spec(name="loop", layout=layout, baseline=layout == "C", environment=OLD) for layout in ("C", "F")]
    assert changes(make_run(arms)) == []


def test_what_differs_is_told_and_what_is_the_same_is_not():
    found = differences(replace(two_environments(), environments=RECORDS))
    assert found == {
        "BLAS": ("openblas 0.3.29", "openblas 0.3.30"),
        "numpy": ("2.3.5", "2.4.6"),
        "scipy": (None, "1.16"),
        "variable OPENBLAS_CORETYPE": ("Haswell", "unset"),
    }


def test_a_ratio_between_environments_that_is_near_the_margin_is_not_decided():
    far, near = two_environments(ms=(2.0, 1.0)), two_environments(ms=(2.0, 1.945))
    loop = {arm.name for arm in near.arms if arm.case.implementation == "loop"}
    assert {arm.name for arm in far.arms if not arm.again} <= decided(far)
    assert not loop & decided(near)
