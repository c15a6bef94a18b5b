"""How a sweep spends its budget, on groups and rounds whose cost the test says."""

from dataclasses import replace

import pytest

from bench.measure.group import Group
from bench.measure.sweep_budget import Shares
from tests.builders import Spec, make_run, make_sizes

LOOP = Spec(name="loop", baseline=True, law=lambda case: 0.01 * case.size.values["m"])
FAST = Spec(name="fast", law=lambda case: 0.0005 * case.size.values["m"])


def spent(*costs_s, budget_s=100.0, most_rounds=None):
    """Return shares after a first round of sizes 100, 200, ... that took so many seconds each, and their groups."""
    sizes = make_sizes(*(100 * 2**step for step in range(len(costs_s))))
    run = make_run([LOOP, FAST], sizes=sizes)
    names = list(dict.fromkeys(arm.case.group for arm in run.arms))
    groups = [
        Group(
            name=name,
            arms=tuple(arm for arm in run.arms if arm.case.group == name),
            sources={},
            inputs={},
            orders={},
        )
        for name in names
    ]
    shares = Shares(budget_s, most_rounds)
    work = {name: {"flops": 1e4 * size.values["m"], "bytes": 0.0} for name, size in zip(names, sizes, strict=True)}
    assert shares.ascending(groups[::-1], work) == groups
    first = {one.group: one for one in run.rounds if one.index == 0}
    held = [replace(first[name], duration_ns=round(cost * 1e9)) for name, cost in zip(names, costs_s, strict=True)]
    return shares, groups, held


def measured(*costs_s, **asked):
    shares, groups, held = spent(*costs_s, **asked)
    for group, one in zip(groups, held, strict=True):
        shares.add(group, one)
    return shares, groups, held


def rounds_of(shares, groups, held, left_s):
    """Return how many rounds each group gets in that time, its first included."""
    counts = [1] * len(groups)
    while due := shares.due(groups, left_s):
        for group in due:
            place = groups.index(group)
            shares.add(group, held[place])
            left_s -= held[place].duration_ns * 1e-9
            counts[place] += 1
    assert left_s >= 0
    return counts


def test_cheap_sizes_get_their_rounds_and_costly_ones_what_is_left():
    found = rounds_of(*measured(1.0, 2.0, 20.0), left_s=60.0)
    assert found[0] >= 6
    assert found[1] >= 6
    assert 2 <= found[2] <= 4


def test_no_size_waits_for_one_that_cannot_be_paid():
    found = rounds_of(*measured(1.0, 1.0, 500.0), left_s=30.0)
    assert found == [12, 12, 1]


def test_rounds_that_were_asked_for_are_the_most():
    assert rounds_of(*measured(1.0, 1.0, most_rounds=3), left_s=100.0) == [3, 3]


def test_nothing_is_due_when_the_time_is_spent():
    shares, groups, _ = measured(1.0, 2.0)
    assert shares.due(groups, 0.5) == []
    assert shares.due(groups, -3.0) == []


def test_an_arm_that_would_be_far_slower_than_the_fastest_is_left_out_with_what_it_would_take():
    shares, groups, held = spent(1.0, 1.0, budget_s=1.5)
    shares.add(groups[0], held[0])
    alive = [arm.name for arm in groups[1].arms]
    reasons = shares.too_slow(groups[1], alive)
    assert set(reasons) == {arm.name for arm in groups[1].arms if arm.case.implementation == "loop"}
    reason = next(iter(reasons.values()))
    assert "a call would take about 2.0" in reason
    assert "20 times as long as the fastest" in reason
    assert "a sweep of 1.5 s leaves out calls over 750 us" in reason


def test_nothing_is_left_out_of_a_budget_that_is_large_enough():
    shares, groups, held = spent(1.0, 1.0, budget_s=1000.0)
    shares.add(groups[0], held[0])
    assert shares.too_slow(groups[1], [arm.name for arm in groups[1].arms]) == {}


def test_a_first_size_has_nothing_to_be_predicted_from():
    shares, groups, _ = spent(1.0, 1.0)
    assert shares.too_slow(groups[0], [arm.name for arm in groups[0].arms]) == {}
    assert shares.unpaid(groups[0], [arm.name for arm in groups[0].arms], 100.0) is None


def test_a_size_is_begun_only_if_the_rounds_of_the_smaller_ones_remain_paid_for():
    shares, groups, held = spent(1.0, 3.0, 5.0)
    shares.add(groups[0], held[0])
    shares.add(groups[1], held[1])  # 2 s more, hence 4 s more for twice the work; 5 rounds of 1 s and of 3 s are owed
    alive = [arm.name for arm in groups[2].arms]
    assert shares.unpaid(groups[2], alive, 26.0) is None
    reason = shares.unpaid(groups[2], alive, 24.0)
    assert "a round of this size would take about 5.00 s, which the sweep's 100 s do not pay for" in reason


def test_starting_workers_is_not_extrapolated_with_the_work():
    shares, groups, held = spent(10.0, 10.0, 10.0, 10.0)
    shares.add(groups[0], held[0])
    assert shares.unpaid(groups[3], [arm.name for arm in groups[3].arms], 61.0) is None


@pytest.mark.parametrize(
    ("pass_s", "start_s", "passes"),
    [(0.1, 2.0, 20), (0.01, 2.0, 25), (1.0, 8.0, 4), (1.0, 30.0, 1), (5.0, 1.0, 1)],
)
def test_passes_take_as_long_as_starting_and_stay_within_the_share(pass_s, start_s, passes):
    shares, _, _ = spent(1.0, 1.0, budget_s=144.0)  # 12 s a round
    assert shares.passes(round(pass_s * 1e9), round(start_s * 1e9), 2) == passes
