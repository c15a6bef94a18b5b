"""How the time of an implementation grows with the size: from each size to the next, and over the largest decade. Pure.

Slopes of log time over log size, formed within rounds of the same index.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from ..stats.intervals import MIN_ROUNDS, Estimate
from ..stats.scaling import slope

#: With fewer sizes there is no sweep, and no growth over several.
LEAST_SIZES = 3

#: The asymptotic slope is that over the last so many times of the size: a decade.
DECADE = 10.0


class Growth(Struct, frozen=True, kw_only=True):
    """How the time of one implementation grows: s of time ~ size ** s."""

    name: str
    first: int
    last: int
    slope: Estimate


def steps(name: str, log_seconds: Mapping[int, Mapping[int, float]]) -> Iterator[Growth]:
    """Yield the slope of an implementation from each size to the next; `log_seconds` by size, ascending, and round."""
    for sizes in pairwise(log_seconds):
        growth = _growth(name, {size: log_seconds[size] for size in sizes})
        if growth is not None:
            yield growth


def asymptotic(name: str, log_seconds: Mapping[int, Mapping[int, float]]) -> Growth | None:
    """Return the slope of an implementation over its largest decade of sizes with rounds enough for an interval.

    None with fewer than three such sizes.
    """
    certain = {size: logs for size, logs in log_seconds.items() if len(logs) >= MIN_ROUNDS}
    last = {size: logs for size, logs in certain.items() if size * DECADE >= max(certain)}
    return _growth(name, last) if len(last) >= LEAST_SIZES else None


def _growth(name: str, log_seconds: Mapping[int, Mapping[int, float]]) -> Growth | None:
    """Return the slope over some sizes; None where the rounds that they share are too few for an interval."""
    found = slope({float(size): logs for size, logs in log_seconds.items()})
    if found is None or found.interval is None:
        return None
    return Growth(name=name, first=min(log_seconds), last=max(log_seconds), slope=found)
