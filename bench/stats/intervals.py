"""Estimates and intervals over rounds.

The round is the unit of replication: everything here takes one value a round, never samples pooled over processes.
Ratios are handled as natural logarithms and shown as exp() of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import comb, expm1, floor, isfinite, log, sqrt
from statistics import NormalDist, median

from .walsh import MOST_LISTED, WalshAverages

#: One-sided level of a two-sided 95 % interval.
ALPHA = 0.025

#: With fewer rounds no two-sided 95 % interval exists: 2 * 2**-5 is above .05.
MIN_ROUNDS = 6

#: Two clusters of rounds lie more than this many median absolute deviations apart.
CLUSTER_GAP = 4.0

#: The least deviation within a cluster that is believed, in log: below it lie the timer and chance ties.
CLUSTER_MAD_FLOOR = 5e-4

#: Clusters nearer than this, in log, are told apart by nobody who reads a report.
CLUSTER_LEAST_GAP = 0.02

#: Fewer rounds are not looked at for clusters: a quarter of them would be less than two.
MIN_CLUSTER_ROUNDS = 8

#: Taken off n for two medians and a split chosen after looking; tuned by simulation, see `two_clusters`.
CLUSTER_FREEDOM = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A confidence interval, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A value over rounds, in the unit of what it was made from (for ratios: natural logarithm)."""

    value: float
    interval: Interval | None
    rounds: int
    reason: str | None
    """Why there is no interval; None where there is one."""

    def __neg__(self) -> "Estimate":
        """Return the estimate of the negated values: of a log-ratio, that of the ratio the other way round."""
        ends = self.interval
        return replace(self, value=-self.value, interval=Interval(low=-ends.high, high=-ends.low) if ends else None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Rounds that fall into two clusters."""

    low: tuple[int, ...]
    """Indices of the rounds in the lower cluster, ascending."""
    high: tuple[int, ...]
    gap: float
    """Distance between the highest of the lower and the lowest of the higher cluster."""


@cache
def signed_rank_counts(n: int) -> tuple[int, ...]:
    """Return the exact null distribution of the signed-rank statistic W+, as counts.

    Parameters
    ----------
    n
        Number of rounds, at least 0.

    Returns
    -------
    tuple of int, n (n + 1) / 2 + 1 long
        How many of the 2**n equally likely choices of signs give W+ = 0, 1, 2, ...: subsets of 1..n by their sum.

    Notes
    -----
    The recurrence c_n(x) = c_(n-1)(x) + c_(n-1)(x - n), in whole numbers: Wilcoxon 1945; Hollander, Wolfe & Chicken,
    Nonparametric Statistical Methods, 3rd ed., section 3.1.
    """
    counts = [1]
    for rank in range(1, n + 1):
        absent = [0] * rank
        counts = [without + having for without, having in zip(counts + absent, absent + counts, strict=True)]
    return tuple(counts)


@cache
def sign_counts(n: int) -> tuple[int, ...]:
    """Return how many of 2**n choices of signs have 0, 1, ..., n plus signs (binomial with probability 1/2)."""
    return tuple(comb(n, x) for x in range(n + 1))


def critical_index(counts: Sequence[int], alpha: float) -> int:
    """Return the number k of values x of a statistic for which P(X <= x) <= `alpha`, exactly.

    Parameters
    ----------
    counts
        Null distribution over x = 0, 1, 2, ...: `signed_rank_counts` or `sign_counts`.
    alpha
        One-sided level, above 0 and below 1/2.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1/2.

    Notes
    -----
    The k-th smallest and the k-th largest of the ordered values (Walsh averages, or the values themselves) end the
    interval that covers with at least 1 - 2 `alpha`; k = 0: too few rounds for any. Counts are compared as whole
    numbers, so that a level met exactly is not lost to rounding.
    """
    if not 0 < alpha < 0.5:
        raise ValueError(f"one-sided level {alpha}: expected a number above 0 and below 0.5")
    allowed = floor(Fraction(alpha) * sum(counts))  # what is reached is a whole number
    reached = 0
    for k, count in enumerate(counts):
        reached += count
        if reached > allowed:
            return k
    raise ValueError("expected counts of at least one outcome")


def hodges_lehmann(d: Sequence[float], alpha_one_sided: float = ALPHA) -> Estimate:
    """Return the Hodges-Lehmann estimate of the centre of `d`, with its exact signed-rank interval.

    Parameters
    ----------
    d
        One value a round, for ratios their logarithm; at least one, all finite.
    alpha_one_sided
        Probability of missing on each side. A gate, which asks about one end only, passes its own level.

    Returns
    -------
    Estimate
        Without an interval below 6 rounds, and where no interval of that level exists for so few rounds.

    Raises
    ------
    ValueError
        If `d` is empty or not finite, or the level is not between 0 and 1/2.

    Notes
    -----
    With the Walsh averages w = sort((d_i + d_j) / 2, i <= j) and k from `critical_index`, the estimate is the median of
    w (Hodges & Lehmann 1963) and the interval [w_k, w_(N+1-k)], counted from 1 (Tukey 1949): Hollander, Wolfe &
    Chicken, Nonparametric Statistical Methods, 3rd ed., sections 3.2 and 3.3. The level is exact for symmetric d
    without ties: the interval holds the centres that the signed-rank test of that level does not reject.
    """
    _check(d)
    averages = WalshAverages(d)
    k = signed_rank_index(len(d), alpha_one_sided)
    return _estimate(averages, averages.median, k, rounds=len(d), alpha=alpha_one_sided)


@cache
def signed_rank_index(n: int, alpha: float) -> int:
    """Return `critical_index` of the signed-rank statistic of n rounds: exact up to 64, then a little smaller.

    Notes
    -----
    Above, W+ is taken as normal with mean n (n + 1) / 4 and variance n (n + 1) (2 n + 1) / 24, and the index rounded
    down: Hollander, Wolfe & Chicken, 3rd ed., section 3.1. The exact tails are lighter, so an interval never covers
    less than its level; it is wider by under 1 % at 65 rounds, and at levels down to .001.
    """
    if n <= MOST_LISTED:
        return critical_index(signed_rank_counts(n), alpha)
    mean, variance = n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24
    return max(0, floor(mean + NormalDist().inv_cdf(alpha) * sqrt(variance) - 0.5))


def median_interval(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Return the median of `values` over rounds, with its interval from order statistics.

    Parameters
    ----------
    values
        One value a round, as seconds per call; at least one, all finite.
    confidence
        Least two-sided coverage, above 0 and below 1.

    Returns
    -------
    Estimate
        Without an interval below 6 rounds, and where no interval of that level exists for so few rounds.

    Raises
    ------
    ValueError
        If `values` is empty or not finite, or the level is not between 0 and 1.

    Notes
    -----
    The interval is [x_k, x_(n+1-k)], counted from 1, with the largest k for which P(B <= k - 1) <= (1 - confidence) / 2
    for B binomial (n, 1/2): the sign test inverted (Thompson 1936; Hollander, Wolfe & Chicken, section 3.6). It assumes
    no symmetry, which times do not have.
    """
    _check(values)
    alpha = (1 - confidence) / 2
    k = critical_index(sign_counts(len(values)), alpha)
    return _estimate(sorted(values), median(values), k, rounds=len(values), alpha=alpha)


def _check(values: Sequence[float]) -> None:
    """Raise ValueError unless there are values, all of them finite."""
    if len(values) == 0 or not all(map(isfinite, values)):
        raise ValueError(f"expected at least one value, all finite; found {list(values)}")


def _estimate(ordered: Sequence[float] | WalshAverages, value: float, k: int, *, rounds: int, alpha: float) -> Estimate:
    """Return a value, with the k-th smallest and the k-th largest of `ordered` as its interval."""
    reason = None
    if rounds < MIN_ROUNDS:
        reason = f"no interval below {MIN_ROUNDS} rounds"
    elif k == 0:
        reason = f"no interval at one-sided level {alpha:.3g} with {rounds} rounds"
    interval = None if reason else Interval(low=ordered[k - 1], high=ordered[-k])
    return Estimate(value=value, interval=interval, rounds=rounds, reason=reason)


def pass_log_ratio(candidate_minima: Mapping[int, float], baseline_minima: Mapping[int, float]) -> float | None:
    """Return a round's d: the median over passes of log(candidate) - log(baseline).

    Parameters
    ----------
    candidate_minima, baseline_minima
        Index of the pass -> the burst's value, one unit for both, above 0. Passes that only one arm ran do not count.

    Returns
    -------
    float or None
        Above 0 where the candidate is slower; None if the arms share no pass.

    Raises
    ------
    ValueError
        If a value is not above 0.
    """
    shared = candidate_minima.keys() & baseline_minima.keys()
    if not shared:
        return None
    return median(log(candidate_minima[index]) - log(baseline_minima[index]) for index in shared)


def two_clusters(d: Sequence[float]) -> Split | None:
    """Return how the rounds fall into two clusters, or None where they form one.

    Parameters
    ----------
    d
        One log-ratio a round, all finite.

    Returns
    -------
    Split or None
        The widest gap with a quarter of the rounds or more on each side, if over 4 MAD n / (n - 5); not below 8 rounds.

    Raises
    ------
    ValueError
        If `d` is empty or not finite.

    Notes
    -----
    MAD is the median absolute deviation *within* the clusters: of all residuals together, each from the median of its
    own cluster. Over all of d it would be about half the gap where the clusters are of like size, and "gap over 4 MAD"
    could never hold. It counts as 5e-4 at least, or clusters of equal values would be any distance apart.

    The split is chosen after looking, so with few rounds the MAD within comes out too small: plain 4 MAD calls 33 % of
    normal samples of 8 rounds bimodal, 10 % of 12, 2.6 % of 16, 0.6 % of 20. The factor n / (n - 5) leaves 5, 1.9, 0.6
    and 0.1 % (20000 samples each). A least gap of 2 % instead would still leave 14 % of 8 rounds that spread by 2 %.
    """
    _check(d)
    n = len(d)
    if n < MIN_CLUSTER_ROUNDS:
        return None
    order = sorted(range(n), key=d.__getitem__)
    quarter = -(-n // 4)
    cut = max(range(quarter, n - quarter + 1), key=lambda at: d[order[at]] - d[order[at - 1]])
    low, high = order[:cut], order[cut:]
    gap = d[high[0]] - d[low[-1]]
    mad = median(_deviations([d[i] for i in low]) + _deviations([d[i] for i in high]))
    if gap <= max(CLUSTER_LEAST_GAP, CLUSTER_GAP * max(mad, CLUSTER_MAD_FLOOR) * n / (n - CLUSTER_FREEDOM)):
        return None
    return Split(low=tuple(sorted(low)), high=tuple(sorted(high)), gap=gap)


def _deviations(values: Sequence[float]) -> list[float]:
    """Return the distance of each value from their median."""
    centre = median(values)
    return [abs(value - centre) for value in values]


def resolves(estimate: Estimate) -> float | None:
    """Return the smallest margin that the ratio of two identical arms can carry, as a fraction (.03 is 3 %).

    Parameters
    ----------
    estimate
        Log-ratio of the second, identical baseline to the first.

    Returns
    -------
    float or None
        The smallest M for which the interval lies no further from ratio 1 than M/2, and its half-width, as a ratio, is
        at most M; None without an interval. The machine is quiet enough for a margin if this does not exceed it.
    """
    if estimate.interval is None:
        return None
    low, high = estimate.interval.low, estimate.interval.high
    distance = max(low, -high, 0.0)
    return max(2 * expm1(distance), expm1((high - low) / 2))
