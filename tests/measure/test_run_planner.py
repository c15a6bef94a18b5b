"""How a run goes on, on a simulated machine: it ends where it is decided, as exact as was asked for, or out of time."""

from collections import Counter
from math import expm1
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.analyse.verdict import Verdict
from bench.measure.pass_planner import FAR_PASSES
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.stats.intervals import MIN_ROUNDS
from bench.stats.sequential import LOOKS
from bench.store import documents
from bench.store.records import Role, Settings
from bench.store.worker_records import Outcome
from tests import noise
from tests.simulated import Simulation
from tests.truth import Truth

FAKES = Path(__file__).parent.parent / "fakes" / "product"
SETTINGS = Settings(
    seed=7, margin=0.03, rounds=None, budget_s=None, timeout_s=8.0, command=("implbench", "run"), looks=LOOKS
)
EXACT = replace(SETTINGS, looks=(), precision=0.02, budget_s=300.0)


def measured(folder, seconds, *, settings=SETTINGS, said=None, **how):
    """Measure implementations that take so long a call, `honest` being the baseline."""
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=tuple(seconds), sizes=("S",)))

    def law(arm, source, index):
        each = seconds[arm.case.implementation]
        return each(index) if callable(each) else each

    simulation = Simulation(truth=law, **{"noise": noise.QUIET, **how})
    say = (lambda text: None) if said is None else said.append
    runner = Runner(found, settings, lambda now: None, decided=decided, say=say, backend=simulation.backend())
    return runner.run(arms, left, folder)[0], simulation


def who(round_):
    return Counter(worker.arm.partition("[")[2].partition("-S")[0] for worker in round_.workers)


def bursts(run):
    return {len(worker.bursts) for one in run.rounds for worker in one.workers}


def case(run):
    return next(one for one in findings(run)[0].findings if not one.arm.baseline)


def test_what_is_far_apart_takes_six_rounds_of_few_bursts_and_the_baseline_is_there_twice_only_once(tmp_path):
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": 2e-6})
    assert len(run.rounds) == MIN_ROUNDS
    assert bursts(run) == {FAR_PASSES}
    assert [who(one)["honest"] for one in run.rounds] == [2, 1, 1, 1, 1, 1]
    assert case(run).verdict == Verdict.FASTER


def test_where_all_that_was_to_be_compared_has_ended_the_baseline_is_not_measured_further(tmp_path):
    wrong = Truth(outcome=Outcome.WRONG, reason="it is off")
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": wrong})
    assert len(run.rounds) == 1
    assert case(run).outcome == Outcome.WRONG
    fixed, _ = measured(
        tmp_path, {"honest": 0.001, "honest_too": wrong}, settings=replace(SETTINGS, rounds=4, looks=())
    )
    assert len(fixed.rounds) == 4


def test_what_is_near_has_the_baseline_twice_in_each_round(tmp_path):
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": 0.00102})
    assert {who(one)["honest"] for one in run.rounds} == {2}


def test_who_comes_near_brings_the_second_baseline_back(tmp_path):
    taking = lambda index: 0.0005 if index < 3 else 0.0009  # noqa: E731
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": taking})
    assert [who(one)["honest"] for one in run.rounds][:6] == [2, 1, 1, 1, 2, 2]


def test_fixed_rounds_are_the_same_for_all(tmp_path):
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": 2e-6}, settings=replace(SETTINGS, rounds=7, looks=()))
    assert [sum(who(one).values()) for one in run.rounds] == [3] * 7


def test_the_two_fastest_go_on_until_it_is_decided_which_it_is(tmp_path):
    run, _ = measured(tmp_path, {"honest": 0.01, "honest_too": 0.001, "copying": 0.00103, "dropped_sample": 0.005})
    assert len(run.rounds) > MIN_ROUNDS
    assert who(run.rounds[-1]).keys() == {"honest", "honest_too", "copying"}


def test_a_precision_is_reached_and_the_plan_is_said_before_it_is_spent(tmp_path):
    said = []
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": 0.0005}, settings=EXACT, said=said, noise=noise.HEAVY)
    interval = case(run).log_ratio.interval
    assert expm1((interval.high - interval.low) / 2) <= 0.02
    assert len(run.rounds) > MIN_ROUNDS
    assert said[0].startswith("for 2.0 % either way: ")
    assert documents.read(next(tmp_path.glob("*.json"))).settings.precision == 0.02


def test_a_precision_that_the_time_does_not_pay_for_is_said_so(tmp_path):
    said = []
    short = replace(EXACT, precision=0.0001, budget_s=20.0)
    run, simulation = measured(tmp_path, {"honest": 0.001, "honest_too": 0.0005}, settings=short, said=said)
    assert "that it needs (--budget says another time)" in said[0]
    assert simulation.clock() <= 1 + 20.0 + 3.0
    assert case(run).log_ratio.interval is not None


MANY = {
    "honest": 1.0, "honest_too": 0.01, "copying": 0.012, "dropped_sample": 3.0, "float32_inside": 2.5,
}  # fmt: skip


def test_where_the_time_does_not_pay_for_all_the_slowest_leave_on_the_record_and_the_others_have_an_interval(tmp_path):
    said = []
    run, simulation = measured(tmp_path, MANY, settings=replace(SETTINGS, budget_s=180.0), said=said)
    assert {name.partition("[")[2].partition("-S")[0] for name in run.stopped} == {"dropped_sample", "float32_inside"}
    assert set(run.stopped.values()) == {"300 times as slow as the fastest", "250 times as slow as the fastest"}
    assert len(said) == 2
    found = {one.arm.case.implementation: one for one in findings(run)[0].findings}
    assert found["honest_too"].verdict == found["copying"].verdict == Verdict.FASTER
    assert found["dropped_sample"].rounds == 1
    assert documents.read(next(tmp_path.glob("*.json"))).stopped == run.stopped
    assert simulation.clock() <= 1 + 180.0


@pytest.mark.parametrize("budget_s", [None, 10.0])
def test_a_first_round_that_will_not_fit_is_told_before_it_is_timed(tmp_path, budget_s):
    said = []
    run, _ = measured(tmp_path, {"honest": 20.0}, settings=replace(SETTINGS, budget_s=budget_s), said=said)
    assert said[0].startswith("a round of 2 workers takes about")
    assert len(run.rounds) == 1
    assert {len(burst.sample_ns) for worker in run.rounds[0].workers for burst in worker.bursts} == {1}


def test_the_time_beside_the_rounds_is_on_the_record(tmp_path):
    run, _ = measured(tmp_path, {"honest": 0.001, "honest_too": 0.0005})
    assert run.spent_s["inputs and reference"] > 0
    assert {arm.role for arm in run.arms} == {Role.BASELINE, Role.AGAIN, Role.CASE}
