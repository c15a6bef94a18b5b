"""A ratio in a row of a chart: its mark, its interval, its colour."""

from ...verdict import Ratio
from ..chart import Colour, Point


def colour(ratio: Ratio | None) -> Colour:
    """Return ``good`` where it is shown to be above 1, ``bad`` where below, else ``grey``."""
    ends = ratio.interval if ratio else None
    if ends is None or ends.low <= 1 <= ends.high:
        return "grey"
    return "good" if ends.low > 1 else "bad"


def point(row: float, ratio: Ratio | None, *, tip: str | None = None, label: str | None = None) -> Point:
    """Return the mark of a ratio on x, with its interval; without a ratio none, but its label."""
    ends = ratio.interval if ratio else None
    return Point(
        x=ratio.value if ratio else None,
        y=row,
        low=ends.low if ends else None,
        high=ends.high if ends else None,
        tip=tip,
        label=label,
    )
