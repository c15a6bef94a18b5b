"""What verification alone says, as a table."""

from bench.report.sections import checks
from bench.store.checks import Against, Check, Closeness
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run

GOOD = (Spec(name="loop", ms=72, baseline=True), Spec(name="fast", ms=3.0))


def test_checks_hold_the_worst_error_and_come_as_a_table():
    run = make_run((*GOOD, Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")))
    found = checks.of([arm for arm in run.arms if not arm.again], run.left, run.rounds[:1])
    assert [one.outcome for one in found] == ["ok", "ok", "unavailable"]
    assert 0 < found[1].error_over_tolerance < 1
    (table,) = (one.for_people() for one in checks.tables(found))
    assert table.title.startswith("backprop-M-float64-1t: ")
    assert [row[0].text for row in table.rows] == ["loop", "fast", "jit"]
    assert [row[1].text for row in table.rows] == ["ok", "ok", "unavailable"]
    assert table.rows[2][2].text == "-"


def test_the_checks_of_each_group_are_a_table():
    run = make_run(GOOD, dtypes=("float64", "float32"))
    arms = [arm for arm in run.arms if not arm.again]
    tables = checks.tables(checks.of(arms, run.left, run.rounds[:2]))
    assert [table.title.partition(":")[0] for table in tables] == ["backprop-M-float64-1t", "backprop-M-float32-1t"]
    assert [len(table.rows) for table in tables] == [2, 2]


def test_the_checks_of_a_collection_are_one_table_without_what_nobody_could_run():
    run = make_run(
        (*GOOD, Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")),
        dtypes=("float64",),
    )
    found = checks.of([arm for arm in run.arms if not arm.again], run.left, run.rounds[:1])
    refused = checks.refused("gemm", Outcome.UNAVAILABLE, "needs scipy")
    table = checks.of_collection([*found, refused]).for_people()
    assert table.title == "1 of 2 verified; 1 more need what is not here"
    assert [[cell.text for cell in row[:3]] for row in table.rows] == [
        ["backprop", "loop", "ok"],
        ["backprop", "fast", "ok"],
        ["gemm", "-", "unavailable"],
    ]
    whole = checks.of_collection([*found, refused], lacking=True).for_people()
    assert whole.title == "1 of 2 verified"
    assert [cell.text for cell in whole.rows[2]][1:3] == ["jit", "unavailable"]
    assert whole.rows[2][-1].text == "needs numba"


def test_a_check_against_the_baselines_own_result_says_why_and_what_would_show_more():
    run = make_run(GOOD)
    alike = Check(against=Against.BASELINE, closeness=Closeness.MEASURED, dtype="float64")
    kinds = {arm.case.group: alike for arm in run.arms}
    (table,) = checks.tables(checks.of([arm for arm in run.arms if not arm.again], (), run.rounds[:1], kinds))
    assert "agree with each other only, for there is no `reference`" in table.title
    assert table.title.endswith("would show which is right")
