"""A sweep's rounds on a simulated machine: how its budget is spent on sizes of very different cost."""

from pathlib import Path

import pytest

from bench.analyse.decided import decided
from bench.analyse.sweep import sweeps
from bench.analyse.verdict import findings
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store import documents
from bench.store.records import Settings
from bench.store.worker_records import Outcome
from tests import noise
from tests.simulated import Simulation
from tests.truth import Truth

FAKES = Path(__file__).parent.parent / "fakes" / "product"


def settings(budget_s=270.0, rounds=None):
    return Settings(seed=1, margin=0.03, rounds=rounds, budget_s=budget_s, timeout_s=20.0, command=("test",), sweep="m")


def swept(results, simulation, values=(100, 1000, 5000), *, how=None, listener=lambda progress: None):
    """Return the run of a sweep over m of the baseline, `honest`, and of `honest_too`."""
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=("honest_too",), sweep=("m", values)))
    runner = Runner(found, how or settings(), listener, decided=decided, backend=simulation.backend())
    return runner.run(arms, left, results)


def rising(arm, source, index):
    """The baseline takes 1 us for each m, the other one 0.2 ms and a tenth of that: they meet at m = 222."""
    m = arm.case.size.values["m"]
    return 1e-6 * m if arm.case.implementation == "honest" else 2e-4 + 1e-7 * m


def sized(work=1.0):
    return lambda case: {"flops": work * case.size.values["m"], "bytes": 0.0}


def test_every_size_has_its_rounds_and_the_crossing_is_where_it_is(tmp_path):
    simulation = Simulation(truth=rising, noise=noise.QUIET, work=sized())
    run, path = swept(tmp_path, simulation)
    assert {group.name: {one.rounds for one in group.findings} for group in findings(run)} == {
        f"product-m={m}-float64-1t": {12} for m in (100, 1000, 5000)
    }
    assert documents.read(path) == run
    (found,) = sweeps(run, findings(run))
    (one,) = found.overtakings
    assert (one.winner, one.loser) == ("honest_too", "honest")
    assert one.crossing.at == pytest.approx(222, rel=0.2)


def test_what_would_take_too_long_at_a_larger_size_is_left_out_of_it_on_the_record(tmp_path):
    def law(arm, source, index):
        m = arm.case.size.values["m"]
        return 2e-6 * m if arm.case.implementation == "honest_too" else 1e-7 * m

    run, path = swept(tmp_path, Simulation(truth=law, work=sized()), (100, 20_000), how=settings(10.0, rounds=1))
    (left,) = run.left
    assert (left.case.implementation, left.case.size.values, left.outcome) == (
        "honest_too",
        {"m": 20_000},
        Outcome.NOT_MEASURED,
    )
    assert "a sweep of 10 s leaves out calls over 5.00 ms that are so far behind" in left.reason
    assert documents.read(path) == run
    assert [one.arm.case.implementation for one in findings(run)[1].findings] == ["honest"]


def test_a_size_that_the_budget_does_not_pay_for_is_left_out_on_the_record(tmp_path):
    run, _ = swept(
        tmp_path,
        Simulation(truth=lambda arm, source, index: 1e-4 * arm.case.size.values["m"], work=sized()),
        (100, 1000, 100_000),
        how=settings(60.0),
    )
    assert {one.case.size.values["m"] for one in run.left} == {100_000}
    assert all("--budget gives it more" in one.reason for one in run.left)


@pytest.mark.parametrize("budget_s", [30.0, 90.0, 270.0])
def test_a_sweep_keeps_to_its_budget(tmp_path, budget_s):
    simulation = Simulation(truth=rising, noise=noise.SHARED, work=sized())
    started_s = simulation.clock()
    run, _ = swept(tmp_path, simulation, (100, 1000, 5000, 100_000), how=settings(budget_s))
    longest_s = max(one.duration_ns for one in run.rounds) * 1e-9
    assert simulation.clock() - started_s <= budget_s + 4 * longest_s


def test_who_dies_at_one_size_is_in_none_of_its_later_rounds(tmp_path):
    def law(arm, source, index):
        dies = arm.case.implementation == "honest_too" and arm.case.size.values["m"] == 1000
        return Truth(seconds=1e-4, outcome=Outcome.CRASHED if dies else Outcome.OK, reason="killed by SIGSEGV")

    run, _ = swept(tmp_path, Simulation(truth=law, work=sized()))
    fates = {
        (group.name, one.arm.case.implementation): one.outcome for group in findings(run) for one in group.findings
    }
    assert [key for key, outcome in fates.items() if outcome != Outcome.OK] == [
        ("product-m=1000-float64-1t", "honest_too")
    ]


def test_an_interrupt_keeps_the_rounds_that_are_whole(tmp_path):
    def interrupting(progress):
        if progress.rounds_done == 1:
            raise KeyboardInterrupt

    run, _ = swept(tmp_path, Simulation(truth=rising, work=sized()), listener=interrupting)
    assert run.interrupted
    assert {one.index for one in run.rounds} == {0}


def test_a_discarded_round_in_which_every_arm_ended_is_not_held_again(tmp_path):
    wrong = Truth(outcome=Outcome.WRONG, reason="so it ended")
    discarded = {0: "the clock jumped by 3 s"}
    simulation = Simulation(truth=lambda arm, source, index: wrong, work=sized(), discarded=discarded)
    run, _ = swept(tmp_path, simulation, (100,))
    assert [one.discarded for one in run.rounds] == ["the clock jumped by 3 s"]
    assert {one.outcome for group in findings(run) for one in group.findings} == {Outcome.WRONG}
