"""Ratios on an axis: what they are held against, and the mark, the interval and the colour of one."""

from ...analyse.verdict import Ratio
from ...stats.intervals import Estimate
from ..chart import Axis, Band, Colour, Point, Rule

SPEEDUP = Axis(label="speed-up over the baseline (to the right is faster)", scale="log", unit="x")

BASELINE = Rule(axis="x", at=1.0, label="baseline")


def equal(margin: float) -> Band:
    """Return what counts as equal at a margin, as a fraction."""
    return Band(axis="x", low=1 / (1 + margin), high=1 + margin, label="counts as equal")


def colour(ratio: Ratio | None) -> Colour:
    """Return ``good`` where it is shown to be above 1, ``bad`` where below, else ``grey``."""
    ends = ratio.interval if ratio else None
    if ends is None or ends.low <= 1 <= ends.high:
        return "grey"
    return "good" if ends.low > 1 else "bad"


def point(y: float, ratio: Ratio | None, *, tip: str | None = None, label: str | None = None) -> Point:
    """Return the mark of a ratio on x, in row `y` or at that height, with its interval; without one only its label."""
    ends = ratio.interval if ratio else None
    return Point(
        x=ratio.value if ratio else None,
        y=y,
        low=ends.low if ends else None,
        high=ends.high if ends else None,
        tip=tip,
        label=label,
    )


def level(x: float, found: Ratio | Estimate | None, *, tip: str | None = None, scale: float = 1.0) -> Point:
    """Return the mark of a number on y, `scale` times as high, with its interval; none where it is not known."""
    ends = found.interval if found else None
    return Point(
        x=x,
        y=scale * found.value if found else None,
        low=scale * ends.low if ends else None,
        high=scale * ends.high if ends else None,
        tip=tip,
    )
