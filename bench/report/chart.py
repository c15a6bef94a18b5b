"""What a chart shows, said in data: `figures/` draws it for print, `html/assets/chart.js` for a page. Pure.

Values on an axis with categories are indices into them. None is unknown and is not drawn.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

AxisName = Literal["x", "y"]
Scale = Literal["log", "linear", "category"]

#: What a scale's numbers are; chart.js writes them with SI prefixes. ``%``: percent, not a fraction. ``date``:
#: milliseconds since 1970, UTC.
Unit = Literal["", "s", "x", "B", "flop/s", "B/s", "flop/B", "count", "%", "date"]

#: 0 to 7 of the palette (CSS variables --series-0 to --series-7), or by name.
Colour = int | Literal["grey", "good", "bad"]
#: ``parts`` stand end to end in a row, each from its low to its high; ``cells`` likewise in a column.
Kind = Literal["points", "line", "bars", "cells", "parts"]


class Axis(Struct, frozen=True, kw_only=True):
    """One axis; categories on y run from top to bottom."""

    label: str
    scale: Scale = "linear"
    unit: Unit = ""
    categories: tuple[str, ...] = ()
    low: float | None = None
    """Its ends; None for what the marks need."""
    high: float | None = None
    ticks: tuple[float, ...] = ()
    """Where it has ticks, as the sizes that were measured; empty for round numbers."""


class Band(Struct, frozen=True, kw_only=True):
    """A stretch of an axis that is shaded."""

    axis: AxisName
    low: float
    high: float
    label: str


class Rule(Struct, frozen=True, kw_only=True):
    """A line across the chart."""

    axis: AxisName
    at: float
    label: str
    dashed: bool = False


class Point(Struct, frozen=True, kw_only=True):
    """A mark, with the ends of its interval along the series' `whiskers`."""

    x: float | None
    y: float | None
    low: float | None = None
    high: float | None = None
    tip: str | None = None
    """Plain text, lines by ``\\n``."""
    label: str | None = None
    """What stands beside it; in a row without a mark, why there is none."""


class Series(Struct, frozen=True, kw_only=True):
    """Marks that belong together: `points`, or for thousands of them `xs` and `ys`, which have no whiskers."""

    name: str
    colour: Colour
    kind: Kind = "points"
    shape: int = 0
    """0 to 5: a colour never stands alone."""
    whiskers: AxisName | None = None
    struck: bool = False
    """Whether the name is struck through: a wrong implementation."""
    dashed: bool = False
    hollow: bool = False
    markers: bool = True
    """Whether a line has marks that the pointer reaches; a roof has none."""
    legend: bool = True
    points: tuple[Point, ...] = ()
    xs: tuple[float, ...] = ()
    ys: tuple[float, ...] = ()


class View(Struct, frozen=True, kw_only=True):
    """Another view of the same chart, which a reader may choose."""

    label: str
    series: tuple[Series, ...]
    x: Axis


class Chart(Struct, frozen=True, kw_only=True):
    """A chart; where it has views, the first of them is what is seen at first, and `series` stays empty."""

    id: str
    title: str
    caption: str
    """One sentence: what is to be seen; also for those who cannot see it."""
    x: Axis
    y: Axis
    bands: tuple[Band, ...] = ()
    rules: tuple[Rule, ...] = ()
    series: tuple[Series, ...] = ()
    views: tuple[View, ...] = ()
    note: str | None = None
    """What was left out."""
    compact: bool = False
    """One of many small ones beside each other, without a legend."""

    def in_view(self, label: str) -> "Chart":
        """Return the chart as one of its views shows it, without the others."""
        view = next(one for one in self.views if one.label == label)
        return replace(self, x=view.x, series=view.series, views=())
