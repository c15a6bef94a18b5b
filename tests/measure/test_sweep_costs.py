"""What the rounds of other sizes will take, from those whose cost the test says."""

import pytest
from msgspec.structs import replace

from bench.measure.group import Group
from bench.measure.sweep_costs import FEWEST_CALLS, Costs
from bench.store.worker_records import Outcome, Spent
from tests.builders import Spec, make_run, make_sizes

LOOP = Spec(name="loop", baseline=True, law=lambda case: 0.01 * case.size.values["m"], noise=0.0)
FAST = Spec(name="fast", law=lambda case: 0.0005 * case.size.values["m"], noise=0.0)
SIZES = (100, 1000, 100_000)


def known(*spent, work=None, outcome=Outcome.OK):
    """Return costs after a round of the smallest size for each of `spent`, in seconds, and the groups."""
    run = make_run([LOOP, FAST], sizes=make_sizes(*SIZES), again=False, rounds=1)
    groups = [
        Group(
            name=name,
            arms=tuple(arm for arm in run.arms if arm.case.group == name),
            sources={},
            inputs={},
            orders={},
        )
        for name in dict.fromkeys(arm.case.group for arm in run.arms)
    ]
    told = {group.name: {"flops": float(value)} for group, value in zip(groups, SIZES, strict=True)}
    costs = Costs(groups, told if work is None else work)
    first = run.rounds[0]
    for seconds in spent:
        took = Spent(starting_ns=300_000_000, timed_ns=round(seconds * 1e9))
        workers = tuple(replace(worker, spent=took, outcome=outcome) for worker in first.workers)
        costs.add(groups[0], replace(first, workers=workers))
    return costs, groups


def test_a_size_that_was_measured_takes_what_its_cheapest_round_took_beside_starting_interpreters():
    costs, groups = known(3.0, 0.5, 0.7)
    assert [costs.round_s(arm.case, groups[0]) for arm in groups[0].arms] == [0.5, 0.5]


def test_what_a_larger_size_takes_longer_is_its_calls_in_proportion_to_the_work():
    costs, groups = known(0.5)
    loop, fast = groups[1].arms
    assert costs.call_s(loop.case, groups[1]) == pytest.approx(0.01, rel=0.05)
    assert costs.round_s(fast.case, groups[1]) == pytest.approx(0.5, rel=0.05)
    last = groups[2]
    assert costs.round_s(last.arms[0].case, last) == pytest.approx(0.5 + (FEWEST_CALLS + 1) * 1.0, rel=0.3)


@pytest.mark.parametrize("work", [{}, {"other": {"flops": 1.0}}])
def test_without_a_word_on_the_work_the_numbers_of_the_size_stand_for_it(work):
    costs, groups = known(0.5, work=work)
    assert costs.call_s(groups[1].arms[0].case, groups[1]) == pytest.approx(0.01, rel=0.05)


def test_a_call_takes_no_longer_than_one_that_does_more():
    costs, groups = known(0.5)
    run = make_run([LOOP, Spec(name="fast", ms=0.06)], sizes=make_sizes(*SIZES), again=False, rounds=1)
    costs.add(groups[2], next(one for one in run.rounds if one.group == groups[2].name))
    fast = groups[1].arms[1].case
    assert costs.call_s(fast, groups[1]) == pytest.approx(0.06e-3, rel=0.05)


def test_time_that_grew_faster_than_the_work_goes_on_to_do_so():
    costs, groups = known(0.5)
    square = Spec(name="loop", baseline=True, law=lambda case: 1e-5 * case.size.values["m"] ** 2, noise=0.0)
    for size in (100, 1000):
        run = make_run([square, FAST], sizes=make_sizes(*SIZES), again=False, rounds=1)
        costs.add(groups[SIZES.index(size)], run.rounds[SIZES.index(size)])
    loop, fast = groups[2].arms
    assert costs.call_s(loop.case, groups[2]) == pytest.approx(1e-8 * SIZES[2] ** 2, rel=0.3)
    assert costs.call_s(fast.case, groups[2]) == pytest.approx(5e-7 * SIZES[2], rel=0.3)


def test_who_ended_otherwise_than_ok_is_expected_to_take_as_long_at_the_next_size():
    costs, groups = known(60.0, outcome=Outcome.TIMEOUT)
    assert [costs.round_s(arm.case, groups[1]) for arm in groups[1].arms] == pytest.approx([60.0, 60.0])
    assert costs.call_s(groups[1].arms[0].case, groups[1]) is None


def test_nothing_is_known_of_what_was_not_measured():
    costs, groups = known()
    assert costs.round_s(groups[0].arms[0].case, groups[0]) == 0.0
    assert costs.call_s(groups[0].arms[0].case, groups[0]) is None
