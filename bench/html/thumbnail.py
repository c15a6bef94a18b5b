"""A run's speed-ups in a picture of one line: a mark for each implementation, on a logarithmic axis. Pure."""

from collections.abc import Mapping
from math import log

from msgspec import Struct

from ..units import times

#: Of the picture, in units of its own, and how far from its ends the outermost marks lie.
WIDTH, HEIGHT, EDGE = 120, 18, 5

#: Least logarithm between its ends.
LEAST = log(2)

#: So many implementations are named to who cannot see it, the fastest first.
_NAMED = 3


class Thumbnail(Struct, frozen=True, kw_only=True):
    """Where the marks lie, from the left."""

    baseline: float
    marks: tuple[float, ...]
    """Of the others, slowest first."""
    leads: bool
    """Whether the last of them is faster than the baseline."""
    told: str
    """What it shows, in words."""


def thumbnail(speedups: Mapping[str, float]) -> Thumbnail | None:
    """Return the picture of speed-ups over the baseline, whose own is 1; None where there is no other."""
    others = dict(sorted(((name, one) for name, one in speedups.items() if one != 1.0), key=lambda each: each[1]))
    if not others:
        return None
    places = [log(one) for one in others.values()]
    low, high = min(0.0, *places), max(0.0, *places)
    beside = max(0.0, LEAST - (high - low)) / 2  # what is near lies near
    low -= beside
    scale = (WIDTH - 2 * EDGE) / (high + beside - low)
    baseline, *marks = (round(EDGE + (place - low) * scale, 1) for place in (0.0, *places))
    named = [f"{name} {times(one)}" for name, one in reversed(others.items())][:_NAMED]
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return Thumbnail(baseline=baseline, marks=tuple(marks), leads=places[-1] > 0, told=f"{', '.join(named)}{more}")
