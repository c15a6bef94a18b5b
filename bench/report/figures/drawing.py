"""Charts as one picture: panels beside and below each other, which share what is alike, and one legend."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..chart import Axis, AxisName, Chart, Series
from . import labels, marks
from .axis import Ends, axis_of, ends_of, lay, values
from .style import GREY, MARKERS, canvas, colour_of, drawable, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Width of a figure in inches, a page's, and what of it stands beside the axes.
_WIDTH, _BESIDE = 9.0, 1.1

#: Height in inches of a chart of numbers, of one among several, of a small one, of a row of categories with one mark,
#: and of each more.
_HEIGHT, _PANEL, _COMPACT, _ROW, _MARK = 4.3, 3.6, 1.15, 0.34, 0.16

#: Height in inches of a line of text, and of what stands below the axes; width of a letter.
_LINE, _BELOW, _LETTER = 0.2, 0.6, 0.077

#: Room above the marks of a small chart for what its rules are called, as a part of the axis.
_HEADROOM = 0.22

#: So many letters of what a figure is of fit below it.
_LONGEST_ORIGIN = 130


def draw(charts: Sequence[Chart], columns: int = 1, of: str = "") -> "Figure":
    """Draw charts without views into one figure, in so many columns; below them stands what it is `of`, if anything."""
    columns, several, small = min(columns, len(charts)), len(charts) > 1, charts[0].compact
    usual = max(_COMPACT, 3.0 / len(charts)) if small else _PANEL / columns**0.5 if several else _HEIGHT
    high = [_height(chart, usual) for chart in charts]
    heights = [max(high[start : start + columns]) for start in range(0, len(charts), columns)]
    explained = _explained(charts, ends=columns == 1)
    lines = -(-len(explained) // 4) + several * len(heights) + (0 if small else len(labels.remarks(charts[0])))
    with style():
        figure = canvas(_WIDTH, sum(heights) + _BELOW * (1 if small else len(heights)) + _LINE * (lines + bool(of)))
        panels = figure.subplots(len(heights), columns, height_ratios=heights, squeeze=False)
        for axes in panels.flat[len(charts) :]:
            axes.set_visible(False)
        written: set[str] = set()
        above = 0
        for place, (axes, chart) in enumerate(zip(panels.flat, charts, strict=False)):
            size = (_WIDTH - _BESIDE) / columns, high[place]
            _panel(axes, charts, (place, columns), size)
            above = max(labels.above(axes, chart, written), above if place % columns else 0)
            if several and chart.title:
                axes.set_title(drawable(chart.title, 88 // columns), loc="left", pad=6 + 12 * above)
            labels.draw(axes, chart, size, named_ends=columns == 1)
        if explained:
            _legend(figure, explained)
        if of:
            figure.supxlabel(drawable(of, _LONGEST_ORIGIN), x=0.01, ha="left", fontsize=7.5, color=GREY)
    return figure


def _height(chart: Chart, usual: float) -> float:
    """Return how high the axes of a chart are, in inches, if it is one of numbers `usual` or more."""
    if chart.y.scale == "category":
        row = _ROW + _MARK * (marks.sharing(chart) - 1 + any(one.kind == "cells" for one in chart.series))
        return 0.15 + row * len(chart.y.categories)
    labelled = sum(any(point.label for point in one.points) for one in chart.series if one.markers)
    return usual if chart.compact else max(usual, min(1.4 * _LINE * labelled, 2 * _HEIGHT))


def _panel(axes: "Axes", charts: Sequence[Chart], at: tuple[int, int], size: tuple[float, float]) -> None:
    """Draw a chart but for the text beside its marks; `at` is its place, and the number of columns."""
    place, columns = at
    chart, small = charts[place], charts[place].compact
    beside = place % columns > 0 and charts[place - 1].y == chart.y and not small
    below = place + columns < len(charts) and charts[place + columns].x == chart.x
    lay(axes, "x", chart.x, _ends(charts, chart, "x"), most=12 // columns)
    lay(axes, "y", chart.y, _ends(charts, chart, "y"), most=3 if small else 7)
    marks.draw(axes, chart)
    axes.tick_params(axis="x", labelbottom=not (small and below))
    if chart.y.scale == "category":
        axes.tick_params(axis="y", length=0, labelleft=not beside)
        axes.spines["left"].set_visible(False)
    elif not small and not beside:
        axes.set_ylabel(_told(chart.y, size[1]))
    if not below:
        axes.set_xlabel(_told(chart.x, size[0] - 0.5))


def _ends(charts: Sequence[Chart], chart: Chart, name: AxisName) -> Ends:
    """Return the ends of an axis, which are those of all charts with the same one; small charts have their own y."""
    axis, own = axis_of(chart, name), name == "y" and chart.compact
    alike = [chart] if own else [one for one in charts if axis_of(one, name) == axis]
    low, high = ends_of(axis, (value for one in alike for value in values(one, name)), near_zero=name == "y")
    if own and any(rule.axis == "x" for rule in chart.rules):
        high = high * (high / low) ** _HEADROOM if axis.scale == "log" else high + _HEADROOM * (high - low)
    return low, high


def _told(axis: Axis, room: float) -> str:
    """Return what an axis shows, and that it is logarithmic, as far as there is room, in inches."""
    bare = axis.label.partition(" (")[0]
    log = f"{axis.label} (log axis)".replace(") (", "; ")
    texts = [log] if axis.label and axis.scale == "log" else []
    longest = int(room / _LETTER)
    return drawable(next((text for text in (*texts, axis.label) if len(text) <= longest), bare), longest)


def _explained(charts: Sequence[Chart], *, ends: bool) -> list[Series]:
    """Return the series that a legend names, one for each name; none where it would say nothing."""
    found: dict[str, Series] = {}
    for chart in charts:
        for series in _unnamed(chart, ends=ends):
            found.setdefault(series.name, series)
    return [*found.values()] if len(found) > 1 else []


def _unnamed(chart: Chart, *, ends: bool) -> Iterator[Series]:
    """Yield the series whose names stand nowhere in the chart; `ends` is whether lines have theirs at their ends."""
    named = labels.ended(chart) if ends else []
    for series in chart.series:
        aside = chart.y.scale != "category" and any(point.label for point in series.points)
        if series.legend and not aside and series not in named and series.name not in chart.y.categories:
            yield series


def _legend(figure: "Figure", explained: Sequence[Series]) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for series in explained:
        cell = series.kind in ("cells", "parts")
        marker = "s" if cell else MARKERS[series.shape % len(MARKERS)] if series.markers else ""
        line = Line2D([], [], color=colour_of(series.colour), marker=marker, markersize=9 if cell else 5)
        line.set(markerfacecolor="white" if cell and series.hollow else colour_of(series.colour))
        line.set(linestyle="-" if series.kind == "line" else "", label=drawable(series.name))
        handles.append(line)
    figure.legend(handles=handles, loc="outside upper center", ncols=min(4, len(handles)), frameon=False)
