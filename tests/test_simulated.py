"""The simulated machine gives what it was told to give: else what is tested on it is tested on nothing."""

from math import exp, log
from pathlib import Path
from random import Random
from statistics import fmean, stdev

import pytest

from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store.records import Settings
from bench.store.worker_records import Outcome
from tests import noise
from tests.simulated import Simulation
from tests.truth import Truth

FAKES = Path(__file__).parent / "fakes" / "product"


def measured(results, simulation, *names, rounds=8, budget_s=None, **axes):
    """Return the run of these implementations on a simulated machine."""
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=names, sizes=("S",), **axes))
    settings = Settings(seed=7, margin=0.03, rounds=rounds, budget_s=budget_s, timeout_s=8.0, command=("test",))
    run, _ = Runner(found, settings, lambda now: None, decided=decided, backend=simulation.backend()).run(
        arms, left, results
    )
    return run


def twice_as_fast(arm, source, index):
    return 0.002 if arm.case.implementation == "honest" else 0.001


def test_times_are_those_that_are_true(tmp_path):
    run = measured(tmp_path, Simulation(truth=twice_as_fast), "honest_too")
    found = {one.arm.case.implementation: one for one in findings(run)[0].findings}
    assert found["honest"].seconds_per_call.value == 0.002
    assert found["honest_too"].seconds_per_call.value == 0.001
    assert found["honest_too"].speedup_over_baseline.value == pytest.approx(2)


def test_time_passes_on_its_own_clock_alone(tmp_path):
    simulation = Simulation(truth=lambda arm, source, index: 3600.0)
    before_s = simulation.clock()
    run = measured(tmp_path, simulation, "honest", rounds=2)
    assert simulation.clock() - before_s > 10 * 3600
    assert sum(one.duration_ns for one in run.rounds) > 10 * 3600e9


@pytest.mark.parametrize("outcome", [one for one in Outcome if one != Outcome.OK])
def test_an_arm_ends_as_it_is_told_in_the_round_that_is_told(tmp_path, outcome):
    def law(arm, source, index):
        ends = arm.case.implementation == "honest_too" and index == 2
        return Truth(outcome=outcome if ends else Outcome.OK, reason="so it was told", after_bursts=3)

    run = measured(tmp_path, Simulation(truth=law), "honest_too")
    ended = [(one.index, worker) for one in run.rounds for worker in one.workers if worker.outcome != Outcome.OK]
    ((index, worker),) = ended
    assert (index, worker.outcome, worker.reason, len(worker.bursts)) == (2, outcome, "so it was told", 3)
    assert {one.arm.case.implementation: one.outcome for one in findings(run)[0].findings} == {
        "honest": Outcome.OK,
        "honest_too": outcome,
    }


@pytest.mark.parametrize("step_ns", [1, 1000, 15_000_000])
def test_samples_are_whole_steps_of_the_clock_and_long_enough(tmp_path, step_ns):
    run = measured(tmp_path, Simulation(truth=lambda arm, source, index: 1e-6, step_ns=step_ns), "honest", rounds=1)
    bursts = [burst for worker in run.rounds[0].workers for burst in worker.bursts]
    assert all(ns % step_ns == 0 for burst in bursts for ns in burst.sample_ns)
    assert all(ns >= 999 * step_ns for burst in bursts for ns in burst.sample_ns)
    assert {burst.number & (burst.number - 1) for burst in bursts} == {0}


def test_rounds_are_discarded_where_they_are_told_to_be(tmp_path):
    run = measured(tmp_path, Simulation(truth=twice_as_fast, discarded={1: "the clock jumped"}), "honest", rounds=3)
    assert [one.discarded for one in run.rounds] == [None, "the clock jumped", None, None]


def test_faults_are_those_of_each_call(tmp_path):
    run = measured(tmp_path, Simulation(truth=lambda arm, source, index: Truth(faults=935)), "honest", rounds=1)
    assert {one.faults_per_call for one in findings(run)[0].findings} == {935}


def test_noise_of_a_process_is_that_of_all_its_bursts_and_has_the_size_that_is_asked_for(tmp_path):
    bent = noise.Noise(process=0.05)
    run = measured(tmp_path, Simulation(truth=lambda arm, source, index: 0.001, noise=bent), "honest", rounds=60)
    workers = [worker for one in run.rounds for worker in one.workers]
    assert all(len({ns for burst in worker.bursts for ns in burst.sample_ns}) == 1 for worker in workers)
    logs = [log(worker.bursts[0].sample_ns[0] / 1e6) for worker in workers]
    assert stdev(logs) == pytest.approx(0.05, rel=0.25)
    assert abs(fmean(logs)) < 4 * 0.05 / len(logs) ** 0.5


def test_two_kinds_of_processes_are_told_as_two_groups_of_rounds(tmp_path):
    bent = noise.Noise(sample=0.01, process=0.002, modes=0.25)
    run = measured(tmp_path, Simulation(truth=twice_as_fast, noise=bent, seed=3), "honest_too", rounds=32)
    assert next(one for one in findings(run)[0].findings if not one.arm.baseline).bimodal is not None


def test_drift_and_load_are_common_to_those_who_run_at_the_same_time(tmp_path):
    bent = noise.Noise(drift_per_hour=1.0, wave=(0.5, 3.0))
    run = measured(tmp_path, Simulation(truth=twice_as_fast, noise=bent), "honest_too", rounds=20)
    found = {one.arm.case.implementation: one for one in findings(run)[0].findings}
    assert found["honest_too"].speedup_over_baseline.value == pytest.approx(2, rel=0.02)
    assert found["honest"].seconds_per_call.value > 0.002 * 1.05


def test_a_cpu_three_times_slower_takes_three_times_as_long_and_finds_the_same(tmp_path):
    here, there = (
        measured(tmp_path, Simulation(truth=twice_as_fast, noise=noise.QUIET, times_slower=factor), "honest_too")
        for factor in (1.0, 3.0)
    )
    slow, fast = ({one.arm.name: one for one in findings(run)[0].findings} for run in (there, here))
    for name, one in slow.items():
        assert one.seconds_per_call.value == pytest.approx(3 * fast[name].seconds_per_call.value, rel=0.05)
        assert one.verdict == fast[name].verdict


def test_the_same_seed_gives_the_same_run(tmp_path):
    first, second = (
        measured(tmp_path, Simulation(truth=twice_as_fast, noise=noise.SHARED, seed=5), "honest") for _ in range(2)
    )
    assert [one.workers for one in first.rounds] == [one.workers for one in second.rounds]


def test_heavy_tails_reach_further_than_the_normal_distribution():
    random = Random(1)
    normal, heavy = (
        sorted(abs(log(noise.Noise(process=0.01, tail=tail).of_process(random))) for _ in range(2000))
        for tail in (None, 2)
    )
    assert heavy[-10] > 2 * normal[-10]
    assert exp(normal[1000]) < 1.01
