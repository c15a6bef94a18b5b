"""The marks of a chart's series: points with their intervals, lines, bars, cells, parts."""

from collections.abc import Iterable, Mapping
from functools import partial
from math import nan
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..chart import Chart, Point, Series
from .style import GREY, MARKERS, PALE, colour_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Size of a marker in points: of few, in a small chart, and among many.
_SIZE, _SMALL, _TINY = 6.0, 3.4, 3.6

#: More markers than this become pixels in the SVG, which would weigh megabytes otherwise.
_MOST_MARKERS = 2000

#: Part of a row's height that its marks fill; the farthest that two of them stand apart.
_FILLED, _APART = 0.74, 0.3


def draw(axes: "Axes", chart: Chart) -> None:
    """Draw bands, rules and all series of a chart; axes have their scales and ends already."""
    _ground(axes, chart)
    shifts = _shifts(chart)
    for place, series in enumerate(chart.series):
        colour = colour_of(series.colour)
        points = [_shifted(point, shifts.get((place, point.y), 0.0)) for point in series.points]
        known = [point for point in points if point.x is not None and point.y is not None]
        if series.kind == "line":
            _line(axes, series, points, colour)
        if series.kind in ("cells", "parts"):
            draw = partial(_cells, hollow=series.hollow) if series.kind == "cells" else _parts
            draw(axes, known, colour)
            continue
        if series.kind == "bars":
            _bars(axes, known, colour, base=1.0 if chart.x.unit == "x" else 0.0)
        _intervals(axes, series, known, colour)
        if series.markers and series.kind != "bars" and (known or series.xs):
            _markers(axes, series, known, colour, small=chart.compact)


def places_of(points: Iterable[Point]) -> list[tuple[float, float]]:
    """Return where points lie, without those that are unknown."""
    return [(point.x, point.y) for point in points if point.x is not None and point.y is not None]


def sharing(chart: Chart) -> int:
    """Return how many series have a mark in one row of categories at most; 1 at least."""
    return max((len(series) for series in _rows(chart).values()), default=1)


def _rows(chart: Chart) -> Mapping[float, list[int]]:
    """Return row -> places of the series that have a mark in it; cells and parts say themselves where they lie."""
    found: dict[float, list[int]] = {}
    if chart.y.scale == "category":
        for place, series in enumerate(chart.series):
            if series.kind in ("cells", "parts"):
                continue
            for y in {point.y for point in series.points if point.x is not None and point.y is not None}:
                found.setdefault(y, []).append(place)
    return found


def _shifts(chart: Chart) -> Mapping[tuple[int, float | None], float]:
    """Return (place of a series, row) -> how far its mark lies from the row's middle."""
    apart = min(_APART, _FILLED / sharing(chart))
    return {
        (place, row): apart * (index - (len(places) - 1) / 2)
        for row, places in _rows(chart).items()
        for index, place in enumerate(places)
    }


def _shifted(point: Point, by: float) -> Point:
    return replace(point, y=point.y + by) if by and point.y is not None else point


def _ground(axes: "Axes", chart: Chart) -> None:
    """Draw what lies below the marks."""
    if not any(series.kind == "cells" for series in chart.series):
        axes.grid(axis="x" if chart.y.scale == "category" else "both", color=PALE, linewidth=0.6)
    for band in chart.bands:
        shade = axes.axvspan if band.axis == "x" else axes.axhspan
        shade(band.low, band.high, color=PALE, zorder=0, linewidth=0)
    for rule in chart.rules:
        across = axes.axvline if rule.axis == "x" else axes.axhline
        across(rule.at, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)) if rule.dashed else "-", zorder=1)


def _line(axes: "Axes", series: Series, points: list[Point], colour: str) -> None:
    """Draw a line through the points, broken where one is unknown."""
    places = [(nan, nan) if p.x is None or p.y is None else (p.x, p.y) for p in points]
    style: dict[str, Any] = {"linestyle": (0, (4, 3))} if series.dashed else {}
    axes.plot([x for x, _y in places], [y for _x, y in places], color=colour, linewidth=1.6, **style)


def _intervals(axes: "Axes", series: Series, points: list[Point], colour: str) -> None:
    """Draw the interval of each point, all as one broken line: pale bars along a line, else whiskers with ends."""
    look: dict[str, Any] = {"color": colour, "linewidth": 1.8, "markersize": 7}
    if series.kind == "line":
        look = {"color": colour, "linewidth": 4.5, "alpha": 0.35, "solid_capstyle": "butt"}
    ends: list[float] = []
    across: list[float | None] = []
    for point in points:
        if series.whiskers and point.low is not None and point.high is not None:
            ends += [nan] * bool(ends) + [point.low, point.high]
            across += [nan] * bool(across) + [point.y if series.whiskers == "x" else point.x] * 2
    if ends:
        marker = "" if series.kind == "line" else "|" if series.whiskers == "x" else "_"
        axes.plot(*((ends, across) if series.whiskers == "x" else (across, ends)), marker=marker, **look)


def _markers(axes: "Axes", series: Series, points: list[Point], colour: str, *, small: bool) -> None:
    """Draw all markers of a series at once."""
    places = places_of(points)
    xs, ys = (series.xs, series.ys) if series.xs else ([x for x, _y in places], [y for _x, y in places])
    marks = axes.plot(xs, ys, linestyle="", marker=MARKERS[series.shape % len(MARKERS)], color=colour, zorder=3)[0]
    marks.set(markersize=_TINY if series.xs else _SMALL if small else _SIZE, alpha=0.6 if series.xs else 1.0)
    marks.set(markerfacecolor="white" if series.hollow else colour, rasterized=len(xs) > _MOST_MARKERS)
    if series.xs:
        marks.set_markeredgewidth(0.0)


def _bars(axes: "Axes", points: list[Point], colour: str, base: float) -> None:
    for x, y in places_of(points):
        axes.barh(y, x - base, left=base, height=0.5, color=colour, alpha=0.55)


def _parts(axes: "Axes", points: list[Point], colour: str) -> None:
    """Draw a bar from the low to the high of each point."""
    look: dict[str, Any] = {"color": colour, "alpha": 0.35 if colour == GREY else 0.75, "edgecolor": "white"}
    for point in points:
        if point.y is not None and point.low is not None and point.high is not None:
            axes.barh(point.y, point.high - point.low, left=point.low, height=0.6, linewidth=0.5, **look)


def _cells(axes: "Axes", points: list[Point], colour: str, *, hollow: bool) -> None:
    """Draw a rectangle around each point, as wide as a category and from low to high; hollow, its outline alone."""
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {"facecolor": colour, "edgecolor": "white"}
    if hollow:
        look = {"facecolor": "white", "edgecolor": colour, "linewidth": 0.7}
    for point in points:
        if point.x is not None and point.low is not None and point.high is not None:
            size = 1.0, point.high - point.low
            axes.add_patch(Rectangle((point.x - 0.5, point.low), *size, **look))
