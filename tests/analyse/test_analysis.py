"""All that a run says, in one object: worked out once, and every ratio at one level."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.verdict import Ratio
from bench.report.phrases import gain_text
from bench.report.sections import answer
from bench.stats.sequential import LOOKS
from tests.builders import USUAL, make_run


@pytest.fixture(scope="module")
def stopped():
    """A run that might have stopped at each of its looks."""
    run = make_run()
    return Analysis(replace(run, settings=replace(run.settings, looks=LOOKS)))


def test_each_part_is_worked_out_once(stopped):
    assert all(getattr(stopped, name) is getattr(stopped, name) for name in ("groups", "sweeps", "effects"))


def test_verdicts_hold_at_the_margin_that_is_asked_for():
    run = make_run()
    assert (Analysis(run).margin, Analysis(run, 0.2).margin) == (run.settings.margin, 0.2)
    assert [group.margin for group in Analysis(run, 0.2).groups] == [0.2]


def test_any_two_cases_have_a_ratio_at_the_level_of_the_verdicts(stopped):
    (group,) = stopped.groups
    best, rival = group.ok[:2]
    assert stopped.ratio(group, best.arm, group.baseline.arm) == best.log_ratio
    once = Analysis(make_run()).ratio(group, best.arm, rival.arm).interval
    held = stopped.ratio(group, best.arm, rival.arm).interval
    assert held.low < once.low < once.high < held.high


def test_the_answer_holds_the_fastest_against_the_runner_up_at_that_level(stopped):
    (group,) = stopped.groups
    ratio = Ratio.of(stopped.ratio(group, group.ok[0].arm, group.ok[1].arm)).inverse()
    assert gain_text(ratio) in " ".join(answer.section(stopped).paragraphs)


def test_the_frame_has_a_row_for_each_sample_with_its_conditions():
    run = make_run(rounds=3, discarded=(1,))
    frame = Analysis(run).frame()
    bursts = [
        burst for one in run.rounds for worker in one.workers if worker.outcome == "ok" for burst in worker.bursts
    ]
    assert len(frame) == sum(len(burst.sample_ns) for burst in bursts)
    assert set(frame.loc[frame["round"] == 1, "discarded"]) == {"the clock jumped by 3 s"}
    assert frame["threads"].unique().tolist() == [1]
    assert frame["seconds_per_call"].dtype == float
    first = run.rounds[0].workers[0].bursts[0]
    assert frame["seconds_per_call"].iloc[0] == first.sample_ns[0] * 1e-9 / first.number


def test_the_frame_of_a_run_without_a_sample_is_empty():
    assert Analysis(make_run(USUAL[3:])).frame().empty
