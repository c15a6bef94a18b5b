"""The plan of a round, and how large the bursts of an arm are."""

import random
from collections import Counter

import pytest

from bench.measure import round_plan
from bench.measure.round_plan import BurstSizes, Paced

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


def test_turns_that_are_equal_leave_bursts_as_they_are():
    known = {"a": round_plan.BurstSize(call_ns=10, number=8, samples=5)}
    assert round_plan.equal_turns(known, 3) == {"a": round_plan.Turns(passes=3, samples=5)}
    assert (known["a"].sample_ns, known["a"].burst_ns) == (80, 400)


def test_a_plan_without_some_of_its_arms_keeps_the_order_of_the_others():
    drawn = round_plan.draw(random.Random(3), ("a", "b", "c", "d"), (0, 1), 1)
    rest = drawn.only({"a", "c", "d"})
    assert rest.spawn_order == tuple(name for name in drawn.spawn_order if name != "b")
    assert rest.positions == tuple(name for name in drawn.positions if name != "b")
    assert (rest.cpus, rest.hash_seed, rest.padding) == (drawn.cpus, drawn.hash_seed, drawn.padding)


def sized(sizes, *calls, cases=None):
    """Return (calls in a sample, samples in a burst) of each arm, from the ns of a call of each."""
    arms = []
    for index, call_ns in enumerate(calls):
        number = 1
        while number * call_ns < 100_000:
            number *= 2
        case = cases[index] if cases else "one"
        arms.append(Paced(name=f"arm {index}", case=case, number=number, call_ns=call_ns))
    return list(sizes.of(arms).values())


@pytest.fixture
def sizes():
    return BurstSizes()


def test_versions_near_each_other_have_bursts_of_one_size_in_all_rounds(sizes):
    first, second = sized(sizes, 99_000, 101_000)
    assert first == second
    assert sized(sizes, 45_000, 60_000) == [first, second]
    assert sized(sizes, 45_000, 60_000, 50_000) == [first] * 3


def test_a_version_far_from_the_other_has_bursts_that_fit_it(sizes):
    fast, slow = sized(sizes, 1_000, 1_000_000)
    assert fast == (128, round_plan.samples_in_a_burst(1_000, 128))
    assert slow == (1, round_plan.samples_in_a_burst(1_000_000, 1))


def test_versions_that_prove_near_after_a_disturbed_first_round_have_one_size_from_then_on(sizes):
    calm, disturbed = sized(sizes, 1_000_000, 5_000_000)
    assert calm != disturbed
    both = sized(sizes, 1_050_000, 1_000_000)
    assert both == [calm, calm]
    assert sized(sizes, 1_000_000, 9_000_000) == both


def test_a_disturbed_round_makes_nobody_near_who_is_far(sizes):
    first = sized(sizes, 1_000, 1_000_000)
    assert sized(sizes, 600_000, 1_000_000) == first


def test_versions_that_prove_near_keep_the_calls_that_one_needed(sizes):
    arms = [Paced(name="a", case=1, number=8, call_ns=10), Paced(name="b", case=1, number=8, call_ns=100)]
    sizes.of(arms)
    sizes.lengthen("a", 64, arms)
    found = sizes.of([arms[0], Paced(name="b", case=1, number=8, call_ns=11)])
    assert found["a"] == found["b"]
    assert found["a"][0] == 64


def test_other_cases_have_nothing_to_do_with_each_other(sizes):
    first, second = sized(sizes, 99_000, 101_000, cases=("one", "two"))
    assert (first[0], second[0]) == (2, 1)


def test_samples_that_were_too_short_get_more_calls_in_all_arms_of_their_case_and_keep_them(sizes):
    arms = [Paced(name=name, case=case, number=8, call_ns=10) for name, case in (("a", 1), ("b", 1), ("c", 2))]
    samples = sizes.of(arms)["a"][1]
    assert sizes.lengthen("a", 32, arms) == {"a": 32, "b": 32}
    assert sizes.of(arms) == {"a": (32, samples), "b": (32, samples), "c": (8, samples)}


def test_an_arm_with_samples_of_another_size_keeps_them(sizes):
    arms = [Paced(name="fast", case=1, number=128, call_ns=1_000), Paced(name="slow", case=1, number=1, call_ns=10**6)]
    sizes.of(arms)
    assert sizes.lengthen("fast", 256, arms) == {"fast": 256}
