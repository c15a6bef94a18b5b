"""Who leaves where the time does not pay for all."""

from bench.measure.thinning import HOPELESS, Cost, costs, leaving
from tests.builders import make_run

KNOWN = {
    "base": Cost(call_s=1.0, round_s=3.0),
    "slow": Cost(call_s=0.5, round_s=2.0),
    "slower": Cost(call_s=0.8, round_s=2.0),
    "near": Cost(call_s=0.011, round_s=2.0),
    "fast": Cost(call_s=0.01, round_s=1.0),
}


def test_nobody_leaves_where_the_time_pays_for_all():
    assert leaving(KNOWN, {"base"}, 5, 50.0) == {}


def test_the_slowest_leave_first_and_no_more_than_have_to():
    assert leaving(KNOWN, {"base"}, 5, 49.0) == {"slower": "80 times as slow as the fastest"}
    assert list(leaving(KNOWN, {"base"}, 5, 30.0)) == ["slower", "slow"]


def test_who_is_compared_with_stays_and_so_does_who_is_near_the_fastest():
    left = leaving(KNOWN, {"base"}, 5, 0.0)
    assert left.keys() == {"slow", "slower"}
    assert KNOWN["near"].call_s < HOPELESS * KNOWN["fast"].call_s


def test_of_rounds_that_kept_no_account_nothing_is_known():
    assert costs(make_run().rounds) == {}
    assert leaving({}, (), 5, 0.0) == {}
