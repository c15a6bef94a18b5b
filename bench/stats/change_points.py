"""Where a series of logarithms changes its level: PELT's segmentation, a rule of 2 % and a rank test. Pure.

Everything takes one value a run, in the order of time, as natural logarithms, and gives the indices of the first value
of each segment but the first. How it does beside another method is in docs/history.md.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite, log, log1p, sqrt
from statistics import median
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from .mann_whitney import mann_whitney

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The least number of values in a segment.
MIN_SIZE = 4

#: A step below this ratio is none.
LEAST_STEP = log1p(0.02)

#: The least standard deviation that is believed, in log.
LEAST_SCALE = 5e-4

#: Penalty of a change, in units of ln n.
PENALTY = 3.0

#: A change must show between so many values before and after it at most, at this two-sided level.
CHECK_VALUES = 12
CHECK_LEVEL = 0.005

#: With one change in fewer values than this the series is unstable.
STABLE_VALUES = 20

#: Levels that a segment may have are the series' own values up to so many different ones, and so many above that.
_EXACT_LEVELS = 1024
_GRID_LEVELS = 512


class ChangePoints(Struct, frozen=True, kw_only=True):
    """The changes in one series."""

    starts: tuple[int, ...]
    """Index of the first value after each change, ascending; empty where the series is unstable or too short."""
    unstable: int = 0
    """How many changes were found where they are too many to mean anything; 0 in a series that is stable."""
    short: bool = False
    """Whether there are too few values to look for changes."""


def analyse(y: Sequence[float]) -> ChangePoints:
    """Return the changes in a series that are to be reported.

    Parameters
    ----------
    y
        Natural logarithms, one value a run, all finite (else ValueError).

    Returns
    -------
    ChangePoints
        Without a change below 20 values, and where there are more than n / 20: then it is the series that is unstable.
    """
    if not all(map(isfinite, y)):
        raise ValueError("expected finite values, as of logarithms of times above 0")
    if len(y) < STABLE_VALUES:
        return ChangePoints(starts=(), short=True)
    starts = pelt(y)
    if len(starts) > len(y) / STABLE_VALUES:
        return ChangePoints(starts=(), unstable=len(starts))
    return ChangePoints(starts=starts)


def pelt(y: Sequence[float]) -> tuple[int, ...]:
    """Return the changes that PELT's segmentation, the rule of 2 % and the rank test leave.

    See Also
    --------
    segmentation, merged, checked : its three steps.
    """
    if len(y) < 2 * MIN_SIZE:
        return ()
    s = scale(y)
    return checked(y, merged(y, segmentation([value / s for value in y], PENALTY * log(len(y)))))


def scale(y: Sequence[float]) -> float:
    """Return the standard deviation of `y` about its levels, from successive differences; 5e-4 at least.

    Notes
    -----
    s = 1.4826 MAD(diff y) / sqrt(2): steps touch few differences, so the median absolute deviation does not see them.
    """
    differences = [after - before for before, after in pairwise(y)]
    if not differences:
        return LEAST_SCALE
    centre = median(differences)
    return max(1.4826 * median(abs(value - centre) for value in differences) / sqrt(2), LEAST_SCALE)


def segmentation(x: Sequence[float], penalty: float) -> tuple[int, ...]:
    """Return the segmentation of least cost: absolute deviations from each segment's median, and a penalty a change.

    Parameters
    ----------
    x
        Values in units of their standard deviation, at least 2 * MIN_SIZE.
    penalty
        Cost of one change, in the same units.

    Returns
    -------
    tuple of int
        Index of the first value of each segment but the first.

    Notes
    -----
    The minimum is that of PELT with the l1 cost (Killick, Fearnhead & Eckley 2012), where each segment has
    MIN_SIZE values or more. PELT is optimal partitioning (Jackson et al. 2005) with candidates pruned, and prunes
    hardly any where nothing changes, which is how most series are: n^2 medians. Over the level m of the last segment
    the same minimum takes n steps (Rigaill 2015, Maidstone et al. 2017): with F(t) the least cost of the first t
    values, F(0) = -penalty,

        V_t(m) = min(V_(t-1)(m) + |x_t - m|, F(t - MIN_SIZE) + penalty + sum of |x_i - m| over the last MIN_SIZE)
        F(t) = min over m of V_t(m)

    A median of values is one of them (or as good as one), so with all values for m it is exact; so it is up to 1024
    different ones. Above, m takes 256 quantiles and 256 evenly spaced levels.
    """
    import numpy as np

    values = np.asarray(x, dtype=np.float64)
    levels = _levels(values)
    n = len(values)
    least = np.full(n + 1, inf)
    least[0] = -penalty
    before = np.zeros(n + 1, dtype=np.intp)
    cost, start = np.full(len(levels), inf), np.zeros(len(levels), dtype=np.intp)
    recent = [np.abs(values[i] - levels) for i in range(MIN_SIZE - 1)]
    for t in range(MIN_SIZE, n + 1):
        recent.append(np.abs(values[t - 1] - levels))
        cost += recent[-1]
        enter = recent[0] + recent[1]
        for one in recent[2:]:
            enter += one
        enter += least[t - MIN_SIZE] + penalty
        recent.pop(0)
        np.putmask(start, enter < cost, t - MIN_SIZE)
        np.minimum(cost, enter, out=cost)
        best = cost.argmin()
        least[t], before[t] = cost[best], start[best]
    found = []
    end = int(before[n])
    while end > 0:
        found.append(end)
        end = int(before[end])
    return tuple(reversed(found))


def _levels(values: "NDArray[Any]") -> "NDArray[Any]":
    """Return the levels that a segment may have, ascending."""
    import numpy as np

    own = np.unique(values)
    if len(own) <= _EXACT_LEVELS:
        return own
    quantiles = own[np.linspace(0, len(own) - 1, _GRID_LEVELS // 2).round().astype(np.intp)]
    return np.unique(np.concatenate([quantiles, np.linspace(own[0], own[-1], _GRID_LEVELS // 2)]))


def merged(y: Sequence[float], starts: Sequence[int]) -> tuple[int, ...]:
    """Return the changes left when, smallest first, steps of under 2 % between medians of segments are merged."""
    left = list(starts)
    while left:
        medians = [median(y[begin:end]) for begin, end in _segments(left, len(y))]
        steps = [abs(after - before) for before, after in pairwise(medians)]
        least = min(range(len(steps)), key=steps.__getitem__)
        if steps[least] >= LEAST_STEP:
            break
        del left[least]
    return tuple(left)


def checked(y: Sequence[float], starts: Sequence[int]) -> tuple[int, ...]:
    """Return the changes left when, least sure first, those that the rank test does not see are taken out.

    Each is tested between the 12 values before it and the 12 after it, or as many as the segments beside it have: with
    values from beyond those, a level that held for 8 runs only would not be seen. After each that is taken out, steps
    of under 2 % are merged anew.
    """
    left = list(starts)
    while left:
        edges = [0, *left, len(y)]
        chances = [
            mann_whitney(y[max(begin, start - CHECK_VALUES) : start], y[start : min(end, start + CHECK_VALUES)])
            for begin, start, end in zip(edges, edges[1:], edges[2:], strict=False)
        ]
        weakest = max(range(len(left)), key=chances.__getitem__)
        if chances[weakest] <= CHECK_LEVEL:
            break
        del left[weakest]
        left = list(merged(y, left))
    return tuple(left)


def _segments(starts: Sequence[int], n: int) -> list[tuple[int, int]]:
    """Return first index and the one after the last of each segment."""
    return list(pairwise([0, *starts, n]))
