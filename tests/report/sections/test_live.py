"""What a run says while it is being measured."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import live
from bench.store.records import INTERRUPTED
from tests.builders import SWEPT, USUAL, Spec, make_run, make_sizes


def told(run):
    """Return the sentences and the rows of the table so far."""
    found = live.section(Analysis(run))
    return found.paragraphs, [[cell.text for cell in row] for table in found.tables for row in table.rows]


def begun(run, passes):
    """Return a run in its first round, with so many whole passes; where there are none, two workers alone are ready."""
    first = run.rounds[0]
    workers = tuple(
        replace(worker, bursts=worker.bursts[:passes], first_call_ns=5_000_000_000)
        for worker in first.workers[: None if passes else 2]
    )
    return replace(run, rounds=(replace(first, passes=passes, workers=workers, discarded=INTERRUPTED),))


def test_from_the_first_pass_on_there_is_an_estimate_that_says_what_it_lacks():
    sentences, rows = told(begun(make_run(USUAL[:3]), passes=1))
    (sentence,) = sentences
    assert sentence.startswith("`row_major` is about 2")
    assert sentence.endswith("times as fast as `loop_hoisted` (1 of the 6 rounds that an interval needs).")
    assert [row[0] for row in rows] == ["row_major", "inplace", "loop_hoisted"]


def test_before_the_first_pass_it_says_what_a_first_call_took():
    sentences, rows = told(begun(make_run(USUAL[:3]), passes=0))
    assert sentences == ()
    verdicts = {row[0]: row[3] for row in rows}
    assert verdicts["loop_hoisted"] == "first call 5.00 s"
    assert "waits" in verdicts.values()


def test_the_interval_and_the_verdict_are_those_of_the_report():
    run = make_run(USUAL)
    sentences, rows = told(run)
    fastest = Analysis(run).groups[0].ok[0]
    assert sentences[0].startswith(f"`row_major` is {fastest.speedup.value:.2f} times [")
    assert rows[0][0] == "row_major"
    assert rows[0][3] == "faster"
    assert {row[0]: row[3] for row in rows}["dropped"] == "wrong"
    assert "jit" not in {row[0] for row in rows}


def test_a_baseline_that_is_ahead_is_said_to_be():
    (sentence,), _ = told(make_run([Spec(name="base", baseline=True), Spec(name="slow", ms=2.0)]))
    assert sentence.startswith("`base`, the baseline, is ahead; the next, `slow`, is 0.50")


def test_nothing_is_said_of_who_is_ahead_where_there_is_nothing_to_compare():
    assert told(make_run([Spec(name="alone", baseline=True)]))[0] == ()


def test_of_several_groups_the_one_that_was_measured_last_is_shown():
    run = make_run(USUAL[:2], dtypes=("float64", "float32"))
    size = "m=10000, n=64, p=25"
    assert live.section(Analysis(run)).title == f"So far, {size}, float32, 1 thread (2 of 2)"
    shorter = Analysis(replace(run, rounds=run.rounds[:-1]))
    assert live.section(shorter).title == f"So far, {size}, float64, 1 thread (1 of 2)"


@pytest.mark.parametrize("rounds", [0, 1, 8])
def test_of_a_sweep_the_sizes_are_shown_that_have_a_time(rounds):
    run = make_run(SWEPT, sizes=make_sizes(1, 10, 100), rounds=rounds)
    of_two = replace(run, rounds=tuple(one for one in run.rounds if "m=10," not in one.group))
    _, rows = told(of_two)
    assert [row[:2] for row in rows] == ([["1", "loop"], ["100", "rows"]] if rounds else [])


def test_arms_and_groups_have_names_for_people():
    run = make_run(USUAL[:2], sizes=make_sizes(1, 10))
    swept = replace(run, settings=replace(run.settings, sweep="m"))
    text = "; ".join(arm.name for arm in swept.arms[:2]) + f"; pass 2 of 5, {swept.rounds[0].group}"
    for name, label in live.labels(swept).items():
        text = text.replace(name, label)
    assert text == "loop_hoisted at m=1; loop_hoisted again at m=1; pass 2 of 5 at m=1"
    assert "loop_hoisted" in live.labels(make_run(USUAL)).values()
