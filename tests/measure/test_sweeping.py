"""A sweep's rounds on a simulated machine: how its budget is spent on sizes of very different cost."""

import re
from pathlib import Path

import pytest

from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.analyse.sweep import sweeps
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.stats.intervals import MIN_ROUNDS
from bench.store import documents
from bench.store.records import Settings
from bench.store.worker_records import Outcome
from tests import noise
from tests.simulated import Simulation
from tests.truth import Truth

FAKES = Path(__file__).parent.parent / "fakes" / "product"


def settings(budget_s=270.0, rounds=None):
    return Settings(seed=1, margin=0.03, rounds=rounds, budget_s=budget_s, timeout_s=20.0, command=("test",), sweep="m")


def swept(
    results,
    simulation,
    values=(100, 1000, 5000),
    names=("honest_too",),
    *,
    how=None,
    listener=lambda progress: None,
    say=lambda text: None,
    **axes,
):
    """Return the run of a sweep over m of the baseline, `honest`, and of others."""
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=names, sweep=("m", values), **axes))
    runner = Runner(found, how or settings(), listener, decided=decided, say=say, backend=simulation.backend())
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
    (found,) = sweeps(findings(run), run.settings.stopping)
    (one,) = found.overtakings
    assert (one.winner, one.loser) == ("honest_too", "honest")
    assert one.crossing.at == pytest.approx(222, rel=0.2)


def rounds_of(run):
    """Return m -> implementation -> rounds."""
    return {
        group.findings[0].arm.case.size.values["m"]: {one.arm.case.implementation: one.rounds for one in group.findings}
        for group in findings(run)
        if group.findings
    }


def test_the_plan_is_said_once_the_smallest_size_had_two_rounds_and_every_size_that_is_begun_has_its_six(tmp_path):
    said = []
    simulation = Simulation(truth=rising, noise=noise.QUIET, work=sized())
    values = (100, 200, 500, 1000, 2000, 5000, 10_000)
    run, _ = swept(tmp_path, simulation, values, how=settings(14.0), say=said.append)
    (plan,) = said
    assert re.match(r"7 sizes x 2 implementations x 6 rounds = about 1\d s: the budget of 14 s allows m = 100, ", plan)
    assert [one.group for one in run.rounds[:2]] == ["product-m=100-float64-1t"] * 2
    counts = rounds_of(run)
    assert {100, 1000, 10_000} <= set(counts) < set(values)
    assert all(rounds >= MIN_ROUNDS for found in counts.values() for rounds in found.values())
    assert {one.case.size.values["m"] for one in run.left} == set(values) - set(counts)
    assert all((one.outcome, one.reason[:8]) == (Outcome.NOT_MEASURED, "budget: ") for one in run.left)


def test_rounds_of_each_size_are_numbered_by_themselves_so_that_growth_can_pair_them(tmp_path):
    run, _ = swept(tmp_path, Simulation(truth=rising, noise=noise.QUIET, work=sized()))
    numbers = {}
    for one in run.rounds:
        numbers.setdefault(one.group, []).append(one.index)
    assert all(found == list(range(len(found))) for found in numbers.values())
    assert all(step.slope.interval for one in sweeps(findings(run), run.settings.stopping) for step in one.steps)


def test_who_is_far_behind_and_dear_is_left_out_of_the_largest_size_on_the_record(tmp_path):
    def law(arm, source, index):
        m = arm.case.size.values["m"]
        return 1e-4 * m if arm.case.implementation == "honest_too" else 1e-7 * m

    run, path = swept(tmp_path, Simulation(truth=law, work=sized()), (100, 1000, 20_000), how=settings(60.0))
    (left,) = run.left
    assert (left.case.implementation, left.case.size.values, left.outcome) == (
        "honest_too",
        {"m": 20_000},
        Outcome.NOT_MEASURED,
    )
    assert "a call 1000 times as long as the fastest's" in left.reason
    assert documents.read(path) == run
    assert rounds_of(run)[20_000] == {"honest": 12}


def quadratic(arm, source, index):
    """The time of the baseline grows as the square of m, which the problem does not say."""
    m = arm.case.size.values["m"]
    return 2e-7 * m**2 if arm.case.implementation == "honest" else 1e-5 + 1e-8 * m


