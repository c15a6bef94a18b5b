"""How time grows with size, and where one implementation overtakes another. Pure: numbers in, numbers out."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp, log
from statistics import fmean

from msgspec import Struct
from msgspec.structs import replace

from .intervals import Estimate, hodges_lehmann


class Crossing(Struct, frozen=True, kw_only=True):
    """Where two curves of time against size cross, in the unit of the size."""

    at: float
    low: float
    """From here on it is not sure any more which is the faster."""
    high: float
    """From here on it is sure again."""
    after: float
    """The last size at which the one was shown to be faster."""
    before: float
    """The first at which the other was."""


class Comparison(Struct, frozen=True, kw_only=True):
    """Two implementations at one size."""

    size: float
    log_ratio: Estimate
    """log(time of the one / time of the other); with an interval."""
    sign: int
    """-1: the one was shown to be faster, 1: slower, 0: neither, at the margin."""


def slope(log_seconds: Mapping[float, Mapping[int, float]]) -> Estimate | None:
    """Return s of time ~ size ** s, from the rounds that all these sizes share.

    Parameters
    ----------
    log_seconds
        Size, above 0 -> round -> natural logarithm of the time of a call; at least two sizes.

    Returns
    -------
    Estimate or None
        None without a shared round; without an interval below 6 of them.

    Notes
    -----
    In each round the least-squares slope of y = log t on x = log size, sum((x - mean x)(y - mean y)) / sum((x - mean
    x)**2), which for two sizes is log(t2 / t1) / log(size2 / size1); over rounds the Hodges-Lehmann estimate with its
    signed-rank interval (`intervals.hodges_lehmann`). So the round is the unit of replication here too. The sizes of a
    round are measured one after the other: a drift from round to round cancels, one within a round does not and widens
    the interval. It is the interval of the line through these sizes; that the true curve is straight is not tested.
    """
    shared = set.intersection(*(set(by_round) for by_round in log_seconds.values()))
    x = [log(size) for size in log_seconds]
    x_mean = fmean(x)
    spread = sum((one - x_mean) ** 2 for one in x)
    slopes = []
    for index in sorted(shared):
        y = [by_round[index] for by_round in log_seconds.values()]
        y_mean = fmean(y)
        slopes.append(sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / spread)
    return hodges_lehmann(slopes) if slopes else None


def crossings(compared: Sequence[Comparison]) -> tuple[Crossing, ...]:
    """Return where the faster of two implementations becomes the slower, in the order of size.

    Parameters
    ----------
    compared
        Ascending in size, each with an interval.

    Notes
    -----
    A crossing lies between two sizes at which opposite signs were shown, with none shown between. Log-ratio and both
    ends of its interval are interpolated linearly in log size (straight lines in a log-log figure): the estimate is
    where the log-ratio is 0, the interval the sizes at which the band holds 0, from where the near end of the band
    first meets 0 to where the far end last does (Fieller's construction: the sizes that a test of "equal here" does not
    reject). Between two sizes the band is w [l1, u1] + (1 - w) [l2, u2]; its half-width w h1 + (1 - w) h2 is at least
    that of the interpolated log-ratio itself, sqrt((w h1)**2 + ((1 - w) h2)**2 + 2 c w (1 - w) h1 h2), whatever the
    correlation c of the two. So a 95 % interval at each size gives at least 95 % here, as long as the true curve is
    straight between neighbouring sizes (tests/stats/test_scaling.py simulates both).
    """
    found, last = [], None
    for index, one in enumerate(compared):
        if one.sign == 0:
            continue
        if last is not None and compared[last].sign != one.sign:
            found.append(_crossing(compared[last : index + 1]))
        last = index
    return tuple(found)


def _crossing(piece: Sequence[Comparison]) -> Crossing:
    """Return the crossing in a piece whose two ends have opposite signs."""
    x = [log(one.size) for one in piece]
    turn = -piece[0].sign  # so that the curve rises from below 0 to above it
    ends = [one.log_ratio.interval for one in piece if one.log_ratio.interval is not None]
    upper, lower = [end.high for end in ends], [end.low for end in ends]
    if turn < 0:
        upper, lower = [-end for end in lower], [-end for end in upper]
    zeros = _zeros(x, [turn * one.log_ratio.value for one in piece])
    return Crossing(
        at=exp(zeros[len(zeros) // 2]),
        low=exp(_zeros(x, upper)[0]),
        high=exp(_zeros(x, lower)[-1]),
        after=piece[0].size,
        before=piece[-1].size,
    )


def _zeros(x: Sequence[float], y: Sequence[float]) -> list[float]:
    """Return where the straight pieces through the points go from not above 0 to above it, or back."""
    return [
        x1 - y1 * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise(zip(x, y, strict=True))
        if (y1 > 0) != (y2 > 0)
    ]


class Reign(Struct, frozen=True, kw_only=True):
    """Neighbouring sizes with the same fastest."""

    first: int
    """Index of the first size."""
    last: int
    names: tuple[str, ...]
    """Who is the fastest, or not told apart from the fastest, at all of these sizes."""


def reigns(leaders: Sequence[Sequence[str]]) -> tuple[Reign, ...]:
    """Return who is the fastest from where to where.

    Parameters
    ----------
    leaders
        For each size, ascending: the fastest, and those not told apart from it; empty where nothing was measured.

    Notes
    -----
    Sizes are taken together as long as they have a leader in common; so a size at which two are not told apart changes
    nothing. The order of names is that of the first size of a reign.
    """
    found: list[Reign] = []
    for index, names in enumerate(leaders):
        common = tuple(name for name in found[-1].names if name in names) if found else ()
        if common and found[-1].last == index - 1:
            found[-1] = replace(found[-1], last=index, names=common)
        elif names:
            found.append(Reign(first=index, last=index, names=tuple(names)))
    return tuple(found)
