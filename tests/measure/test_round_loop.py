"""The loop under all measuring, on a simulated machine: what is drawn, what counts, what is run again."""

from pathlib import Path
from random import Random

import pytest

from bench.measure.budget import Pace
from bench.measure.group import Source
from bench.measure.round_loop import MOST_DISCARDED, RoundLoop, all_arms, in_equal_passes
from bench.measure.selection import Selection, select
from bench.measure.worker_pool import WorkerPool
from bench.measure.workspace import staged
from bench.problems import problem
from bench.problems.implementation import chosen
from bench.store.records import Settings
from tests.simulated import Simulation

FAKES = Path(__file__).parent.parent / "fakes" / "product"
SIZES = ("S", "M")
JUMPED = "the clock jumped by 3 s"


@pytest.fixture
def simulation():
    return Simulation()


@pytest.fixture
def stage(simulation):
    """Two groups of the same arms, of two sizes."""
    found = problem.find(str(FAKES))
    arms, _ = select(found, Selection(implementations=("honest", "honest_too"), sizes=SIZES))
    code = chosen(found, ())
    sources = {arm.name: Source(problem=found, implementation=code[arm.case.implementation]) for arm in arms}
    members = {}
    for arm in arms:
        members.setdefault(arm.case.group, []).append(arm)
    backend = simulation.backend()
    with staged(members, sources, seed=1, timeout_s=8.0, tell=lambda doing: None, backend=backend) as found:
        yield found


@pytest.fixture
def looping(stage, simulation):
    """Return a loop whose rounds have as many passes as their group's arms."""

    def looping(seed=1):
        passes = lambda group, pass_ns, start_ns: len(group.arms)  # noqa: E731
        return RoundLoop(stage.executor, simulation.backend(), Random(seed), in_equal_passes(passes))

    return looping


def pace(simulation):
    settings = Settings(seed=1, margin=0.03, rounds=3, budget_s=None, timeout_s=8.0, command=())
    return Pace(settings, simulation.clock)


def drawn(one):
    """Return all that is drawn of a round."""
    workers = [(worker.arm, worker.spawn_position, worker.position, worker.affinity) for worker in one.workers]
    return one.hash_seed, one.padding, workers


def test_the_seed_says_all_that_is_drawn(stage, looping):
    group = stage.groups[0]
    first, second, other = (
        [loop.round(0, group, all_arms(group)) for _ in range(5)] for loop in map(looping, (1, 1, 2))
    )
    assert list(map(drawn, first)) == list(map(drawn, second)) != list(map(drawn, other))
    assert len({one.hash_seed for one in first}) == 5
    assert {one.passes for one in first} == {3}  # the baseline is there twice


def test_a_round_that_is_discarded_is_run_again_once(stage, simulation, looping):
    simulation.discarded = {1: JUMPED, 3: JUMPED, 4: JUMPED}
    held = [[one.discarded for one in looping().attempts(0, stage.groups[0], all_arms)] for _ in range(3)]
    assert held == [[None], [JUMPED, None], [JUMPED, JUMPED]]


def test_a_round_is_not_run_again_once_no_arm_takes_part(stage, simulation, looping):
    simulation.discarded = {0: JUMPED}
    left = [["product[honest-S-float64-C-1t]"], []]
    (one,) = looping().attempts(0, stage.groups[0], lambda group: left.pop(0))
    assert [worker.arm for worker in one.workers] == ["product[honest-S-float64-C-1t]"]
    assert list(looping().attempts(0, stage.groups[0], lambda group: [])) == []


def test_verifying_times_nothing_and_its_last_round_counts(stage, simulation):
    simulation.discarded = {0: JUMPED}
    found = RoundLoop(stage.executor, simulation.backend(), Random(1)).verify(stage.groups[0])
    assert (found.discarded, len(simulation.held)) == (None, 2)
    assert not any(worker.bursts for worker in found.workers)


def test_a_lap_has_a_round_of_each_group_in_an_order_that_is_drawn(stage, simulation, looping):
    loop, kept = looping(), pace(simulation)
    orders = [tuple(one.group for one in loop.lap(kept, stage.groups, all_arms)) for _ in range(20)]
    names = tuple(group.name for group in stage.groups)
    assert set(orders) == {names, names[::-1]}
    assert kept.done == 20
    assert [one.index for one in simulation.held] == [index for index in range(20) for _ in names]


def test_a_group_of_which_no_arm_takes_part_is_left_out_of_a_lap(stage, simulation, looping):
    first, second = stage.groups
    (one,) = looping().lap(pace(simulation), stage.groups, lambda group: all_arms(group) if group is second else [])
    assert one.group == second.name != first.name


def test_a_lap_with_a_discarded_round_does_not_count_and_several_of_them_are_too_many(stage, simulation, looping):
    loop, kept = looping(), pace(simulation)
    simulation.discarded = {2 * lap: JUMPED for lap in range(1, MOST_DISCARDED + 1)}
    counts = []
    while not loop.disturbed:
        assert len(list(loop.lap(kept, stage.groups, all_arms))) == 2
        counts.append(kept.done)
    assert counts == [1] * (MOST_DISCARDED + 1)


def test_groups_that_a_crew_serves_have_in_common_what_is_set_before_it_starts(stage, looping):
    loop = looping()
    with WorkerPool() as pool:
        one, two = (drawn(loop.round(0, group, all_arms(group), pool=pool)) for group in stage.groups)
    assert one[:2] == two[:2]
    with WorkerPool() as pool:
        assert drawn(loop.round(1, stage.groups[0], all_arms(stage.groups[0]), pool=pool))[:2] != one[:2]


def test_the_round_that_is_likely_to_follow_is_drawn_before_and_used_where_its_arms_are_enough(stage, looping):
    group, seen = stage.groups[0], []
    loop = looping()
    held = loop._executor.round
    loop._executor.round = lambda *place, **named: seen.append((place[2], named["following"])) or held(*place, **named)
    names = [arm.name for arm in group.arms]
    loop.round(0, group, names, another=True)
    loop.round(1, group, names[1:], another=True)
    loop.round(2, group, names)
    (_, following), (second, other), (third, none) = seen
    assert second == following.only(names[1:])
    assert third.hash_seed != other.hash_seed
    assert none is None