def test_a_plan_that_time_in_proportion_to_the_size_made_too_short_is_told_again_once_each_size_had_a_round(tmp_path):
    said = []
    simulation = Simulation(truth=quadratic, noise=noise.QUIET, work=lambda case: {})
    run, _ = swept(tmp_path, simulation, (10, 100, 200, 1000, 2000, 5000), how=settings(), say=said.append)
    planned, changed = said
    assert planned.endswith("s allows all of it, and up to 12 rounds where time is left")
    assert changed.startswith("going by a round of each size, 6 rounds take about ")
    assert "allows every size, without honest at 5000, and up to 12 rounds" in changed
    assert {m for m, found in rounds_of(run).items() if "honest" in found} == {10, 100, 200, 1000, 2000}
    assert all(rounds >= MIN_ROUNDS for found in rounds_of(run).values() for rounds in found.values())


def test_a_baseline_that_turns_out_to_cost_a_size_is_named_when_the_plan_is_told_again(tmp_path):
    said = []
    simulation = Simulation(truth=quadratic, noise=noise.QUIET, work=lambda case: {})
    values = (10, *range(100, 1001, 100))
    run, _ = swept(tmp_path, simulation, values, how=settings(60.0), say=said.append)
    assert said[-1].endswith("; honest, the baseline, takes long at the others: --baseline says another)")
    unpaid = {one.case.size.values["m"] for one in run.left if "for the baseline, honest" in one.reason}
    assert unpaid
    assert unpaid == set(values) - set(rounds_of(run))


def test_what_compiles_anew_at_each_size_is_measured_at_the_ends_and_powers_of_ten(tmp_path):
    def starts(case):
        return 2.5 if case.implementation == "honest_too" else 0.0

    simulation = Simulation(truth=rising, work=sized(), prepare_s=starts)
    names = ("honest_too", "copying", "threaded")
    run, _ = swept(tmp_path, simulation, (100, 200, 500, 1000), names, how=settings(60.0))
    counts = rounds_of(run)
    assert [m for m, found in counts.items() if "honest_too" in found] == [100, 1000]
    assert all(found["copying"] >= MIN_ROUNDS for found in counts.values())


def test_a_size_that_the_budget_does_not_pay_for_is_left_out_on_the_record(tmp_path):
    run, _ = swept(
        tmp_path,
        Simulation(truth=lambda arm, source, index: 1e-4 * arm.case.size.values["m"], work=sized()),
        (100, 1000, 100_000),
        how=settings(60.0),
    )
    assert {one.case.size.values["m"] for one in run.left} == {100_000}
    assert all(one.reason.startswith("budget: the rounds of this size would take about") for one in run.left)


def test_what_cannot_run_on_this_machine_is_started_once_and_listed_at_every_size(tmp_path):
    def law(arm, source, index):
        lacks = arm.case.implementation == "honest_too"
        return Truth(seconds=1e-4, outcome=Outcome.UNAVAILABLE if lacks else Outcome.OK, reason="needs a device")

    run, _ = swept(tmp_path, Simulation(truth=law, work=sized()))
    assert sum("honest_too" in worker.arm for one in run.rounds for worker in one.workers) == 1
    assert [(one.case.size.values["m"], one.outcome, one.reason) for one in run.left] == [
        (m, Outcome.UNAVAILABLE, "needs a device") for m in (1000, 5000)
    ]


def test_several_conditions_are_piloted_and_get_their_sizes_in_turn(tmp_path):
    simulation = Simulation(truth=rising, noise=noise.QUIET, work=sized())
    values = (100, 200, 500, 1000, 2000, 5000, 10_000)
    run, _ = swept(tmp_path, simulation, values, how=settings(18.0), dtypes=("float64", "float32"))
    sizes = {
        dtype: {one.group.split("-")[1] for one in run.rounds if dtype in one.group} for dtype in ("float64", "float32")
    }
    assert {"m=100", "m=1000", "M"} <= sizes["float64"] & sizes["float32"]
    assert len(sizes["float64"] & sizes["float32"]) < len(values)
    assert len(sizes["float64"] ^ sizes["float32"]) <= 1


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
