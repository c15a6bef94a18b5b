"""The plan of a round."""

import random
from collections import Counter

import pytest

from bench.measure import round_plan

ARMS = ("a", "b", "c", "d", "e")


def test_two_arms_take_turns_as_abba_baab():
    order = "".join("".join(round_plan.order_of_pass(("A", "B"), index)) for index in range(4))
    assert order == "ABBABAAB"


def test_over_a_full_square_each_arm_is_equally_often_in_each_position_and_follows_in_both_directions():
    passes = [round_plan.order_of_pass(ARMS, index) for index in range(2 * len(ARMS))]
    at = Counter((arm, position) for one in passes for position, arm in enumerate(one))
    assert set(at.values()) == {2}
    assert len(at) == len(ARMS) ** 2
    before = Counter(frozenset(pair) for pair in [("a", "b")] for one in passes if one.index("a") < one.index("b"))
    assert before[frozenset(("a", "b"))] == len(ARMS)


def test_spawn_order_and_positions_are_independent_permutations_of_all_arms():
    generator = random.Random(5)
    plans = [round_plan.draw(generator, ARMS, (0, 1), 1) for _ in range(2000)]
    assert all(sorted(plan.spawn_order) == sorted(plan.positions) == sorted(ARMS) for plan in plans)
    both = Counter((plan.spawn_order.index("a"), plan.positions.index("a")) for plan in plans)
    assert len(both) == 25
    assert min(both.values()) > 40  # 80 expected, standard deviation 9
    assert {plan.cpus for plan in plans} == {(0,), (1,)}


def test_a_seed_repeats_the_plan():
    assert round_plan.draw(random.Random(3), ARMS, (0, 1), 1) == round_plan.draw(random.Random(3), ARMS, (0, 1), 1)


def test_several_threads_share_the_same_cpus_in_every_round():
    assert round_plan.draw(random.Random(1), ARMS, (0, 1, 2), 2).cpus == (0, 1, 2)


@pytest.mark.parametrize(
    ("call_ns", "number", "samples"),
    [
        (2_000_000_000, 1, 1),
        (120_000_000, 1, 2),
        (72_000_000, 1, 5),
        (1_500_000, 1, 7),
        (400_000, 1, 20),
        (1_000, 128, 20),
    ],
)
def test_a_burst_is_ten_milliseconds_within_five_to_twenty_samples_but_short_for_slow_calls(call_ns, number, samples):
    assert round_plan.samples_in_a_burst(call_ns, number) == samples


def test_passes_fill_the_share_of_a_round_within_five_to_twenty_five():
    assert round_plan.passes_for(100, 1000, 2500) == 15
    assert round_plan.passes_for(1000, 1000, 2500) == 5
    assert round_plan.passes_for(1, 1000, 2500) == 25
    assert round_plan.passes_for(0, 0, 0) == 5
