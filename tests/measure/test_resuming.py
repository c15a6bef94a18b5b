"""A run that was killed goes on as it would have without that: the same rounds, drawn and planned as they were."""

import dataclasses

import msgspec
import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.machine.load import Activity
from bench.measure.recording import Past
from bench.measure.round_plan import BurstSize, Paced
from bench.store import documents, interrupted
from bench.store.worker_records import Outcome
from tests import noise
from tests.builders import make_run
from tests.killed import SETTINGS, killed, killing, later, measured, outright, plan_of, resumed
from tests.simulated import Simulation
from tests.truth import Truth


def law(arm, source, index):
    """One is wrong in its third round; the others take milliseconds, one a little less than the baseline."""
    name = arm.case.implementation
    wrong = name == "copying" and index == 2
    seconds = {"honest": 0.002, "honest_too": 0.00195}.get(name, 0.005)
    return Truth(seconds=seconds, outcome=Outcome.WRONG if wrong else Outcome.OK, reason="so it ended")


def slow(arm, source, index):
    return Truth(seconds={"honest": 0.5, "copying": 3.0}.get(arm.case.implementation, 0.4))


def rising(arm, source, index):
    m = arm.case.size.values["m"]
    return Truth(seconds=1e-6 * m if arm.case.implementation == "honest" else 2e-4 + 1e-7 * m)


def sized(case):
    return {"flops": float(case.size.values["m"]), "bytes": 0.0}


NAMES = {"implementations": ("honest_too", "copying")}

