"""Hodges-Lehmann estimates with signed-rank intervals, and medians with those of the sign test, over rounds.

The round is the unit of replication: everything here takes one value a round, never samples pooled over processes.
Ratios are handled as natural logarithms and shown as exp() of them.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import comb, expm1, floor, isfinite, log, sqrt
from operator import neg
from statistics import NormalDist, median
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from .walsh import MOST_LISTED, WalshAverages

#: One-sided level of a two-sided 95 % interval.
ALPHA = 0.025

#: With fewer rounds no two-sided 95 % interval exists: 2 * 2**-5 is above .05.
MIN_ROUNDS = 6


class Interval(Struct, frozen=True, kw_only=True):
    """A confidence interval, both ends included."""

    low: float
    high: float

    def mapped(self, of: Callable[[float], float]) -> "Interval":
        """Return the interval of a monotone function of the value."""
        low, high = sorted((of(self.low), of(self.high)))
        return Interval(low=low, high=high)


class Uncertain(Struct, frozen=True, kw_only=True):
    """A value, with its interval where there is one."""

    value: float
    interval: Interval | None

    @property
    def bounds(self) -> tuple[float, float] | tuple[None, None]:
        """The ends of the interval, low and high."""
        return (self.interval.low, self.interval.high) if self.interval else (None, None)

    def mapped(self, of: Callable[[float], float]) -> Self:
        """Return a monotone function of the value, and its interval."""
        return replace(self, value=of(self.value), interval=self.interval.mapped(of) if self.interval else None)


class Estimate(Uncertain, frozen=True, kw_only=True):
    """A value over rounds, in the unit of what it was made from (for ratios: natural logarithm)."""

    rounds: int
    reason: str | None
    """Why there is no interval; None where there is one."""

    def __neg__(self) -> "Estimate":
        """Return the estimate of the negated values: of a log-ratio, that of the ratio the other way round."""
        return self.mapped(neg)


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
    check_finite(d)
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
    check_finite(values)
    alpha = (1 - confidence) / 2
    k = critical_index(sign_counts(len(values)), alpha)
    return _estimate(sorted(values), median(values), k, rounds=len(values), alpha=alpha)


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


def resolves(estimate: Estimate | None) -> float | None:
    """Return the smallest margin that the ratio of two identical arms can carry, as a fraction (.03 is 3 %).

    Parameters
    ----------
    estimate
        Log-ratio of the second, identical baseline to the first; None if no round measured both.

    Returns
    -------
    float or None
        The smallest M for which the interval lies no further from ratio 1 than M/2, and its half-width, as a ratio, is
        at most M; None without an interval. The machine is quiet enough for a margin if this does not exceed it.
    """
    if estimate is None or estimate.interval is None:
        return None
    low, high = estimate.interval.low, estimate.interval.high
    distance = max(low, -high, 0.0)
    return max(2 * expm1(distance), expm1((high - low) / 2))


def check_finite(values: Sequence[float]) -> None:
    """Raise ValueError unless there are values, all of them finite."""
    if len(values) == 0 or not all(map(isfinite, values)):
        raise ValueError(f"expected at least one value, all finite; found {list(values)}")
