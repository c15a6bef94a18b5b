"""Two samples by their ranks, against scipy and on simulated samples with known truth."""

from random import Random

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from bench.stats.mann_whitney import mann_whitney, shift


@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 4), (4, 12), (12, 12), (3, 20), (20, 20)])
def test_without_ties_the_probability_is_scipys_exact_one(m, n):
    random = np.random.default_rng(m * 100 + n)
    for offset in (0.0, 0.5, 3.0):
        a, b = random.normal(size=m), random.normal(offset, size=n)
        assert mann_whitney(list(a), list(b)) == pytest.approx(mannwhitneyu(a, b, method="exact").pvalue)


@pytest.mark.parametrize("offset", [0, 1, 3])
def test_with_ties_it_is_scipys_normal_approximation(offset):
    random = np.random.default_rng(offset)
    a, b = random.integers(0, 6, 12), random.integers(offset, 6 + offset, 12)
    assert mann_whitney(list(a), list(b)) == pytest.approx(mannwhitneyu(a, b, method="asymptotic").pvalue)


def test_large_samples_take_the_normal_approximation():
    random = np.random.default_rng(3)
    a, b = random.normal(size=30), random.normal(0.3, size=25)
    assert mann_whitney(list(a), list(b)) == pytest.approx(mannwhitneyu(a, b, method="asymptotic").pvalue)


def test_nothing_to_compare_and_nothing_but_equal_values_say_nothing():
    assert mann_whitney([], [1.0]) == mann_whitney([1.0], []) == 1.0
    assert mann_whitney([1.0] * 12, [1.0] * 12) == 1.0


def test_the_shift_is_the_median_difference_and_its_interval_holds_the_truth_as_often_as_it_says():
    random = Random(7)
    held = 0
    for _ in range(400):
        before = [random.gauss(0, 1) for _ in range(15)]
        after = [random.gauss(0.5, 1) for _ in range(12)]
        found = shift(before, after)
        assert found.value == pytest.approx(np.median(np.subtract.outer(after, before)))
        held += found.interval.low <= 0.5 <= found.interval.high
    assert 0.92 <= held / 400 <= 0.98


def test_the_interval_of_the_shift_ends_where_the_test_begins_to_reject():
    random = Random(8)
    before = [random.gauss(0, 1) for _ in range(12)]
    after = [random.gauss(0.5, 1) for _ in range(12)]
    ends = shift(before, after).interval
    for inside, offset in ((True, ends.low + 1e-6), (True, ends.high - 1e-6), (False, ends.low - 0.2)):
        chance = mann_whitney(before, [value - offset for value in after])
        assert (chance > 0.05) == inside


def test_below_four_values_on_a_side_there_is_no_interval():
    found = shift([0.0, 0.1, 0.2], [1.0, 1.1, 1.2, 1.3, 1.4])
    assert found.value == pytest.approx(1.1)
    assert found.interval is None
    assert "below 4" in found.reason
