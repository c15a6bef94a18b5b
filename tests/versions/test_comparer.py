"""The gate at work, on a simulated machine: which benchmark is measured in which round."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.measure import round_plan
from bench.measure.group import Source
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.problems.implementation import chosen
from bench.stats import gate, intervals
from bench.stats.gate import SCREEN_ROUNDS, Decision
from bench.store.records import Role, Settings
from bench.store.worker_records import Outcome
from bench.versions.benchmarks import Benchmark, arm_name
from bench.versions.comparer import PLANNED_S_LEAST, SCREENING_PART, USUAL_S_LEAST, Comparer
from bench.versions.comparison import compared, noise_of
from bench.versions.standing import Standing
from tests import noise
from tests.simulated import Simulation
from tests.truth import Truth

FAKES = Path(__file__).parent.parent / "fakes" / "product"
SETTINGS = Settings(seed=7, margin=0.03, rounds=None, budget_s=400.0, timeout_s=8.0, command=())


@pytest.fixture(autouse=True)
def _one_pass(monkeypatch):
    """Nothing that is asserted here depends on how many passes a round has."""
    monkeypatch.setattr(round_plan, "MOST_PASSES", 1)


@pytest.fixture(scope="module")
def benchmarks():
    """Eight benchmarks, each the same on both sides."""
    found = problem.find(str(FAKES))
    arms, _ = select(found, Selection(implementations=("honest",), sizes=("S",)))
    source = Source(problem=found, implementation=chosen(found, ("honest",))["honest"])
    cases = [replace(arms[0].case, implementation=f"honest_{index}") for index in range(8)]
    return [Benchmark(case=case, title="", base=source, head=source) for case in cases]


def measured(benchmarks, **how):
    return Comparer(SETTINGS, lambda progress: None, backend=Simulation(**how).backend()).compare(benchmarks)


def twice(one, rounds):
    """Return in which rounds a benchmark's BASE was measured twice."""
    again = arm_name(one.benchmark.case.id, Role.AGAIN)
    return [any(worker.arm == again for worker in held.workers) for held in rounds]


def test_each_of_the_first_rounds_measures_the_base_of_another_benchmark_twice(benchmarks):
    found = measured(benchmarks)
    assert [sum(twice(one, one.screening)) for one in found] == [1] * 8
    assert noise_of(found).rounds == SCREEN_ROUNDS


def test_the_noise_floor_stands_though_benchmarks_have_ended(benchmarks):
    def law(arm, source, index):
        ends = arm.case.implementation in ("honest_0", "honest_3", "honest_4") and arm.role == Role.BASELINE
        return Truth(outcome=Outcome.FAILED if ends else Outcome.OK, reason="so it ended")

    found = measured(benchmarks, truth=law)
    assert noise_of(found).rounds == SCREEN_ROUNDS
    assert [len(one.screening) for one in found] == [1, 8, 8, 1, 1, 8, 8, 8]


def test_a_slowdown_below_a_noise_floor_that_was_chance_is_measured_until_the_floor_is_known(benchmarks):
    def law(arm, source, index):
        factors = {Role.AGAIN: 1.3 if len(simulation.held) in (2, 5) else 1.0, Role.CASE: 1.05}
        return 0.001 * factors.get(arm.role, 1.0)

    simulation = Simulation(truth=law, noise=noise.QUIET)
    (one,) = Comparer(SETTINGS, lambda progress: None, backend=simulation.backend()).compare(benchmarks[:1])
    assert intervals.resolves(intervals.hodges_lehmann(one.all_ratios(Role.AGAIN)[:SCREEN_ROUNDS])) > 0.05
    assert all(twice(one, one.confirming))
    assert 0 < len(one.confirming) < 12
    assert compared(one, 0.03, intervals.resolves(noise_of([one]))).standing == Standing.SLOWER


def test_a_slowdown_below_a_noise_floor_that_stays_is_undecided_in_the_end(benchmarks):
    def law(arm, source, index):
        return 0.001 * {Role.CASE: 1.05, Role.AGAIN: 1.1}.get(arm.role, 1.0)

    (one,) = measured(benchmarks[:1], truth=law, noise=noise.QUIET)
    assert len(one.confirming) == gate.LOOKS[-1]
    assert compared(one, 0.03, intervals.resolves(noise_of([one]))).standing == Standing.UNDECIDED


@pytest.mark.parametrize("factor", [0.99, 1.0])
def test_a_noise_floor_that_was_chance_does_not_stand_where_nothing_is_slower(benchmarks, factor):
    def law(arm, source, index):
        again = 1.5 if len(simulation.held) == 4 else 1.0  # of one round
        return 0.001 * {Role.AGAIN: again, Role.CASE: factor}.get(arm.role, 1.0)

    simulation = Simulation(truth=law, noise=noise.QUIET)
    (one,) = Comparer(SETTINGS, lambda progress: None, backend=simulation.backend()).compare(benchmarks[:1])
    ratios = one.all_ratios(Role.AGAIN)
    assert intervals.resolves(intervals.hodges_lehmann(ratios[:SCREEN_ROUNDS])) > SETTINGS.margin
    assert intervals.resolves(noise_of([one])) <= SETTINGS.margin
    assert SCREEN_ROUNDS < len(ratios) < SCREEN_ROUNDS + 12


