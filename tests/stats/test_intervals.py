"""Estimates over rounds, against scipy, against brute force and on simulated rounds with known truth."""

import random
from collections.abc import Callable
from itertools import pairwise, product
from math import exp, inf, log, log1p, nan, sqrt
from statistics import median

import numpy as np
import pytest
from scipy.stats import binom, wilcoxon

from bench.stats import intervals
from bench.stats.intervals import Estimate, Interval


def normal(generator: random.Random) -> float:
    return generator.gauss(0.0, 1.0)


def student_t3(generator: random.Random) -> float:
    return generator.gauss(0.0, 1.0) / sqrt(generator.gammavariate(1.5, 2.0) / 3)


def sample(n: int, seed: int, draw: Callable[[random.Random], float] = normal) -> list[float]:
    generator = random.Random(seed)
    return [draw(generator) for _ in range(n)]


# The null distribution and its critical index.


@pytest.mark.parametrize("n", range(11))
def test_signed_rank_counts_equal_those_of_all_choices_of_signs(n: int) -> None:
    counts = [0] * (n * (n + 1) // 2 + 1)
    for signs in product((0, 1), repeat=n):
        counts[sum(rank * sign for rank, sign in enumerate(signs, start=1))] += 1
    assert intervals.signed_rank_counts(n) == tuple(counts)


@pytest.mark.parametrize("n", [32, 110])
def test_signed_rank_counts_of_many_rounds_stay_whole_and_symmetric(n: int) -> None:
    counts = intervals.signed_rank_counts(n)
    assert sum(counts) == 2**n
    assert counts == counts[::-1]


@pytest.mark.parametrize(("n", "k"), [(5, 0), (6, 1), (7, 3), (8, 4), (9, 6), (10, 9), (15, 26), (20, 53), (25, 90)])
def test_critical_index_is_one_above_the_printed_two_sided_critical_value(n: int, k: int) -> None:
    """Tables of the signed-rank test print the largest x with P(W+ <= x) <= .025: 0, 2, 3, 5, 8, 25, 52, 89."""
    assert intervals.critical_index(intervals.signed_rank_counts(n), 0.025) == k


def test_a_level_that_is_met_exactly_counts() -> None:
    counts = intervals.signed_rank_counts(6)
    assert intervals.critical_index(counts, 2 / 64) == 2
    assert intervals.critical_index(counts, 2 / 64 - 1e-15) == 1


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, -0.1, nan])
def test_a_level_that_is_not_one_sided_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match=r"above 0 and below 0\.5"):
        intervals.critical_index(intervals.signed_rank_counts(8), alpha)


def test_a_distribution_without_outcomes_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one outcome"):
        intervals.critical_index((), 0.025)


# Hodges-Lehmann.


def test_hodges_lehmann_agrees_with_a_computation_by_hand() -> None:
    """The 21 Walsh averages are written out; P(W+ <= 0, 1, 2, 3) is 1, 2, 3, 5 in 64, so k is 1 or, at .05, 3."""
    d = [8.0, 1.0, 32.0, 2.0, 16.0, 4.0]
    averages = [1, 1.5, 2, 2.5, 3, 4, 4.5, 5, 6, 8, 8.5, 9, 10, 12, 16, 16.5, 17, 18, 20, 24, 32]
    assert intervals.hodges_lehmann(d) == Estimate(value=8.5, interval=Interval(low=1, high=32), rounds=6, reason=None)
    wider_level = intervals.hodges_lehmann(d, 0.05)
    assert wider_level.interval == Interval(low=averages[2], high=averages[-3])


@pytest.mark.parametrize("alpha", [0.025, 0.05, 0.005])
@pytest.mark.parametrize("n", range(6, 26))
def test_the_interval_is_the_signed_rank_test_of_scipy_inverted(n: int, alpha: float) -> None:
    d = sample(n, seed=n)
    averages = sorted({(a + b) / 2 for a in d for b in d})
    between = [(low + high) / 2 for low, high in pairwise(averages)]
    tested = wilcoxon(np.subtract.outer(d, between), method="exact", axis=0)  # all centres at once, a column each
    kept = [centre for centre, p in zip(between, tested.pvalue, strict=True) if p > 2 * alpha]
    interval = intervals.hodges_lehmann(d, alpha).interval
    if interval is None:
        rejected_at_best = wilcoxon([x - averages[0] + 1 for x in d], method="exact").pvalue
        assert rejected_at_best > 2 * alpha
    else:
        assert kept == [centre for centre in between if interval.low < centre < interval.high]
        assert interval.low in averages
        assert interval.high in averages


@pytest.mark.parametrize("n", range(1, 6))
def test_below_6_rounds_there_is_an_estimate_but_no_interval(n: int) -> None:
    d = sample(n, seed=n)
    estimate = intervals.hodges_lehmann(d, 0.2)
    assert estimate.value == median((a + b) / 2 for i, a in enumerate(d) for b in d[i:])
    assert (estimate.interval, estimate.rounds, estimate.reason) == (None, n, "no interval below 6 rounds")


