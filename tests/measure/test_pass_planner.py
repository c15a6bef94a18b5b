"""How often each arm is timed in a round: from the times of a call at first, then from what rounds have shown."""

from math import exp
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from bench.measure.group import Group
from bench.measure.pass_planner import (
    FAR_PASSES,
    FIRST_PASSES,
    LONG_BURST_NS,
    NEAR_PASSES,
    RECENT_ROUNDS,
    SLOW_SAMPLES,
    PassPlanner,
)
from bench.measure.round_plan import MOST_PASSES, BurstSize
from bench.store.records import Role
from tests.builders import make_run

MARGIN = 0.03
AMPLE_NS = 1e12
START_NS = 1e9
RUN = make_run()
ARM = RUN.arms[0]
NAMES = {"base": Role.BASELINE, "again": Role.AGAIN, "one": Role.CASE, "other": Role.CASE}


def group(*names):
    arms = tuple(replace(ARM, name=name, role=NAMES[name]) for name in names)
    return Group(
        name=ARM.case.group,
        arms=arms,
        sources={},
        inputs=dict.fromkeys(names, Path()),
        orders={},
    )


def sizes(**call_ns):
    return {name: BurstSize(call_ns=ns, number=1, samples=5) for name, ns in call_ns.items()}


def passes(planner, names, call_ns, share_ns=AMPLE_NS, start_ns=START_NS):
    turns = planner.turns(group(*names), sizes(**call_ns), start_ns, start_ns + share_ns)
    return {name: one.passes for name, one in turns.items()}


def round_of(calls, *, within=0.0, between=0.0, count=10, seed=0):
    """Return a round in which arms took so many ns a call, bent by so much from pass to pass and as a whole."""
    random = Random(seed)
    whole = next(one for one in RUN.rounds if one.discarded is None)
    burst = whole.workers[0].bursts[0]
    workers = []
    for name, call_ns in calls.items():
        own = call_ns * exp(random.gauss(0, between))
        bursts = [
            replace(burst, pass_index=index, number=1, sample_ns=(round(own * exp(random.gauss(0, within))),))
            for index in range(count)
        ]
        workers.append(replace(whole.workers[0], arm=name, bursts=tuple(bursts)))
    return replace(whole, workers=tuple(workers))


def shown(rounds, **how):
    """Return a planner that has seen so many rounds."""
    planner = PassPlanner(MARGIN, precision=how.pop("precision", None))
    for seed in range(rounds):
        planner.add(round_of(**how, seed=seed))
    return planner


def test_a_first_round_times_who_is_far_from_all_others_seldom_and_the_others_more_often():
    planner = PassPlanner(MARGIN)
    assert passes(planner, ("base", "one"), {"base": 1_000_000, "one": 2_000}) == {
        "base": FAR_PASSES,
        "one": FAR_PASSES,
    }
    near = passes(planner, ("base", "again", "one", "other"), {"base": 100, "again": 100, "one": 110, "other": 1000})
    assert near == {"base": FIRST_PASSES, "again": FIRST_PASSES, "one": FIRST_PASSES, "other": FAR_PASSES}


def test_the_two_fastest_are_told_apart_too_however_far_the_baseline_is():
    found = passes(PassPlanner(MARGIN), ("base", "one", "other"), {"base": 9000, "one": 110, "other": 100})
    assert found == {"base": FAR_PASSES, "one": FIRST_PASSES, "other": FIRST_PASSES}


def test_long_bursts_of_who_is_far_come_once_a_round_and_have_few_samples():
    turns = PassPlanner(MARGIN).turns(group("base", "one"), sizes(base=LONG_BURST_NS, one=1000), START_NS, AMPLE_NS)
    assert (turns["base"].passes, turns["one"].passes) == (1, 1)
    assert (
        PassPlanner(MARGIN).turns(group("base"), sizes(base=2 * LONG_BURST_NS), START_NS, 1)["base"].samples
        == SLOW_SAMPLES
    )


@pytest.mark.parametrize("slower", [0.999, 1.001])
def test_arms_near_the_baseline_have_bursts_like_its_own(slower):
    call_ns = LONG_BURST_NS
    turns = PassPlanner(MARGIN).turns(
        group("base", "one"), sizes(base=call_ns, one=round(slower * call_ns)), START_NS, AMPLE_NS
    )
    assert turns["base"].samples == turns["one"].samples


