"""A measured tolerance: what it is made of."""

import numpy as np
import pytest

from bench.worker import tolerance

U = 2.0**-53


def test_the_gauge_is_how_far_a_result_moves_and_its_own_rounding():
    centre = np.array([1.0, 0.0, 4.0])
    moved = [centre + np.array([3e-16, 0, 0]), centre - np.array([4e-16, 0, 0])]
    found = tolerance.gauge(centre, moved, 1.0, (U, U))
    assert found[0] == pytest.approx(np.sqrt((3e-16**2 + 4e-16**2) / 2) + U)
    assert found[1] == 4 * U  # of what is 0 and stays it
    assert found[2] == 4 * U
    assert tolerance.gauge(centre, moved, 2.0, (2 * U, U))[0] == pytest.approx((found[0] - U) / 4 + U)


def test_what_is_not_finite_has_a_gauge_all_the_same():
    found = tolerance.gauge(np.array([np.nan, 1.0]), [np.array([np.nan, np.inf])], 1.0, (U, U))
    assert np.isfinite(found).all()


@pytest.mark.parametrize("n", [1, 10, 40])
def test_on_how_many_numbers_a_result_depends_is_found_from_those_that_change(n):
    random = np.random.default_rng(n)
    changed = (random.random((3000, n)) < 1 / 16).any(axis=1)
    assert tolerance.terms(int(changed.sum()), 3000, 1 / 16) == pytest.approx(n, rel=0.1)


def test_of_a_single_result_that_did_not_change_little_is_known():
    assert tolerance.terms(0, 1, 1 / 16) > 10
    assert tolerance.terms(1, 1, 1 / 16) is None


def test_whatever_an_algorithm_is_off_by_its_own_result_is_within_tolerance():
    right = np.ones(1000, np.longdouble)
    for error in (np.full(1000, 1e-12), np.where(np.arange(1000) == 7, 1e-9, 0)):
        narrow = np.ones(1000) + error
        gauges = np.full(1000, U)
        growth = tolerance.growth(narrow, right, gauges, (U, U))
        assert (np.abs(narrow - right) <= tolerance.tolerance(gauges, 1, growth)).all()


def test_many_terms_count_by_their_root():
    gauges = np.array([U])
    assert tolerance.tolerance(gauges, 100, 0) == 10 * tolerance.tolerance(gauges, 1, 0)
    assert tolerance.tolerance(gauges, 100, 50) == 50 * tolerance.tolerance(gauges, 1, 0)
