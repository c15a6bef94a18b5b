"""Two samples compared by their ranks: whether they differ, and by how much. Pure.

Rounds of one run are the business of `intervals`; here a value is a run.
"""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from math import comb, erfc, sqrt
from statistics import NormalDist, median

from .intervals import ALPHA, Estimate, Interval

#: With fewer values on a side no interval is given.
MIN_VALUES = 4

#: Up to so many pairs the distribution of U is counted out.
_MOST_EXACT_PAIRS = 400


def mann_whitney(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the two-sided probability of the Mann-Whitney U test that two samples have one distribution.

    Notes
    -----
    Exact where no values are equal and there are 400 pairs or fewer; else the normal approximation with corrections
    for ties and continuity: Mann & Whitney 1947; Hollander, Wolfe & Chicken, 3rd ed., section 4.1. 1 for an empty one.
    """
    m, n = len(a), len(b)
    if not m or not n:
        return 1.0
    u = sum((x > y) + (x == y) / 2 for x in a for y in b)
    extreme = max(u, m * n - u)
    ties = [len(list(equal)) for _value, equal in groupby(sorted([*a, *b]))]
    if max(ties) == 1 and m * n <= _MOST_EXACT_PAIRS:
        counts = _u_counts(m, n)
        return min(1.0, 2 * sum(counts[round(extreme) :]) / comb(m + n, n))
    total = m + n
    variance = m * n / 12 * (total + 1 - sum(t**3 - t for t in ties) / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    return min(1.0, erfc(max(0.0, extreme - m * n / 2 - 0.5) / sqrt(2 * variance)))


@cache
def _u_counts(m: int, n: int) -> tuple[int, ...]:
    """Return how many of the arrangements of m and n values have U = 0, 1, ..., m n.

    By whose the largest value is, c(m, n; u) = c(m - 1, n; u - n) + c(m, n - 1; u): Mann & Whitney 1947.
    """
    if m == 0 or n == 0:
        return (1,)
    counts = [0] * (m * n + 1)
    for u, count in enumerate(_u_counts(m - 1, n)):
        counts[u + n] += count
    for u, count in enumerate(_u_counts(m, n - 1)):
        counts[u] += count
    return tuple(counts)


def shift(before: Sequence[float], after: Sequence[float]) -> Estimate:
    """Return by how much `after` lies above `before`: the Hodges-Lehmann estimate, with its interval.

    Notes
    -----
    The median of all differences, and the k-th smallest and largest of them with k from the normal approximation to U:
    Hollander, Wolfe & Chicken, 3rd ed., sections 4.2 and 4.3. Two-sided 95 % if the values are independent.
    """
    differences = sorted(y - x for x in before for y in after)
    pairs, total = len(differences), len(before) + len(after)
    k = int(pairs / 2 - NormalDist().inv_cdf(1 - ALPHA) * sqrt(pairs * (total + 1) / 12))
    enough = min(len(before), len(after)) >= MIN_VALUES and k >= 1
    return Estimate(
        value=median(differences),
        interval=Interval(low=differences[k - 1], high=differences[-k]) if enough else None,
        rounds=total,
        reason=None if enough else f"no interval below {MIN_VALUES} values on each side",
    )