def test_the_nearer_a_ratio_is_to_another_verdict_the_more_passes_it_gets():
    found = [
        passes(shown(1, calls={"base": 1e6, "one": 1e6 * ratio}, within=0.01), ("base", "one"), CALLS)["one"]
        for ratio in (1.3, 1.1, 1.06, 1.035)
    ]
    assert found == sorted(found)
    assert found[0] == NEAR_PASSES
    assert found[-1] == MOST_PASSES


CALLS = {"base": 1_000_000, "one": 1_000_000}


def test_what_processes_differ_by_makes_passes_useless():
    calm = shown(8, calls={"base": 1e6, "one": 1.03e6}, within=0.01)
    torn = shown(8, calls={"base": 1e6, "one": 1.03e6}, within=0.01, between=0.1)
    assert passes(calm, ("base", "one"), CALLS)["one"] == MOST_PASSES
    assert passes(torn, ("base", "one"), CALLS)["one"] == NEAR_PASSES


@pytest.mark.parametrize(
    ("call_ns", "start_ns", "most"),
    [
        (1e6, 1e9, MOST_PASSES),
        (50e6, 1e9, 10),
        (50e6, 0.1e9, FIRST_PASSES),
        (5e9, 1e9, FIRST_PASSES),
    ],
)
def test_passes_take_little_longer_than_the_start_of_their_round(call_ns, start_ns, most):
    """Two workers, of which a burst is two samples of a long call: 2 x 2 x 50 ms a pass."""
    planner = shown(RECENT_ROUNDS, calls={"base": call_ns, "one": 1.031 * call_ns}, within=0.01)
    found = passes(planner, ("base", "one"), {"base": call_ns, "one": call_ns}, start_ns=start_ns)
    assert found == {"base": most, "one": most}


def test_a_precision_that_is_asked_for_takes_the_place_of_the_distance():
    fine, coarse = (
        passes(shown(1, calls={"base": 1e6, "one": 4e6}, within=0.01, precision=precision), ("base", "one"), CALLS)
        for precision in (0.002, 0.1)
    )
    assert fine["one"] == MOST_PASSES
    assert coarse["one"] == NEAR_PASSES


def test_passes_are_as_many_as_the_time_allows_and_one_at_least():
    planner = PassPlanner(MARGIN)
    near = {"base": 1_000_000, "one": 1_000_000}
    assert passes(planner, ("base", "one"), near, 30_000_000) == {"base": 3, "one": 3}
    assert passes(planner, ("base", "one"), near, -1) == {"base": 1, "one": 1}


@pytest.mark.parametrize(("calls", "clear"), [((100, 160, 300), True), ((100, 140, 300), False)])
def test_cases_are_clearly_apart_where_each_round_says_so_of_every_two(calls, clear):
    taking = dict(zip(("base", "one", "other"), (1e4 * call for call in calls), strict=True))
    planner = shown(2, calls=taking)
    everyone = group("base", "again", "one", "other")
    assert planner.is_clear(everyone) is clear
    assert not PassPlanner(MARGIN).is_clear(everyone)
    planner.add(round_of({**taking, "one": taking["base"]}))
    assert not planner.is_clear(everyone)


def test_no_baseline_that_runs_leaves_the_others_their_passes():
    assert passes(PassPlanner(MARGIN), ("base", "one", "other"), {"one": 100, "other": 100}) == {
        "one": FIRST_PASSES,
        "other": FIRST_PASSES,
    }
    assert passes(PassPlanner(MARGIN), ("base",), {}) == {}


def test_passes_are_planned_by_the_last_rounds_however_many_came_before():
    recent = {"calls": {"base": 1e6, "one": 1.03e6}, "within": 0.01}
    new, old = (shown(0, **recent) for _ in range(2))
    for seed in range(10):
        old.add(round_of({"base": 1e6, "one": 1e6}, within=0.01, between=3.0, seed=seed))
    for seed in range(RECENT_ROUNDS):
        for one in (new, old):
            one.add(round_of(**recent, seed=seed))
    assert passes(old, ("base", "one"), CALLS) == passes(new, ("base", "one"), CALLS)
    assert len(old.ratios(group("base", "one"), "one")) == 10 + RECENT_ROUNDS
