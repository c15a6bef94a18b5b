"""Slopes and crossings, on data whose truth is known."""

from math import log
from random import Random

import pytest

from bench.stats.intervals import Estimate, Interval, hodges_lehmann
from bench.stats.scaling import Comparison, Crossing, Reign, crossings, reigns, slope

SIZES = (100.0, 200.0, 500.0, 1000.0)


def compared(*points):
    """Return comparisons from (size, low, value, high); the sign is that of an interval without 0."""
    return [
        Comparison(
            size=size,
            log_ratio=Estimate(value=value, interval=Interval(low=low, high=high), rounds=8, reason=None),
            sign=-1 if high < 0 else 1 if low > 0 else 0,
        )
        for size, low, value, high in points
    ]


def test_a_power_law_has_its_exponent_as_slope():
    exact = {size: dict.fromkeys(range(8), log(3e-6 * size**1.5)) for size in SIZES}
    found = slope(exact)
    assert found.value == pytest.approx(1.5)
    assert found.interval.low == pytest.approx(1.5)
    assert found.interval.high == pytest.approx(1.5)


def test_the_slope_of_two_sizes_is_that_of_the_line_through_them():
    assert slope({10: {0: log(2.0)}, 1000: {0: log(6.0)}}).value == pytest.approx(log(3) / log(100))


def test_a_drift_from_round_to_round_leaves_the_slope_as_it_is():
    drifting = {size: {r: log(size) + 0.1 * r for r in range(8)} for size in SIZES}
    assert slope(drifting).interval.high == pytest.approx(1.0)


def test_only_rounds_that_all_sizes_share_count():
    found = slope({1: dict.fromkeys(range(8), 0.0), 10: dict.fromkeys(range(3), 1.0)})
    assert (found.rounds, found.interval) == (3, None)
    assert slope({1: {0: 0.0}, 10: {1: 1.0}}) is None


def test_the_interval_of_a_slope_covers_the_truth():
    random, held = Random(1), 0
    for _ in range(500):
        noisy = {size: {r: 0.9 * log(size) + random.gauss(0, 0.03) for r in range(8)} for size in SIZES}
        ends = slope(noisy).interval
        held += ends.low <= 0.9 <= ends.high
    assert held >= 0.93 * 500


def test_a_crossing_is_interpolated_in_the_logarithm_of_size():
    (found,) = crossings(compared((100, -0.3, -0.2, -0.1), (10000, 0.1, 0.2, 0.3)))
    assert found.at == pytest.approx(1000)
    assert found.low == pytest.approx(10 ** (2 + 2 * 0.1 / 0.4))
    assert found.high == pytest.approx(10 ** (2 + 2 * 0.3 / 0.4))


def test_a_crossing_lies_between_the_sizes_at_which_opposite_signs_were_shown():
    points = [(1, -0.3, -0.2, -0.1), (10, -0.3, -0.2, -0.1), (100, -0.1, 0.0, 0.1), (1000, 0.1, 0.2, 0.3)]
    (found,) = crossings(compared(*points))
    assert (found.after, found.before) == (10, 1000)


def test_the_other_way_round_the_crossing_is_the_same():
    points = [(100, -0.3, -0.25, -0.1), (200, -0.2, -0.01, 0.1), (500, 0.1, 0.2, 0.4)]
    turned = [(size, -high, -value, -low) for size, low, value, high in points]
    (one,), (other,) = crossings(compared(*points)), crossings(compared(*turned))
    assert (other.at, other.low, other.high) == pytest.approx((one.at, one.low, one.high))


def test_sizes_at_which_neither_is_shown_to_be_faster_widen_the_interval():
    (found,) = crossings(
        compared((10, -0.2, -0.15, -0.1), (100, -0.1, -0.02, 0.1), (1000, -0.1, 0.02, 0.1), (10000, 0.1, 0.2, 0.3))
    )
    assert 10 < found.low < 100 < found.at < 1000 < found.high < 10000


def test_there_is_no_crossing_without_opposite_signs_on_both_sides():
    assert crossings(compared((1, -0.1, 0.0, 0.1), (10, 0.1, 0.2, 0.3))) == ()
    assert crossings(compared((1, -0.3, -0.2, -0.1), (10, -0.1, 0.1, 0.3), (100, -0.3, -0.2, -0.1))) == ()
    assert crossings([]) == ()


def test_two_curves_may_cross_twice():
    points = compared((1, -0.3, -0.2, -0.1), (10, 0.1, 0.2, 0.3), (100, -0.3, -0.2, -0.1))
    found = crossings(points)
    assert [one.at for one in found] == pytest.approx([10**0.5, 10**1.5])
    assert all(isinstance(one, Crossing) and one.low < one.at < one.high for one in found)


@pytest.mark.parametrize("shared", [0.0, 0.9])
def test_the_interval_of_a_crossing_covers_the_truth(shared):
    """Coverage with 8 rounds, whose noise the sizes have in common to a part; the truth is straight in log size."""
    random, held, found = Random(7), 0, 0
    truth = 300.0
    for _ in range(500):
        common = [random.gauss(0, 0.05) for _ in range(8)]
        points = []
        for size in SIZES:
            d = [0.2 * log(size / truth) + shared * one + (1 - shared) * random.gauss(0, 0.05) for one in common]
            estimate = hodges_lehmann(d)
            sign = -1 if estimate.interval.high < 0 else 1 if estimate.interval.low > 0 else 0
            points.append(Comparison(size=size, log_ratio=estimate, sign=sign))
        for one in crossings(points):
            found += 1
            held += one.low <= truth <= one.high
    assert found > 400
    assert held >= 0.95 * found


def test_the_fastest_reigns_over_neighbouring_sizes():
    found = reigns([("a",), ("a", "b"), ("b",), ("b", "c"), ("c",)])
    assert found == (
        Reign(first=0, last=1, names=("a",)),
        Reign(first=2, last=3, names=("b",)),
        Reign(first=4, last=4, names=("c",)),
    )


def test_those_never_told_apart_reign_together():
    assert reigns([("a", "b"), ("b", "a")]) == (Reign(first=0, last=1, names=("a", "b")),)


def test_a_size_without_a_time_ends_a_reign():
    assert [(one.first, one.last) for one in reigns([("a",), (), ("a",)])] == [(0, 0), (2, 2)]
