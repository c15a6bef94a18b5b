"""Text beside the marks of a chart, none of it over another: values, reasons, names of lines, roofs and rules."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import atan2, degrees
from typing import TYPE_CHECKING, Any

from ..chart import Chart, Series
from .marks import places_of
from .style import GREY, colour_of, drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Height of a line of text in inches, its letters in points; how far from its mark a label stands, as a part of the
#: axes' width.
_LINE, _SMALL, _ASIDE = 0.19, 9.0, 0.045

#: More lines than this are told apart by the legend alone.
_MOST_ENDS = 12

#: x and y, as parts of the axes' width and height.
_Spot = tuple[float, float]


def spread(places: Sequence[float], gap: float, ends: tuple[float, float]) -> list[float]:
    """Return places near the given ones, in their order, that lie at least `gap` apart and within `ends`.

    The mean of two ways to keep the gap: moving up whatever is too near the one below, and moving down whatever is too
    near the one above. Where there is no room for all, the gap is smaller.
    """
    low, high = ends
    last = len(places) - 1
    gap = min(gap, (high - low) / max(1, last))
    order = sorted(range(len(places)), key=lambda index: places[index])
    bounded = [
        min(max(places[index], low + rank * gap), high - (last - rank) * gap) for rank, index in enumerate(order)
    ]
    up = list(accumulate(bounded, lambda below, place: max(place, below + gap)))
    down = list(accumulate(reversed(bounded), lambda above, place: min(place, above - gap)))[::-1]
    found = {index: (up[rank] + down[rank]) / 2 for rank, index in enumerate(order)}
    return [found[index] for index in range(len(places))]


def draw(axes: "Axes", chart: Chart, size: tuple[float, float], *, named_ends: bool) -> None:
    """Write all text beside the marks of a chart, but for what stands above it.

    Parameters
    ----------
    size
        Width and height of the axes in inches.
    named_ends
        Whether lines have their names at their ends; if not, the legend has them.
    """
    if chart.y.scale == "category":
        _rows(axes, chart)
        return
    for rule in chart.rules:
        if rule.axis == "y":
            _write(axes, rule.label, (1.0, _spot(axes, axes.get_xlim()[0], rule.at)[1]), (-4, 3), ha="right")
    roofs = [one for one in chart.series if one.kind == "line" and not one.markers and places_of(one.points)]
    roofs = [one for one in roofs if one.points[-1].label]
    for series in roofs:
        _along(axes, series, size)
    _aside(axes, chart, roofs, _LINE / size[1])
    if named_ends:
        _line_ends(axes, chart, _LINE / size[1])


def ended(chart: Chart) -> list[Series]:
    """Return the lines that have their names at their ends."""
    lines = [one for one in chart.series if one.kind == "line" and one.markers and places_of(one.points)]
    return lines if not chart.compact and 1 < len(lines) <= _MOST_ENDS else []


def remarks(chart: Chart) -> dict[str, float]:
    """Return what bands and rules across x are called, and where they lie."""
    found = {rule.label: rule.at for rule in chart.rules if rule.axis == "x"}
    found |= {band.label: (band.low * band.high) ** 0.5 for band in chart.bands if band.axis == "x"}
    return {label: at for label, at in found.items() if label}


def above(axes: "Axes", chart: Chart, written: set[str]) -> int:
    """Write what bands and rules across x are called above the plot, unless it is among `written`; return the lines.

    In a small chart within the plot, as far as there is room beside each other, which takes no line.
    """
    found = remarks(chart).items()
    new = {label: _spot(axes, at, axes.get_ylim()[0])[0] for label, at in found if label not in written}
    free, row = 0.0, 0
    for label, place in sorted(new.items(), key=lambda one: one[1]):
        if not chart.compact:
            side = "left" if place < 0.35 else "right" if place > 0.65 else "center"
            _write(axes, label, (place, 1.0), (0, 4 + 12 * row), ha=side)
            row += 1
        elif place >= free:
            _write(axes, label, (place, 1.0), (3, -2), va="top")
            free = place + 0.014 * len(label)
    written |= set() if chart.compact else set(new)
    return row


def _write(axes: "Axes", label: str, spot: _Spot, offset: _Spot, **more: Any) -> None:
    """Write a remark so many points beside a spot."""
    look: dict[str, Any] = {"color": GREY, "fontsize": _SMALL, "va": "bottom", "annotation_clip": False} | more
    axes.annotate(
        drawable(label, 72), spot, xycoords="axes fraction", xytext=offset, textcoords="offset points", **look
    )


def _spot(axes: "Axes", x: float, y: float) -> _Spot:
    """Return where a place in data lies."""
    found = (axes.transScale + axes.transLimits).transform((x, y))
    return float(found[0]), float(found[1])


def _rows(axes: "Axes", chart: Chart) -> None:
    """Write values beside rows; in a row without a mark why there is none, in a cell what it is."""
    beside, ground = axes.get_yaxis_transform(), {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    for series in chart.series:
        for point in series.points:
            if point.y is None or not point.label:
                continue
            if series.struck:
                _strike(axes, round(point.y))
            if point.x is None:
                text = axes.text(0.01, point.y, drawable(point.label, 72), transform=beside, va="center_baseline")
                text.set(color=GREY, style="italic", in_layout=False, bbox=ground)
            elif series.kind == "cells":
                text = axes.text(point.x, point.y, drawable(point.label), ha="center", va="center", weight="bold")
                text.set(color="white", bbox=ground | {"facecolor": colour_of(series.colour)})
            else:
                axes.text(1.02, point.y, drawable(point.label, 60), transform=beside, va="center_baseline")


def _strike(axes: "Axes", row: int) -> None:
    """Draw a line through the name of a row, wherever the name comes to stand."""
    name: Any = axes.get_yticklabels()[row]
    line = {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0}
    mark = axes.annotate("", (0, 0.5), xycoords=name, xytext=(1, 0.5), textcoords=name, arrowprops=line)
    mark.set_gid("struck")


def _along(axes: "Axes", series: Series, size: tuple[float, float]) -> None:
    """Write the label of a roof along it: above a slope's beginning or a level line's end, below one that is dashed."""
    (x0, y0), (x1, y1) = (_spot(axes, *place) for place in places_of(series.points)[-2:])
    level = y0 == y1
    spot = (x1 - 0.01, y1) if level else (x0 + 0.06 * (x1 - x0), y0 + 0.06 * (y1 - y0))
    place: dict[str, Any] = {"va": "top", "ha": "left"} if series.dashed else {"ha": "right" if level else "left"}
    turned = {"rotation": degrees(atan2((y1 - y0) * size[1], (x1 - x0) * size[0])), "rotation_mode": "anchor"}
    _write(axes, series.points[-1].label or "", spot, (0, -3 if series.dashed else 3), **place, **turned)


def _aside(axes: "Axes", chart: Chart, roofs: Sequence[Series], gap: float) -> None:
    """Write the labels of marks beside them, below the lowest roof above all, with lines that lead there."""
    found = [
        (series, _spot(axes, point.x, point.y), point.label)
        for series in chart.series
        if series.markers
        for point in series.points
        if point.label and point.x is not None and point.y is not None
    ]
    if not found:
        return
    ceilings = [_height(axes, roof, found[0][1][0]) for roof in roofs]
    highest = max(spot[1] for _series, spot, _label in found)
    ceiling = min([1.0, *(height for height in ceilings if height >= highest - 0.01)])
    heights = spread([spot[1] for _series, spot, _label in found], gap, (gap / 2, ceiling - 0.7 * gap))
    for (series, spot, label), height in zip(found, heights, strict=True):
        left = spot[0] > 0.7
        _lead(axes, series, label, (spot, (spot[0] + (-_ASIDE if left else _ASIDE), height)), left=left)


def _height(axes: "Axes", roof: Series, x: float) -> float:
    """Return the height of a roof at x, 1 where it has none."""
    for (x0, y0), (x1, y1) in pairwise(_spot(axes, *place) for place in places_of(roof.points)):
        if x0 <= x <= x1 and x0 < x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return 1.0


#: A line whose last mark lies left of this part of the plot has its name there, left of the mark where there is room.
_LATE, _ROOM_LEFT = 0.9, 0.2


def _line_ends(axes: "Axes", chart: Chart, gap: float) -> None:
    """Write the names of lines at their ends: right of the plot, or beside the last mark of one that ends early."""
    last = [(one, _spot(axes, *places_of(one.points)[-1])) for one in ended(chart)]
    for early in (False, True):
        found = [(one, spot) for one, spot in last if (spot[0] < _LATE) is early]
        wanted = [y + (0.8 * gap if early else 0.0) for _series, (_x, y) in found]
        heights = spread(wanted, gap, (gap / 2, 1.0 - gap / 2))
        for (series, spot), height in zip(found, heights, strict=True):
            left = early and spot[0] > _ROOM_LEFT
            x = spot[0] + (-0.02 if left else 0.02) if early else 1.03
            _lead(axes, series, series.name, (spot, (x, height)), left=left)


def _lead(axes: "Axes", series: Series, label: str, way: tuple[_Spot, _Spot], *, left: bool) -> None:
    """Write a label in its series' colour at the end of a way, and draw the way."""
    colour = colour_of(series.colour)
    text = axes.annotate(
        drawable(label),
        way[0],
        xycoords="axes fraction",
        xytext=way[1],
        textcoords="axes fraction",
        color=colour,
        fontsize=_SMALL,
        ha="right" if left else "left",
        va="center",
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": colour,
            "linewidth": 0.7,
            "shrinkA": 0,
            "shrinkB": 3,
            "relpos": (1.0 if left else 0.0, 0.5),
        },
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
    )
    text.set_in_layout(way[1][0] > 1.0)
