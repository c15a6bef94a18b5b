"""Runs side by side: what is a row and what a column, which intervals are apart, and what cannot be joined."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.joint import join
from bench.analyse.verdict import Ratio
from bench.errors import ImplbenchError
from bench.store.worker_records import Outcome
from tests.builders import USUAL, Spec, make_run, make_sizes

HERE, ELSEWHERE = {"fingerprint": "0123456789ab"}, {"fingerprint": "ba9876543210"}


def numbered(number, arms=USUAL, **changes):
    """Return a run with an id and a seed of its own."""
    made = make_run(arms, seed=number, **changes)
    return replace(made, id=f"2026112{number}T120000Z-{made.problem.name}-0000000{number}")


def retained(run):
    """Return the run as if all its cases had kept freed memory."""
    arms = tuple(replace(arm, case=replace(arm.case, allocator="retain")) for arm in run.arms)
    group = arms[0].case.group
    left = tuple(replace(one, case=replace(one.case, allocator="retain")) for one in run.left)
    return replace(run, arms=arms, left=left, rounds=tuple(replace(one, group=group) for one in run.rounds))


def joined(*runs, margin=None):
    return join([Analysis(run, margin) for run in runs])


def rows(block):
    return {row.name: row for row in block.rows}


def test_a_cell_is_what_the_run_itself_says():
    runs = (numbered(1), numbered(2))
    (block,) = joined(*runs).blocks
    for place, run in enumerate(runs):
        (group,) = findings(run)
        for one in group.ok:
            result = rows(block)[one.arm.case.implementation].results[place]
            own = Ratio(value=1.0, interval=None) if one.arm.baseline else one.speedup_over_baseline
            assert (result.speedup, result.min_seconds_per_call, result.verdict) == (
                own,
                one.min_seconds_per_call,
                one.verdict,
            )


def test_rows_are_in_the_order_of_the_first_run_and_what_has_no_time_is_below():
    (block,) = joined(numbered(1), numbered(2)).blocks
    assert [row.name for row in block.rows] == ["row_major", "inplace", "loop_hoisted", "dropped", "jit"]
    assert [one.outcome for one in rows(block)["dropped"].results] == [Outcome.WRONG] * 2
    assert rows(block)["jit"].speedups == (None, None)
    assert block.baseline == "loop_hoisted"


def test_a_case_of_one_run_alone_is_a_row_without_a_result_in_the_others():
    (block,) = joined(numbered(1), numbered(2, (*USUAL[:2], Spec(name="new", ms=1.0)))).blocks
    assert rows(block)["inplace"].results[1] is None
    assert rows(block)["new"].results[0] is None
    assert rows(block)["new"].speedups[1].value == pytest.approx(72, rel=0.01)


def test_what_has_one_value_in_each_run_is_a_property_of_the_runs():
    first = numbered(1)
    found = joined(first, retained(numbered(2)), numbered(3, threads=(4,)))
    (block,) = found.blocks
    assert block.condition == {}
    assert found.conditions["allocator"] == ("default", "retain", "default")
    assert found.conditions["threads"] == ("1", "1", "4")
    assert found.conditions["size"] == ("m=10000, n=64, p=25",) * 3
    assert all(rows(block)["row_major"].speedups)


def test_what_has_several_values_in_any_run_is_part_of_the_rows():
    one_thread, both = numbered(1), numbered(2, threads=(1, 2))
    found = joined(one_thread, both)
    assert [block.condition for block in found.blocks] == [{"threads": "1"}, {"threads": "2"}]
    assert "threads" not in found.conditions
    assert rows(found.blocks[1])["row_major"].results[0] is None


def test_layouts_are_part_of_the_rows_where_a_run_has_several():
    arms = (Spec(name="dot", ms=2.0, baseline=True), Spec(name="dot", ms=1.0, layout="F"))
    (block,) = joined(numbered(1, arms), numbered(2, arms)).blocks
    assert [row.name for row in block.rows] == ["dot F", "dot C"]
    assert block.baseline == "dot C"
    found = joined(numbered(1, arms[:1]), numbered(2, (replace(arms[0], layout="F"),)))
    assert found.conditions["layout"] == ("C", "F")


def test_the_usual_kind_of_data_is_the_one_that_the_problem_names():
    named = numbered(2)
    named = replace(named, arms=tuple(replace(arm, case=replace(arm.case, data="patches")) for arm in named.arms))
    named = replace(named, rounds=tuple(replace(one, group=named.arms[0].case.group) for one in named.rounds), left=())
    assert joined(numbered(1), named).conditions["data"] == ("patches", "patches")


def test_intervals_of_the_same_speedup_overlap_and_of_another_are_apart():
    faster = tuple(replace(arm, ms=2.0) if arm.name == "row_major" else arm for arm in USUAL)
    (block,) = joined(numbered(1), numbered(2), numbered(3, faster)).blocks
    assert rows(block)["row_major"].apart == ((0, 2), (1, 2))
    assert rows(block)["row_major"].spread == pytest.approx(1.5, rel=0.01)
    assert rows(block)["inplace"].apart == ()
    assert rows(block)["loop_hoisted"].apart is None
    assert rows(block)["jit"].apart is None


def test_apart_are_those_without_a_common_number():
    (block,) = joined(numbered(1), numbered(2)).blocks
    for row in block.rows:
        ends = [one.interval for one in row.speedups if one and one.interval]
        if len(ends) == 2:
            common = max(one.low for one in ends) <= min(one.high for one in ends)
            assert (row.apart == ()) == common


def test_a_run_of_too_few_rounds_has_a_speedup_and_no_interval_to_compare():
    (block,) = joined(numbered(1), numbered(2, rounds=3)).blocks
    assert rows(block)["row_major"].speedups[1].interval is None
    assert rows(block)["row_major"].apart is None
    assert rows(block)["row_major"].spread is None


def test_times_stand_side_by_side_only_for_machines_of_one_fingerprint():
    runs = [numbered(number, environment=where) for number, where in enumerate((HERE, ELSEWHERE, HERE, {}, {}))]
    found = joined(*runs)
    assert found.machines == ("0123456789ab", "ba9876543210", "0123456789ab", None, None)
    assert found.of_one_machine == ((0, 2),)


def test_the_margin_is_the_widest():
    wide = numbered(2)
    wide = replace(wide, settings=replace(wide.settings, margin=0.1))
    assert joined(numbered(1), wide).margin == 0.1
    assert joined(numbered(1), wide, margin=0.02).margin == 0.02


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((numbered(1), numbered(1)), "is named twice"),
        ((numbered(1), numbered(2, problem="matmul")), r"different problems \(backprop, matmul\).*report each"),
        (
            (numbered(1), numbered(2, (Spec(name="loop_hoisted"), Spec(name="row_major", baseline=True)))),
            r"different baselines \(.*1 with loop_hoisted, .*2 with row_major\).*--baseline",
        ),
        ((numbered(1), numbered(2), numbered(3, (Spec(name="other", baseline=True),))), "0003: has no case in common"),
        (
            (numbered(1, sizes=make_sizes(1, 2)), numbered(2, sizes=make_sizes(3, 4))),
            "has no case in common with the other runs; measure the same",
        ),
    ],
    ids=["twice", "problems", "baselines", "one alone", "sizes"],
)
def test_what_cannot_stand_side_by_side_is_an_error_that_says_what_to_do(runs, told):
    with pytest.raises(ImplbenchError, match=told):
        joined(*runs)


def test_a_baseline_that_failed_in_one_run_leaves_that_run_without_ratios():
    failed = (replace(USUAL[0], outcome=Outcome.CRASHED, reason="signal 11"), *USUAL[1:])
    (block,) = joined(numbered(1), numbered(2, failed)).blocks
    assert rows(block)["row_major"].speedups[1] is None
    assert rows(block)["row_major"].results[1].min_seconds_per_call is not None
    assert rows(block)["loop_hoisted"].speedups[1] is None