def test_a_level_out_of_reach_for_the_rounds_gives_no_interval_and_says_so() -> None:
    estimate = intervals.hodges_lehmann(sample(8, seed=1), 0.001)
    assert estimate.interval is None
    assert estimate.reason == "no interval at one-sided level 0.001 with 8 rounds"


def test_adding_a_constant_moves_estimate_and_interval_by_it() -> None:
    for seed in range(50):
        d = sample(6 + seed % 20, seed)
        plain, moved = intervals.hodges_lehmann(d), intervals.hodges_lehmann([x + 3 for x in d])
        assert plain.interval is not None
        assert moved.interval is not None
        assert moved.value == pytest.approx(plain.value + 3)
        assert moved.interval.low == pytest.approx(plain.interval.low + 3)
        assert moved.interval.high == pytest.approx(plain.interval.high + 3)


def test_exchanging_the_arms_turns_estimate_and_interval_round() -> None:
    for seed in range(50):
        d = sample(6 + seed % 20, seed, student_t3)
        plain, turned = intervals.hodges_lehmann(d), intervals.hodges_lehmann([-x for x in d])
        assert plain.interval is not None
        assert turned.value == -plain.value
        assert turned.interval == Interval(low=-plain.interval.high, high=-plain.interval.low)


def test_the_order_of_the_rounds_is_of_no_account() -> None:
    d = sample(12, seed=3)
    assert intervals.hodges_lehmann(d) == intervals.hodges_lehmann(sorted(d))
    assert intervals.median_interval(d) == intervals.median_interval(sorted(d))


def test_equal_rounds_give_an_interval_without_width() -> None:
    assert intervals.hodges_lehmann([0.5] * 8).interval == Interval(low=0.5, high=0.5)


@pytest.mark.parametrize("n", [8, 12, 20])
@pytest.mark.parametrize("draw", [normal, student_t3])
def test_a_nominal_95_percent_interval_covers_the_truth_in_93_to_98_percent(
    draw: Callable[[random.Random], float], n: int
) -> None:
    generator = random.Random(f"{draw.__name__} {n}")
    repetitions, covered = 3000, 0
    for _ in range(repetitions):
        interval = intervals.hodges_lehmann([draw(generator) for _ in range(n)]).interval
        assert interval is not None
        covered += interval.low <= 0 <= interval.high
    assert 0.93 <= covered / repetitions <= 0.98


def test_the_one_sided_level_of_a_gate_is_kept() -> None:
    """With three suspects a look may miss with probability .05 / 9 at most; 3.5 standard errors are allowed."""
    generator, alpha, repetitions = random.Random(9), 0.05 / 9, 4000
    missed = 0
    for _ in range(repetitions):
        interval = intervals.hodges_lehmann([normal(generator) for _ in range(12)], alpha).interval
        assert interval is not None
        missed += interval.low > 0
    assert missed / repetitions < alpha + 3.5 * (alpha / repetitions) ** 0.5


# Absolute times.


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("n", [6, 7, 8, 12, 20, 33])
def test_the_interval_of_the_median_is_the_shortest_that_covers_by_the_binomial_of_scipy(
    n: int, confidence: float
) -> None:
    """Over the values 1..n an end is its own place in the order."""
    estimate = intervals.median_interval([float(x) for x in range(n, 0, -1)], confidence)
    assert estimate.value == (n + 1) / 2
    if estimate.interval is None:
        assert 1 - 2 * binom.cdf(0, n, 0.5) < confidence
    else:
        k = round(estimate.interval.low)
        assert estimate.interval.high == n + 1 - k
        assert 1 - 2 * binom.cdf(k - 1, n, 0.5) >= confidence
        assert 1 - 2 * binom.cdf(k, n, 0.5) < confidence


def test_the_interval_of_the_median_covers_that_of_a_skewed_distribution() -> None:
    generator, repetitions = random.Random(5), 3000
    covered = 0
    for _ in range(repetitions):
        interval = intervals.median_interval([generator.expovariate(log(2)) for _ in range(12)]).interval
        assert interval is not None
        covered += interval.low <= 1 <= interval.high
    assert 0.945 <= covered / repetitions <= 0.98


def test_the_median_of_fewer_than_6_rounds_has_no_interval() -> None:
    estimate = intervals.median_interval([3.0, 1.0, 2.0])
    assert estimate == Estimate(value=2.0, interval=None, rounds=3, reason="no interval below 6 rounds")


@pytest.mark.parametrize("values", [[], [0.1, nan], [inf]])
@pytest.mark.parametrize("function", [intervals.hodges_lehmann, intervals.median_interval, intervals.two_clusters])
def test_values_that_are_none_or_not_finite_are_refused(
    function: Callable[[list[float]], object], values: list[float]
) -> None:
    with pytest.raises(ValueError, match="at least one value, all finite"):
        function(values)


# From passes to a round.


def test_the_log_ratio_of_a_round_is_the_median_over_its_passes() -> None:
    baseline = {0: 1.0, 1: 2.0, 2: 4.0}
    candidate = {0: 1.1, 1: 2.6, 2: 4.8}
    assert intervals.pass_log_ratio(candidate, baseline) == pytest.approx(log(1.2))


