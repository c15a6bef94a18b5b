"""Two clusters of rounds, on simulated rounds with known truth."""

import random
from collections.abc import Callable
from math import log

import pytest

from bench.stats.clusters import Split, two_clusters
from tests.stats.test_intervals import normal, student_t3


def faulting(n: int, seed: int) -> tuple[list[float], list[int]]:
    """Return log-ratios of rounds whose candidate lands on 935 or on 1446 faults a call, and those faults."""
    generator = random.Random(seed)
    faults = [935, 1446, 1446, 935] * (n // 4)
    generator.shuffle(faults)
    slower = {935: 0.0, 1446: log(6.2 / 5.3)}
    return [slower[count] + generator.gauss(0, 0.01) for count in faults], faults


@pytest.mark.parametrize("n", [8, 12, 16, 20, 32])
def test_rounds_on_935_and_on_1446_faults_are_two_clusters(n: int) -> None:
    for seed in range(20):
        d, faults = faulting(n, seed)
        split = two_clusters(d)
        assert split is not None
        assert {faults[i] for i in split.low} == {935}
        assert {faults[i] for i in split.high} == {1446}
        assert split.gap == min(d[i] for i in split.high) - max(d[i] for i in split.low)


def test_a_cluster_of_a_quarter_counts_and_a_smaller_one_does_not() -> None:
    split = two_clusters([0.0] * 9 + [0.2] * 3)
    assert split == Split(low=tuple(range(9)), high=(9, 10, 11), gap=0.2)
    assert two_clusters([0.0] * 10 + [0.2] * 2) is None
    assert two_clusters([0.0] * 8 + [0.2] * 2) is None


def test_clusters_nearer_than_2_percent_are_real_and_not_worth_a_word() -> None:
    assert two_clusters([0.0] * 16 + [0.019] * 16) is None
    assert two_clusters([0.0] * 16 + [0.021] * 16) is not None
    assert two_clusters([0.1] * 8) is None


def test_below_8_rounds_no_clusters_are_looked_for() -> None:
    assert two_clusters([0.0, 0.0, 0.0, 0.2, 0.2, 0.2, 0.2]) is None


@pytest.mark.parametrize("draw", [normal, student_t3])
@pytest.mark.parametrize("n", [8, 12, 16, 20, 32])
def test_rounds_of_one_cluster_are_seldom_called_two(n: int, draw: Callable[[random.Random], float]) -> None:
    generator = random.Random(f"{draw.__name__} {n}")
    repetitions = 2000
    called = sum(two_clusters([0.02 * draw(generator) for _ in range(n)]) is not None for _ in range(repetitions))
    assert called / repetitions < (0.065 if n == 8 else 0.03)


def test_shifting_scaling_and_turning_the_rounds_leaves_the_clusters() -> None:
    d, _ = faulting(12, seed=4)
    split, turned = two_clusters(d), two_clusters([-3 * x + 1 for x in d])
    assert split is not None
    assert turned is not None
    assert (turned.low, turned.high) == (split.high, split.low)
    assert turned.gap == pytest.approx(3 * split.gap)