#: Settings, axes and machine of runs whose rounds are planned in different ways.
KINDS = {
    "rounds": (replace(SETTINGS, rounds=5), {**NAMES, "sizes": ("S", "M")}, {"truth": law}),
    "looks": (replace(SETTINGS, rounds=None, looks=(8, 16, 32)), {**NAMES, "sizes": ("S",)}, {"truth": law}),
    "precision": (replace(SETTINGS, rounds=None, precision=0.01), {**NAMES, "sizes": ("S",)}, {"truth": law}),
    "budget": (replace(SETTINGS, rounds=None, budget_s=120.0), {**NAMES, "sizes": ("S",)}, {"truth": slow}),
    "best": (replace(SETTINGS, rounds=None, best=0.05, budget_s=60.0), {**NAMES, "sizes": ("S",)}, {"truth": law}),
    "discarded": (SETTINGS, {**NAMES, "sizes": ("S",)}, {"truth": law, "discarded": {1: "the clock jumped by 3 s"}}),
    "sweep": (
        replace(SETTINGS, rounds=None, budget_s=14.0, sweep="m"),
        {"implementations": ("honest_too",), "sweep": ("m", (100, 200, 500, 1000, 2000, 5000, 10_000))},
        {"truth": rising, "work": sized},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_killed_in_any_of_its_rounds_goes_on_as_if_it_had_not_been(tmp_path, kind):
    settings, axes, how = KINDS[kind]
    whole, _ = measured(tmp_path / "whole", Simulation(**how), settings, **axes)
    for rounds in dict.fromkeys([0, 1, 2, len(whole.rounds) // 2, len(whole.rounds) - 1]):
        results, simulation = tmp_path / f"{rounds}", Simulation(**how)
        killed(results, simulation, settings, listener=killing(simulation, rounds), **axes)
        run, path = resumed(results, later(simulation, rounds))
        assert plan_of(run)[:rounds] == plan_of(whole)[:rounds]
        assert [one.rounds for one in run.resumed] == [rounds]
        assert documents.read(path) == run
        assert list(results.iterdir()) == [path]
        assert not run.interrupted
        assert run.begun is None
        if kind != "sweep":  # where interpreters that serve several sizes are started once more, time is lost
            assert plan_of(run) == plan_of(whole)
            assert (run.arms, run.left, run.stopped) == (whole.arms, whole.left, whole.stopped)
        assert {one.case.id for one in (*run.arms, *run.left)} == {one.case.id for one in (*whole.arms, *whole.left)}


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path):
    settings, axes, how = KINDS["looks"]
    whole, _ = measured(tmp_path / "whole", Simulation(**how), settings, **axes)
    simulation, results = Simulation(**how), tmp_path / "results"
    killed(results, simulation, settings, listener=killing(simulation, 0, "pass 2"), **axes)
    for rounds in range(1, len(whole.rounds)):
        simulation = later(simulation, rounds - 1)
        kept = documents.read(next(results.iterdir())).rounds
        with outright():
            resumed(results, simulation, listener=killing(simulation, rounds, "pass 1"))
        now = documents.read(next(results.iterdir()))
        assert now.rounds[: len(kept)] == kept
        assert len(now.rounds) == rounds
    run, _ = resumed(results, later(simulation, len(whole.rounds) - 1))
    assert plan_of(run) == plan_of(whole)
    assert [one.rounds for one in run.resumed] == list(range(len(whole.rounds)))


@pytest.mark.parametrize("kind", KINDS)
def test_what_ctrl_c_has_left_goes_on_and_the_round_it_came_in_is_held_once_more(tmp_path, kind):
    settings, axes, how = KINDS[kind]
    whole, _ = measured(tmp_path / "whole", Simulation(**how), settings, **axes)
    simulation, results = Simulation(**how), tmp_path / "results"

    def interrupting(progress):
        if len(simulation.held) == 3 and progress.doing.startswith("pass 1"):
            raise KeyboardInterrupt

    left, path = measured(results, simulation, settings, listener=interrupting, **axes)
    assert left.rounds[-1].unfinished
    run, after = resumed(results, later(simulation, 3))
    assert list(results.iterdir()) == [after]
    assert path != after
    assert run.rounds[:3] == left.rounds[:3]
    if kind != "sweep":
        assert plan_of(run) == plan_of(whole)


def test_sizes_of_bursts_and_whose_worker_somebody_has_killed_are_remembered():
    (one,) = make_run(rounds=1).rounds
    first, second, *_ = one.workers
    longer = replace(second, bursts=tuple(replace(burst, number=4) for burst in second.bursts))
    lost = replace(one, discarded="killed", workers=(replace(first, outcome=Outcome.NOT_MEASURED), longer))
    past = Past()
    past.recall(lost, {second.arm: BurstSize(call_ns=1000, number=1, samples=5)})
    assert past.killed == {first.arm}
    disturbed = Paced(name=second.arm, case="a", number=1, call_ns=9000)
    assert past.sizes.of([disturbed]) == {second.arm: (4, 5)}


def test_what_was_told_of_the_plan_is_not_told_again(tmp_path):
    settings, axes, how = KINDS["sweep"]
    simulation, said = Simulation(**how), []
    killed(tmp_path, simulation, settings, listener=killing(simulation, 4), say=said.append, **axes)
    (plan,) = said
    resumed(tmp_path, later(simulation, 4), say=said.append)
    assert said.count(plan) == 1
    assert all(text.startswith("going by a round of each size, ") for text in said[1:])


FACTS = {"python": {"version": "3.13.1"}, "cpu": {"model": "one", "frequency_hz": 1e9}, "commit": {"id": "a"}}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({**FACTS, "python": {"version": "3.13.2"}}, r"python version was 3\.13\.1 and is 3\.13\.2"),
        ({**FACTS, "cpu": {"model": "other"}}, "cpu model was one and is other"),
        ({**FACTS, "variables": {"LD_PRELOAD": "x"}}, "variables was unknown and is "),
    ],
)
def test_another_environment_is_refused_before_anything_is_measured_and_the_run_stays(tmp_path, facts, told):
    simulation = Simulation(facts=FACTS)
    killed(tmp_path, simulation, listener=killing(simulation, 1))
    (before,) = tmp_path.iterdir()
    data = before.read_bytes()
    with pytest.raises(ImplbenchError, match=told):
        resumed(tmp_path, dataclasses.replace(simulation, facts=facts))
    assert before.read_bytes() == data


def test_another_clock_load_and_commit_are_no_other_environment_and_neighbours_are_warned_of(tmp_path):
    simulation = Simulation(facts=FACTS)
    killed(tmp_path, simulation, listener=killing(simulation, 1))
    busy = Activity(load_before=3.0, load_after=3.0, busy=(0.9, 0.0), steal=(0.0, 0.0), frequency_hz=None)
    facts = {**FACTS, "cpu": {"model": "one", "frequency_hz": 2e9}, "commit": None}
    run, _ = resumed(tmp_path, dataclasses.replace(later(simulation, 1), facts=facts, activity=busy))
    assert [one.load for one in run.resumed] == [3.0]
    assert any("CPU 0 was 90 % busy" in warning for warning in run.warnings)


def test_code_that_has_changed_is_refused(tmp_path):
    simulation = Simulation()
    killed(tmp_path, simulation, listener=killing(simulation, 1))
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    digest = documents.read(path).problem.digest
    path.write_bytes(data.replace(digest.encode(), b"0" * 64))
    with pytest.raises(ImplbenchError, match="the code of product has changed since the run was begun"):
        resumed(tmp_path, later(simulation, 1))


@pytest.mark.parametrize("what", ["hash_seed", "padding", "index"])
def test_a_plan_that_comes_out_otherwise_ends_the_run_and_keeps_its_rounds(tmp_path, what):
    simulation = Simulation()
    killed(tmp_path, simulation, listener=killing(simulation, 2))
    (path,) = tmp_path.iterdir()
    header, first, *others = path.read_bytes().split(b"\n")
    changed = msgspec.json.decode(first)
    changed[what] += 1
    path.write_bytes(b"\n".join([header, msgspec.json.encode(changed), *others]))
    with pytest.raises(ImplbenchError, match="its plan comes out otherwise than when it was begun") as caught:
        resumed(tmp_path, later(simulation, 2))
    (kept,) = tmp_path.iterdir()
    assert len(documents.read(kept).rounds) == 2
    assert caught.value.__notes__ == [f"what was measured is kept: implbench report {kept}"]


def test_noise_changes_nothing_of_what_a_resumed_run_takes_from_the_killed_one(tmp_path):
    settings, axes, how = KINDS["looks"]
    simulation = Simulation(**{**how, "noise": noise.SHARED})
    killed(tmp_path, simulation, settings, listener=killing(simulation, 5), **axes)
    (path,) = tmp_path.iterdir()
    before = documents.read(path).rounds
    run, _ = resumed(tmp_path, later(simulation, 5))
    assert run.rounds[:5] == before
    assert len(run.rounds) >= 8


def test_the_latest_interrupted_run_that_can_be_read_is_taken(tmp_path):
    first = Simulation()
    killed(tmp_path, first, listener=killing(first, 1))
    measured(tmp_path, Simulation())
    with interrupted.taken(tmp_path, None) as after:
        assert len(after.kept) == 1


def test_an_implementation_that_the_problem_has_not_is_told(tmp_path):
    simulation = Simulation()
    killed(tmp_path, simulation, listener=killing(simulation, 1))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b'"implementation":"honest_too"', b'"implementation":"nobody"'))
    with pytest.raises(ImplbenchError, match="unknown implementation of product 'nobody'"):
        resumed(tmp_path, later(simulation, 1))


def test_a_sweep_over_a_size_that_its_cases_have_not_is_told(tmp_path):
    settings, axes, how = KINDS["sweep"]
    simulation = Simulation(**how)
    killed(tmp_path, simulation, settings, listener=killing(simulation, 1), **axes)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b'"sweep":"m"', b'"sweep":"q"'))
    with pytest.raises(ImplbenchError, match="its cases have no size q"):
        resumed(tmp_path, later(simulation, 1))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"name":"product",', b'"name":"../../product",', "the code of .* has changed"),
        (b",10]", b",2147483647]", "no burst has as many samples"),
    ],
)
def test_what_no_run_of_this_problem_says_goes_no_further(tmp_path, old, new, told):
    simulation = Simulation()
    results = tmp_path / "results"
    killed(results, simulation, listener=killing(simulation, 1), implementations=("honest_too",))
    (path,) = results.iterdir()
    data = path.read_bytes()
    changed = data.replace(old, new) if old in data else data.replace(b",5]", new).replace(b",20]", new)
    assert changed != data
    path.write_bytes(changed)
    with pytest.raises(ImplbenchError, match=told):
        resumed(results, later(simulation, 1))
    assert list(tmp_path.iterdir()) == [results]
