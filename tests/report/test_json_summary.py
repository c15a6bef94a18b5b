"""A run in short, for programs."""

import json
from dataclasses import replace

import pytest

from bench.analyse.analysis import Analysis
from bench.analyse.verdict import findings
from bench.errors import Exit
from bench.report import json_summary
from bench.store.records import Outcome
from tests.builders import Spec, make_run

GOOD = (Spec(name="loop", ms=72, baseline=True), Spec(name="fast", ms=3.0))


def code(run):
    return json_summary.exit_code(Analysis(run))


def test_the_json_of_a_run_has_ratio_and_interval_of_every_case():
    run = make_run((*GOOD, Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")))
    found = json.loads(json.dumps(json_summary.of(Analysis(run), None), allow_nan=False))
    (group,) = found["groups"]
    assert group["baseline"] == "backprop[loop-M-float64-C-1t]"
    assert group["noise_floor"]["interval"][0] < 1.01
    cases = {case["implementation"]: case for case in group["cases"]}
    low, high = cases["fast"]["ratio_to_baseline"]["interval"]
    assert low < 3 / 72 < high
    assert cases["fast"]["speedup_over_baseline"]["interval"] == pytest.approx([1 / high, 1 / low])
    assert cases["loop"]["ratio_to_baseline"] is None
    assert cases["jit"]["reason"] == "needs numba"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), Exit.FINE),
        ((Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="x"),), Exit.FINE),
        ((Spec(name="bad", outcome=Outcome.WRONG, reason="x"),), Exit.WRONG),
        ((Spec(name="bad", outcome=Outcome.TIMEOUT, reason="x"),), Exit.WRONG),
        ((Spec(name="bad", started=False, outcome=Outcome.FAILED, reason="x"),), Exit.WRONG),
    ],
)
def test_the_exit_code_tells_a_bad_implementation_from_one_that_is_not_here(more, expected):
    assert code(make_run((*GOOD, *more))) == expected


def test_an_interrupted_run_says_so_in_its_exit_code():
    assert code(replace(make_run(GOOD), interrupted=True)) == Exit.INTERRUPTED


def test_noise_counts_only_where_it_leaves_a_case_undecided():
    noisy = (Spec(name="loop", ms=10, baseline=True, noise=0.3), Spec(name="near", ms=10.3, noise=0.3))
    assert findings(make_run(noisy))[0].too_noisy
    assert code(make_run(noisy)) == Exit.UNDECIDED
    far = (Spec(name="loop", ms=10, baseline=True, noise=0.3), Spec(name="far", ms=0.1, noise=0.3))
    assert code(make_run(far)) == Exit.FINE


def test_nothing_ok_is_nothing_measured():
    assert json_summary.exit_code_of([Outcome.UNAVAILABLE, Outcome.UNSUPPORTED]) == Exit.NOTHING_MEASURED
    assert json_summary.exit_code_of([]) == Exit.NOTHING_MEASURED


def test_checks_hold_the_worst_error_and_come_as_a_table():
    run = make_run((*GOOD, Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")))
    found = json_summary.checks([arm for arm in run.arms if not arm.again], run.left, run.rounds[:1])
    assert [one.outcome for one in found] == ["ok", "ok", "unavailable"]
    assert 0 < found[1].error_over_tolerance < 1
    (table,) = (one.for_people() for one in json_summary.check_tables(found))
    assert table.title.startswith("backprop-M-float64-1t: ")
    assert [row[0].text for row in table.rows] == ["loop", "fast", "jit"]
    assert [row[1].text for row in table.rows] == ["ok", "ok", "unavailable"]
    assert table.rows[2][2].text == "-"


def test_the_checks_of_each_group_are_a_table():
    run = make_run(GOOD, dtypes=("float64", "float32"))
    arms = [arm for arm in run.arms if not arm.again]
    tables = json_summary.check_tables(json_summary.checks(arms, run.left, run.rounds[:2]))
    assert [table.title.partition(":")[0] for table in tables] == ["backprop-M-float64-1t", "backprop-M-float32-1t"]
    assert [len(table.rows) for table in tables] == [2, 2]
