"""The experiments of planted slowdowns and of short calls (.ci/gate_experiment): plan, amounts, judging and table."""

import json
import sys
from argparse import Namespace
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
KINDS = ("dict_loop", "groupby", "stencil", "fft", "call")


@pytest.fixture(autouse=True)
def _experiment(monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKOUT / ".ci" / "gate_experiment"))
    yield
    for name in ("amounts", "kernels", "kinds", "load", "planted", "records", "repository", "short", "tools"):
        sys.modules.pop(name, None)


def record(percent, verdict, *, condition="calm", kind="fft", code=0, wall_s=40.0):
    return {
        "condition": condition,
        "percent": percent,
        "kind": kind,
        "repeat": 0,
        "amount": 7 * percent,
        "planted_ratio": 1 + percent / 100,
        "verdict": verdict,
        "exit": code,
        "wall_s": wall_s,
    }


def test_the_plan_has_each_gate_once_and_is_the_same_each_time():
    import planted

    options = Namespace(conditions=["calm", "loaded"], percents=[0, 5, 10, 30], kinds=KINDS, times=5, seed=1)
    found = planted.plan(options)
    assert len(found) == len(set(found)) == 2 * 4 * 5 * 5
    assert {one.kind for one in found} == set(KINDS)
    assert {one.percent for one in found} == {0, 5, 10, 30}
    assert found == planted.plan(options)


@pytest.mark.parametrize(
    ("percent", "verdict", "code", "word"),
    [
        (0, "equivalent", 0, "quiet"),
        (0, "equivalent", 3, "undecided"),
        (0, "faster", 0, "quiet"),
        (0, "slower", 1, "false alarm"),
        (0, "undecided", 3, "undecided"),
        (5, "slower", 1, "found"),
        (5, "not slower", 0, "missed"),
        (5, "not slower", 3, "undecided"),
        (30, "undecided", 3, "undecided"),
        (30, "not comparable", 5, "wrong"),
        (30, "no answer", 70, "wrong"),
    ],
)
def test_a_gate_is_judged_by_what_was_planted(percent, verdict, code, word):
    import planted

    assert planted.judged(percent, verdict, code) == word


def test_the_table_has_a_row_for_each_condition_and_slowdown():
    import planted

    records = [
        record(5, "slower"),
        record(5, "undecided", code=3, wall_s=90.0),
        record(0, "slower", condition="loaded"),
        record(0, "wrong", condition="loaded"),
    ]
    assert planted.table(records).splitlines()[2:] == [
        "| calm | 5 % | 2 | 1 | 1 | 0 | 0 | 0 | 90 |",
        "| loaded | none | 2 | 0 | 0 | 0 | 1 | 1 | 40 |",
    ]


def test_what_the_log_knows_is_not_calibrated_again():
    import planted

    assert planted.known_amounts([record(0, "equivalent"), record(5, "slower")]) == {"fft": {5: (35, 1.05)}}


def test_the_amount_of_extra_work_is_found_and_measured_again():
    import amounts

    assert amounts.amount_for(10, 1000, lambda extra: 1 + extra / 2000) == (200, pytest.approx(1.1))
    with pytest.raises(ValueError, match=r"no amount of extra work makes 5 %"):
        amounts.amount_for(5, 1000, lambda extra: 1.5 if extra else 1.0)


@pytest.mark.parametrize("name", KINDS)
def test_extra_work_changes_no_result(name, tmp_path):
    import kinds
    from kernels import implementation

    folder = tmp_path / f"experiment_{name}"
    folder.mkdir()
    (folder / "problem.py").write_text(kinds.KINDS[name].problem)
    for amount in (0, 5):
        (folder / f"kernel_{amount}.py").write_text(kinds.KINDS[name].kernel(amount))
    problem = implementation.load(folder, "problem")
    inputs = problem.inputs(problem.SIZES["M"], "float64", "random", 1)
    known, tolerance = problem.reference(inputs)["result"], problem.tolerance(inputs, 2.0**-53)["result"]
    for amount in (0, 5):
        found = implementation.load(folder, f"kernel_{amount}").prepare(inputs)()
        assert (abs(found - known) <= tolerance).all()


def test_an_answer_of_compare_is_read_and_a_traceback_is_none():
    import repository

    one = {"verdict": "slower", "ratio_head_over_base": {"value": 1.1}, "rounds": 12, "reason": None}
    found = repository.said(json.dumps({"benchmarks": [one]}), "", code=1, wall_s=30.0)
    assert (found.verdict, found.rounds, found.detail) == ("slower", 12, None)
    assert repository.said("", "Traceback: boom", code=1, wall_s=1.0).detail == "Traceback: boom"
    assert repository.said(json.dumps({"benchmarks": []}), "", code=5, wall_s=1.0).verdict == "no answer"


def test_short_gates_are_counted_by_how_they_ended():
    import short

    codes = {"equivalent": 0, "wrong": 4, "slower": 1, "not comparable": 5}
    records = [{"verdict": verdict, "exit": code, "wall_s": 40.0} for verdict, code in codes.items()]
    assert short.told(records) == (
        "4 gates: 1 not comparable, 1 failed, 0 no answer, 1 false alarm, 0 undecided, 1 quiet; the longest took 40 s"
    )


def test_searches_are_counted_by_what_they_named(monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKOUT / ".ci"))
    import bisect_repeats

    sys.modules.pop("bisect_repeats")
    words = (("found", 5, 100.0), ("found", 6, 120.0), ("undecided", 7, 300.0))
    records = [{"kind": "fft", "said": word, "measured": count, "wall_s": wall_s} for word, count, wall_s in words]
    assert bisect_repeats.table(records).splitlines()[2:] == ["| fft | 3 | 2 | 0 | 1 | 0 | 6 | 120 | 300 |"]