def test_a_noise_floor_that_stays_does_not_hold_up_the_answer_for_ever(benchmarks):
    def law(arm, source, index):
        simulation.clock.spend(1.0)
        return 0.001 * (1.1 if arm.role == Role.AGAIN else 1.0)

    for budget_s, most in ((1000.0, SCREEN_ROUNDS + gate.LOOKS[-1]), (60.0, 60)):
        simulation = Simulation(truth=law, noise=noise.QUIET)
        settings = replace(SETTINGS, budget_s=budget_s)
        (one,) = Comparer(settings, lambda progress: None, backend=simulation.backend()).compare(benchmarks[:1])
        assert SCREEN_ROUNDS < len(one.all_ratios(Role.AGAIN)) <= most
        assert intervals.resolves(noise_of([one])) > SETTINGS.margin


def test_time_that_only_a_doubtful_case_needs_makes_no_round_longer(benchmarks, monkeypatch):
    monkeypatch.setattr(round_plan, "MOST_PASSES", 25)
    simulation = Simulation(truth=lambda arm, source, index: 0.02)
    settings = replace(SETTINGS, budget_s=None)
    Comparer(settings, lambda progress: None, backend=simulation.backend()).compare(benchmarks[:1])
    assert simulation.clock.now_ns * 1e-9 < SCREENING_PART * PLANNED_S_LEAST * 1.2


def test_an_undecided_suspect_gets_more_than_the_usual_time_but_no_more_than_was_asked_for(benchmarks):
    def law(arm, source, index):
        simulation.clock.spend(1.0)
        return 0.001 * (1.1 if arm.role == Role.CASE and len(simulation.held) % 3 == 0 else 1.0)

    held, promised = {}, {}
    for budget_s in (None, USUAL_S_LEAST):
        simulation = Simulation(truth=law, noise=noise.QUIET)
        settings = replace(SETTINGS, budget_s=budget_s)
        comparer = Comparer(settings, lambda progress: None, backend=simulation.backend())
        (one,) = comparer.compare(benchmarks[:1])
        assert one.decision == Decision.UNDECIDED
        assert comparer.overtime_s == pytest.approx(max(0.0, simulation.clock.now_ns * 1e-9 - USUAL_S_LEAST), abs=1.1)
        held[budget_s], promised[budget_s] = len(one.confirming), comparer.fresh_rounds
    assert held[None] == gate.LOOKS[-1]
    assert promised[USUAL_S_LEAST] < promised[None] <= held[None]
    assert gate.LOOKS[0] < held[USUAL_S_LEAST] < gate.LOOKS[1]


def test_what_explaining_takes_comes_on_top_of_the_budget(benchmarks):
    def law(arm, source, index):
        return Truth(seconds=0.001, counting_s=20.0)

    settings = replace(SETTINGS, budget_s=30.0, explains=True)
    (one,) = Comparer(settings, lambda progress: None, backend=Simulation(truth=law).backend()).compare(benchmarks[:1])
    assert len(one.screening) == SCREEN_ROUNDS


def test_a_round_that_is_discarded_is_held_again_once(benchmarks):
    found = measured(benchmarks[:1], discarded=dict.fromkeys((1, 3, 4), "the clock jumped by 3 s"))
    assert (len(found[0].screening), len(found[0].discarded)) == (SCREEN_ROUNDS - 1, 3)


def test_who_times_out_twice_is_known_for_it_though_the_first_time_took_the_budget(benchmarks):
    def law(arm, source, index):
        if arm.role != Role.CASE:
            return Truth()
        first = not simulation.held
        simulation.clock.spend(2 * SETTINGS.budget_s if first else 0)
        return Truth(outcome=Outcome.NOT_MEASURED if first else Outcome.TIMEOUT, reason="no answer")

    simulation = Simulation(truth=law, discarded={0: "the worker of head was ended"})
    (one,) = Comparer(SETTINGS, lambda progress: None, backend=simulation.backend()).compare(benchmarks[:1])
    assert (compared(one, 0.03, None).standing, len(simulation.held)) == (Standing.WRONG, 2)


@pytest.mark.parametrize(("slowdown", "decision"), [(1.1, Decision.SLOWER), (1.0, Decision.CLEARED)])
def test_a_gate_of_a_search_takes_as_many_first_rounds_as_its_part_of_the_level_needs_either_way(
    benchmarks, slowdown, decision
):
    rule = gate.rule_of_search(10)
    assert rule.screen_rounds == 9
    simulation = Simulation(truth=lambda arm, source, index: 0.001 * (slowdown if arm.role == Role.CASE else 1.0))
    comparer = Comparer(SETTINGS, lambda progress: None, backend=simulation.backend(), rule=rule)
    (one,) = comparer.compare(benchmarks[:1])
    assert (one.decision, len(one.screening), len(one.confirming)) == (decision, 9, 0)
