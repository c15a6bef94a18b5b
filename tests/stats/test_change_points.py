"""Change points: the segmentation against one by exhaustion, and the changes found in series with known truth."""

from itertools import combinations, pairwise
from math import log

import numpy as np
import pytest

from bench.stats import change_points
from bench.stats.change_points import ChangePoints, analyse, checked, merged, pelt, scale, segmentation

STEP = log(1.05)


def series(seed, *, runs=120, at=None, step=STEP, noise=0.01):
    y = np.random.default_rng(seed).normal(0.0, noise, runs)
    if at is not None:
        y[at:] += step
    return list(y)


def cost(x, starts, penalty):
    edges = [0, *starts, len(x)]
    segments = [np.asarray(x[begin:end]) for begin, end in pairwise(edges)]
    return sum(np.abs(one - np.median(one)).sum() for one in segments) + penalty * len(starts)


def by_exhaustion(x, penalty):
    """Return the least cost of all segmentations with four values or more in each segment."""
    cuts = [
        starts
        for number in range(len(x) // 4)
        for starts in combinations(range(4, len(x) - 3), number)
        if all(end - begin >= 4 for begin, end in zip([0, *starts], [*starts, len(x)], strict=True))
    ]
    return min(cost(x, starts, penalty) for starts in cuts)


@pytest.mark.parametrize("seed", range(8))
def test_no_segmentation_is_cheaper_than_the_one_found(seed):
    random = np.random.default_rng(seed)
    x = list(random.normal(size=17).round(1) + np.repeat(random.normal(scale=4, size=3), [6, 5, 6]))
    for penalty in (0.5, 2.0, 6.0):
        starts = segmentation(x, penalty)
        assert cost(x, starts, penalty) == pytest.approx(by_exhaustion(x, penalty))
        assert all(end - begin >= 4 for begin, end in zip([0, *starts], [*starts, len(x)], strict=True))


def test_a_long_series_is_cut_at_the_same_places_with_fewer_levels(monkeypatch):
    y = [value / 0.01 for value in series(1, runs=900, at=300)]
    y[700:706] = [value + 12 for value in y[700:706]]
    exact = segmentation(y, 20.0)
    monkeypatch.setattr(change_points, "_EXACT_LEVELS", 100)
    assert segmentation(y, 20.0) == exact
    assert exact == (300, 700, 706)


def test_the_scale_is_the_noise_about_the_levels_and_never_nothing():
    assert scale(series(2, runs=2000, at=1000, step=1.0)) == pytest.approx(0.01, rel=0.08)
    assert scale([1.0] * 50) == scale([1.0]) == 5e-4


def test_steps_of_under_two_percent_are_merged_smallest_first():
    y = [0.0] * 10 + [0.015] * 10 + [0.05] * 10 + [0.06] * 10
    assert merged(y, (10, 20, 30)) == (20,)
    assert merged([0.0] * 10 + [0.0199] * 10, (10,)) == (10,)
    assert merged([0.0] * 10 + [0.0197] * 10, (10,)) == ()


def test_a_change_that_the_ranks_do_not_show_is_taken_out():
    y = series(3, at=60)
    assert checked(y, (60,)) == (60,)
    assert checked(y, (30, 60, 90)) == (60,)
    assert checked(y, (118,)) == ()


def test_a_step_is_found_where_it_is():
    for seed in range(10):
        (start,) = pelt(series(seed, at=70))
        assert abs(start - 70) <= 2


def test_steps_up_and_down_are_both_found():
    y = [value + log(1.1) * (40 <= place < 80) for place, value in enumerate(series(5))]
    assert pelt(y) == pytest.approx((40, 80), abs=1)


def test_false_alarms_and_recall_of_the_default_are_those_of_the_docs():
    flat = [pelt(series(seed)) for seed in range(200)]
    assert sum(map(len, flat)) <= 2
    stepped = [pelt(series(seed, at=30 + seed % 60)) for seed in range(200)]
    assert sum(any(abs(start - 30 - seed % 60) <= 5 for start in starts) for seed, starts in enumerate(stepped)) >= 196


def test_a_level_that_holds_for_a_dozen_runs_is_found_with_both_its_ends():
    y = [value + STEP * (60 <= place < 72) for place, value in enumerate(series(11))]
    assert pelt(y) == (60, 72)


def test_a_single_slow_run_is_no_change():
    y = series(6)
    y[50] += log(1.5)
    assert pelt(y) == ()


def test_a_change_in_the_last_runs_is_found_once_there_are_four():
    y = series(7, runs=60, at=56, step=log(1.1))
    assert pelt(y) == (56,)
    assert pelt(y[:58]) == ()


def test_a_series_with_too_many_changes_is_unstable_and_tells_none():
    y = [value + log(1.2) * (place // 6 % 2) for place, value in enumerate(series(9))]
    found = analyse(y)
    assert found.starts == ()
    assert found.unstable > 6


def test_below_twenty_values_nothing_is_looked_for():
    assert analyse(series(1, runs=19, at=10, step=1.0)) == ChangePoints(starts=(), short=True)
    assert analyse(series(1, runs=20, at=10, step=1.0)) == ChangePoints(starts=(10,))
    assert analyse([]) == ChangePoints(starts=(), short=True)
    assert pelt([0.0] * 7) == ()


def test_equal_values_are_one_segment():
    assert analyse([0.5] * 100) == ChangePoints(starts=())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        analyse([0.0] * 30 + [value])
