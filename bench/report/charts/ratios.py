"""Ratios on an axis: what they are held against, and the mark, the interval and the colour of one."""

from msgspec.structs import replace

from ...analyse.verdict import Ratio
from ...stats.intervals import Uncertain
from ..chart import Axis, Band, Colour, Point, Rule

SPEEDUP = Axis(label="speed-up over the baseline (to the right is faster)", scale="log", unit="x")

BASELINE = Rule(axis="x", at=1.0, label="baseline")


def equal(least: float) -> Band:
    """Return what counts as equal where differences count from `least` on, as a fraction."""
    return Band(axis="x", low=1 / (1 + least), high=1 + least, label="counts as equal")


def differs(ratio: Ratio, least: float) -> bool:
    """Return whether a ratio is shown to be above or below 1 by more than `least`, as .03 for 3 %."""
    ends = ratio.interval
    return ends is not None and (ends.low > 1 + least or ends.high < 1 / (1 + least))


def colour(ratio: Ratio | None, least: float) -> Colour:
    """Return ``good`` where it is shown to be above 1 by more than `least`, ``bad`` where below, else ``grey``."""
    if ratio is None or not differs(ratio, least):
        return "grey"
    return "good" if ratio.value > 1 else "bad"


def point(
    y: float, ratio: Uncertain | None, *, tip: str | None = None, label: str | None = None, scale: float = 1.0
) -> Point:
    """Return the mark of a ratio on x, in row `y` or at that height, `scale` times as large, with its interval.

    Of no ratio only the label.
    """
    drawn = ratio.mapped(lambda value: scale * value) if ratio else None
    low, high = drawn.bounds if drawn else (None, None)
    return Point(x=drawn.value if drawn else None, y=y, low=low, high=high, tip=tip, label=label)


def level(x: float, ratio: Uncertain | None, *, tip: str | None = None, scale: float = 1.0) -> Point:
    """Return the same on y."""
    found = point(x, ratio, tip=tip, scale=scale)
    return replace(found, x=found.y, y=found.x)
