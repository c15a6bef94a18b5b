"""Who leaves where the time does not pay for all."""

from msgspec.structs import replace

from bench.measure.thinning import HOPELESS, Cost, costs, leaving
from bench.store.worker_records import Spent
from tests.builders import SWEPT, make_run, make_sizes

KNOWN = {
    "base": Cost(times=100.0, round_s=3.0),
    "slow": Cost(times=50.0, round_s=2.0),
    "slower": Cost(times=80.0, round_s=2.0),
    "near": Cost(times=1.1, round_s=2.0),
    "fast": Cost(times=1.0, round_s=1.0),
}


def test_nobody_leaves_where_the_time_pays_for_all():
    assert leaving(KNOWN, {"base"}, 5, 50.0) == {}


def test_the_slowest_leave_first_and_no_more_than_have_to():
    assert leaving(KNOWN, {"base"}, 5, 49.0) == {"slower": "80 times as slow as the fastest"}
    assert list(leaving(KNOWN, {"base"}, 5, 30.0)) == ["slower", "slow"]


def test_who_is_compared_with_stays_and_so_does_who_is_near_the_fastest():
    left = leaving(KNOWN, {"base"}, 5, 0.0)
    assert left.keys() == {"slow", "slower"}
    assert KNOWN["near"].times < HOPELESS


def test_of_rounds_that_kept_no_account_nothing_is_known():
    assert costs(make_run().rounds) == {}
    assert leaving({}, (), 5, 0.0) == {}


def test_what_is_counted_in_a_first_round_is_not_expected_of_the_next():
    spent = Spent(timed_ns=1_000_000_000, counting_ns=3_000_000_000)
    rounds = [
        replace(one, workers=tuple(replace(worker, spent=spent) for worker in one.workers)) for one in make_run().rounds
    ]
    assert {cost.round_s for cost in costs(rounds).values()} == {1.0}


def test_who_is_slow_is_told_among_those_of_one_size():
    spent = Spent(timed_ns=1_000_000_000)
    rounds = [
        replace(one, workers=tuple(replace(worker, spent=spent) for worker in one.workers))
        for one in make_run(SWEPT, sizes=make_sizes(1, 1000), rounds=1).rounds
    ]
    found = costs(rounds)
    assert sorted(round(cost.times) for name, cost in found.items() if "again" not in name) == [1, 1, 5, 8]
    assert {cost.round_s for cost in found.values()} == {1.0}