def test_passes_in_which_only_one_arm_ran_do_not_count() -> None:
    assert intervals.pass_log_ratio({0: 50.0, 2: 3.0}, {2: 2.0, 3: 1.0}) == pytest.approx(log(1.5))


def test_arms_that_share_no_pass_have_no_log_ratio() -> None:
    assert intervals.pass_log_ratio({0: 1.0}, {1: 1.0}) is None
    assert intervals.pass_log_ratio({}, {}) is None


def test_exchanging_the_arms_turns_the_log_ratio_round() -> None:
    a = dict(enumerate(map(exp, sample(16, seed=1))))
    b = dict(enumerate(map(exp, sample(16, seed=2))))
    forth, back = intervals.pass_log_ratio(a, b), intervals.pass_log_ratio(b, a)
    assert forth is not None
    assert back == -forth


# Two clusters.


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
        split = intervals.two_clusters(d)
        assert split is not None
        assert {faults[i] for i in split.low} == {935}
        assert {faults[i] for i in split.high} == {1446}
        assert split.gap == min(d[i] for i in split.high) - max(d[i] for i in split.low)


def test_a_cluster_of_a_quarter_counts_and_a_smaller_one_does_not() -> None:
    split = intervals.two_clusters([0.0] * 9 + [0.2] * 3)
    assert split == intervals.Split(low=tuple(range(9)), high=(9, 10, 11), gap=0.2)
    assert intervals.two_clusters([0.0] * 10 + [0.2] * 2) is None
    assert intervals.two_clusters([0.0] * 8 + [0.2] * 2) is None


def test_clusters_nearer_than_2_percent_are_real_and_not_worth_a_word() -> None:
    assert intervals.two_clusters([0.0] * 16 + [0.019] * 16) is None
    assert intervals.two_clusters([0.0] * 16 + [0.021] * 16) is not None
    assert intervals.two_clusters([0.1] * 8) is None


def test_below_8_rounds_no_clusters_are_looked_for() -> None:
    assert intervals.two_clusters([0.0, 0.0, 0.0, 0.2, 0.2, 0.2, 0.2]) is None


@pytest.mark.parametrize("draw", [normal, student_t3])
@pytest.mark.parametrize("n", [8, 12, 16, 20, 32])
def test_rounds_of_one_cluster_are_seldom_called_two(n: int, draw: Callable[[random.Random], float]) -> None:
    generator = random.Random(f"{draw.__name__} {n}")
    repetitions = 2000
    called = sum(
        intervals.two_clusters([0.02 * draw(generator) for _ in range(n)]) is not None for _ in range(repetitions)
    )
    assert called / repetitions < (0.065 if n == 8 else 0.03)


def test_shifting_scaling_and_turning_the_rounds_leaves_the_clusters() -> None:
    d, _ = faulting(12, seed=4)
    split, turned = intervals.two_clusters(d), intervals.two_clusters([-3 * x + 1 for x in d])
    assert split is not None
    assert turned is not None
    assert (turned.low, turned.high) == (split.high, split.low)
    assert turned.gap == pytest.approx(3 * split.gap)


# What the machine resolves.


def over_rounds(low: float, high: float) -> Estimate:
    return Estimate(value=(low + high) / 2, interval=Interval(low=low, high=high), rounds=12, reason=None)


def test_an_interval_around_1_resolves_its_half_width() -> None:
    assert intervals.resolves(over_rounds(-log1p(0.02), log1p(0.02))) == pytest.approx(0.02)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_interval_that_leaves_1_resolves_twice_its_distance(sign: int) -> None:
    ends = sorted([sign * log1p(0.02), sign * (log1p(0.02) + 0.001)])
    assert intervals.resolves(over_rounds(*ends)) == pytest.approx(0.04)


def test_without_an_interval_nothing_is_known_to_be_resolved() -> None:
    assert intervals.resolves(intervals.hodges_lehmann([0.0, 0.01])) is None


# Many rounds.


@pytest.mark.parametrize("n", [65, 100, 150])
@pytest.mark.parametrize("alpha", [0.05, 0.025, 0.025 / 4, 0.001])
def test_above_64_rounds_the_index_is_a_little_below_the_exact_one(n: int, alpha: float) -> None:
    counts = intervals.signed_rank_counts(n)
    k = intervals.signed_rank_index(n, alpha)
    assert 0.8 * alpha < sum(counts[:k]) / sum(counts) <= alpha
    assert 0.985 * intervals.critical_index(counts, alpha) <= k <= intervals.critical_index(counts, alpha)


def test_an_interval_of_many_rounds_is_that_of_the_whole_list() -> None:
    d = sample(300, seed=5)
    found = intervals.hodges_lehmann(d)
    averages = sorted((a + b) / 2 for i, a in enumerate(d) for b in d[i:])
    k = intervals.signed_rank_index(len(d), 0.025)
    assert (found.value, found.interval) == (median(averages), Interval(low=averages[k - 1], high=averages[-k]))
