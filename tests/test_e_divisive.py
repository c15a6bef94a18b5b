"""E-divisive, the method that the documents hold against the one in use: on simulated series with known truth."""

from math import log
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def divisive(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / ".ci")
    import e_divisive

    return e_divisive.divisive


def series(seed, *steps):
    """Return 120 values with noise of 1 %, and a step at each (index, size)."""
    y = np.random.default_rng(seed).normal(0.0, 0.01, 120)
    for at, step in steps:
        y[at:] += step
    return list(y)


def test_steps_are_found_where_they_are(divisive):
    for seed in range(10):
        assert divisive(series(seed, (70, log(1.05)))) == (pytest.approx(70, abs=2),)
    assert divisive(series(5, (40, log(1.1)), (80, -log(1.1)))) == pytest.approx((40, 80), abs=1)


def test_a_single_slow_run_and_equal_values_are_no_change(divisive):
    assert divisive(series(6, (50, log(1.5)), (51, -log(1.5)))) == ()
    assert divisive([0.5] * 100) == divisive([0.0] * 7) == ()


def test_permutations_are_seeded(divisive):
    y = series(8, (60, log(1.025)))
    assert len({divisive(y) for _ in range(3)}) == 1
    assert divisive(y, seed=2) == divisive(y, seed=2)


def test_a_series_that_would_take_gigabytes_is_refused(divisive):
    with pytest.raises(ValueError, match="takes up to 2000"):
        divisive([0.0] * 2001)
