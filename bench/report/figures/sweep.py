"""Sweeps as figures: time against size, who is the fastest where, and speed-ups side by side for several conditions."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import log
from typing import TYPE_CHECKING

from ...analyse.sweep import Place, Sweep
from ...analyse.verdict import Ratio
from ...stats.scaling import reigns
from ...store.records import Run
from ...units import TIME_UNITS, significant, time_unit
from ..document import Figure, code, plain
from ..sections.sweep_tables import slug
from ..wording import conditions, margin_text
from .style import GREY, MARKERS, PALE, PALETTE, canvas, drawable, log_axis, padded, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

#: What takes more times as long as the fastest is not drawn beside it.
FARTHEST = 3.0

#: Least distance of two labels, as a part of the axes' height.
_LABEL_GAP = 0.052

#: Width of a letter of a label in a bar, in inches.
_LETTER = 0.085

#: x, y, and the ends of y's interval, where it has one.
Spot = tuple[float, float, tuple[float, float] | None]
Curves = Mapping[str, Sequence[Spot]]


def figures(run: Run, found: Sequence[Sweep]) -> tuple[Figure, ...]:
    """Return a figure of times for each sweep, the map of who is the fastest, and speed-ups by condition."""
    made = [_times(run, one, found) for one in found]
    made.append(_map(run, found))
    panels = panels_of(found)
    if len(panels) > 1:
        made.append(_multiples(run, found[0], panels))
    return tuple(made)


def _suffix(one: Sweep, found: Sequence[Sweep]) -> str:
    return "" if len(found) == 1 else f"-{slug(one)}"


def _look(names: Sequence[str], baseline: str | None, name: str) -> tuple[str, str]:
    """Return colour and marker of an implementation: the baseline is black, the others take turns."""
    if name == baseline:
        return PALETTE[-1], MARKERS[-1]
    place = [one for one in names if one != baseline].index(name)
    colours = len(PALETTE) - 1
    return PALETTE[place % colours], MARKERS[(place + place // colours) % (len(MARKERS) - 1)]


def _times(run: Run, one: Sweep, found: Sequence[Sweep]) -> Figure:
    name = plain(one.parameter)
    marked = "; ".join(
        f"{code(each.winner)} overtakes {code(each.loser)} at {name} = {significant(each.crossing.at)}"
        for each in one.turns
    )
    caption = (
        f"Min time of a call of {plain(run.problem.name)} against {name} ({conditions(one.case)}), log axes, with 95 % "
        f"intervals; below, times as long as the fastest at that size, of those within {FARTHEST:g}. "
        + (f"Dashed, with the interval shaded: {marked}." if marked else "Nobody was shown to overtake anybody.")
    )
    return Figure(name=f"times{_suffix(one, found)}", caption=caption, draw=styled(partial(_draw_times, one)))


def _draw_times(one: Sweep) -> "MatplotlibFigure":
    from matplotlib.ticker import FuncFormatter

    figure = canvas(9.0, 8.4)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    times, behind = curves_of(one, time_of), curves_of(one, behind_of)
    _draw_curves(upper, times, one, padded(*_ends_of(times), 1.3))
    upper.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _index: _time_tick(seconds)))
    upper.set_ylabel("min time of a call (log axis)")
    highest = min(FARTHEST, _ends_of(behind)[1])
    _draw_curves(lower, behind, one, (highest**-0.06, highest**1.06))
    lower.yaxis.set_major_formatter(FuncFormatter(lambda ratio, _index: f"{ratio:g}x"))
    lower.set_ylabel("times as long as the fastest")
    lower.set_xlabel(f"{drawable(one.parameter)} (log axis)")
    upper.tick_params(axis="x", labelbottom=True)
    for place, each in enumerate(one.turns):
        for axes in (upper, lower):
            axes.axvspan(each.crossing.low, each.crossing.high, color=PALE, zorder=0, linewidth=0)
            axes.axvline(each.crossing.at, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
        at = f"{one.parameter} = {significant(each.crossing.at)}"
        text = drawable(f"{each.winner} overtakes {each.loser} at {at}", 72)
        middle = log(each.crossing.at / one.values[0]) / log(one.values[-1] / one.values[0])
        side = "left" if middle < 0.35 else "right" if middle > 0.65 else "center"
        height = 1.03 + 0.055 * place
        upper.text(each.crossing.at, height, text, transform=upper.get_xaxis_transform(), ha=side, fontsize=9)
    return figure


def curves_of(one: Sweep, point: Callable[[Place, str], Spot | None]) -> Curves:
    """Return the points of each implementation that has any."""
    curves = {name: [found for place in one.places if (found := point(place, name))] for name in one.names}
    return {name: points for name, points in curves.items() if points}


def time_of(place: Place, name: str) -> Spot | None:
    """Return seconds per call, from burst minima as the ratios are."""
    time = place.timed[name].min_seconds_per_call if name in place.timed else None
    if time is None:
        return None
    return place.value, time.value, (time.interval.low, time.interval.high) if time.interval else None


def behind_of(place: Place, name: str) -> Spot | None:
    """Return times as long as the fastest."""
    if place.leaders and name == place.leaders[0]:
        return place.value, 1.0, None
    if name not in place.behind:
        return None
    ratio = Ratio.of(place.behind[name])
    return place.value, ratio.value, (ratio.interval.low, ratio.interval.high) if ratio.interval else None


def _ends_of(curves: Curves) -> tuple[float, float]:
    """Return the lowest and the highest value."""
    values = [y for points in curves.values() for _x, y, _ends in points] or [1.0]
    return min(values), max(values)


def _time_tick(seconds: float) -> str:
    unit = time_unit([seconds * 1.0001])  # a tick at 1 ms may be a little less
    return f"{seconds / TIME_UNITS[unit]:g} {unit}"


def _size_axis(axes: "Axes", values: Sequence[int]) -> None:
    from matplotlib.ticker import FuncFormatter

    log_axis(axes.xaxis, padded(values[0], values[-1], 1.05), "")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _index: _short(round(value))))


def _draw_curves(axes: "Axes", curves: Curves, one: Sweep, heights: tuple[float, float]) -> None:
    """Draw a line for each implementation, with its name beside its last point."""
    _size_axis(axes, one.values)
    log_axis(axes.yaxis, heights, "")
    axes.grid(color=PALE, linewidth=0.6)
    for name, points in curves.items():
        colour, marker = _look(one.names, one.baseline, name)
        x, y = [point[0] for point in points], [point[1] for point in points]
        axes.plot(x, y, color=colour, marker=marker, markersize=5, linewidth=1.6, label=drawable(name))
        for at, _value, ends in points:
            if ends is not None:
                axes.plot([at, at], ends, color=colour, linewidth=4.5, alpha=0.35, solid_capstyle="butt")
    inside = {name: points[-1] for name, points in curves.items() if points[-1][1] <= heights[1]}
    farthest = max((x for x, _y, _ends in inside.values()), default=0.0)
    _label(axes, {name: end for name, end in inside.items() if end[0] == farthest}, one)
    _label(axes, {name: end for name, end in inside.items() if end[0] < farthest}, one)


def _label(axes: "Axes", ends: Mapping[str, Spot], one: Sweep) -> None:
    """Write the names of curves beside their ends, in a column and none over another.

    Of curves that end at different sizes the one that ends first stands on top: it rises before the others do.
    """
    if not ends:
        return
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    farthest = max(x for x, _y, _ends in ends.values())
    column = 1.02 if farthest == one.values[-1] else log(farthest / left) / log(right / left) + 0.03
    heights = {name: log(y / low) / log(high / low) for name, (_x, y, _ends) in ends.items()}
    if len({x for x, _y, _ends in ends.values()}) > 1:
        top = max(heights.values())
        heights = {name: top - _LABEL_GAP * place for place, name in enumerate(_by_end(ends))}
        heights = {name: height + _LABEL_GAP * (len(ends) - 1) / 2 for name, height in heights.items()}
    for name, height in spread(heights, _LABEL_GAP).items():
        x, y, _interval = ends[name]
        colour, _marker = _look(one.names, one.baseline, name)
        text = (column, height)
        axes.annotate(
            drawable(name),
            xy=(x, y),
            xytext=text,
            textcoords="axes fraction",
            color=colour,
            va="center",
            fontsize=9,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3},
        )


def _by_end(ends: Mapping[str, Spot]) -> list[str]:
    """Return the names in the order in which their curves end, the higher first."""
    return sorted(ends, key=lambda name: (ends[name][0], -ends[name][1]))


def spread(heights: Mapping[str, float], gap: float) -> dict[str, float]:
    """Return heights at least `gap` apart, in the same order and as near to those given as their clusters allow."""
    clusters: list[tuple[list[str], float]] = []  # names from below, and the middle of them
    for name in sorted(heights, key=heights.__getitem__):
        names, middle = [name], heights[name]
        while clusters and clusters[-1][1] + gap * (len(clusters[-1][0]) + len(names)) / 2 > middle:
            below, centre = clusters.pop()
            middle = (centre * len(below) + middle * len(names)) / (len(below) + len(names))
            names = below + names
        clusters.append((names, middle))
    return {
        name: middle + gap * (place - (len(names) - 1) / 2)
        for names, middle in clusters
        for place, name in enumerate(names)
    }


def _map(run: Run, found: Sequence[Sweep]) -> Figure:
    caption = (
        f"The fastest of {plain(run.problem.name)} by {plain(found[0].parameter)}: a row a condition, a column a size; "
        f"two colours in one cell are not told apart at a margin of {margin_text(found[0].places[0].group.margin)}."
    )
    return Figure(name="fastest", caption=caption, draw=styled(partial(_draw_map, found)))


def _draw_map(found: Sequence[Sweep]) -> "MatplotlibFigure":
    from matplotlib.patches import Patch, Rectangle

    values = sorted({value for one in found for value in one.values})
    names = tuple(dict.fromkeys(name for one in found for name in one.names))
    figure = canvas(9.0, 1.9 + 0.55 * len(found))
    axes = figure.add_subplot()
    for row, one in enumerate(found):
        for place in one.places:
            left = values.index(place.value)
            for level, name in enumerate(place.leaders):
                colour = _look(names, one.baseline, name)[0]
                height = 0.84 / len(place.leaders)
                box = Rectangle((left, row - 0.42 + level * height), 1.0, height, facecolor=colour, edgecolor="white")
                box.set_linewidth(0.4)
                axes.add_patch(box)
            if not place.leaders:
                axes.text(left + 0.5, row, "-", ha="center", va="center", color=GREY)
        _name_reigns(axes, one, [values.index(value) for value in one.values], row, 7.4 / len(values))
    axes.set(xlim=(0, len(values)), ylim=(len(found) - 0.5, -0.5))
    axes.set_xticks([column + 0.5 for column in range(len(values))], [_short(value) for value in values])
    axes.set_yticks(range(len(found)), [drawable(conditions(one.case)) for one in found])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel(drawable(found[0].parameter))
    shown = [name for name in names if any(name in place.leaders for one in found for place in one.places)]
    patches = [Patch(color=_look(names, found[0].baseline, name)[0], label=drawable(name)) for name in shown]
    figure.legend(handles=patches, loc="outside upper center", ncols=min(4, len(patches) or 1), frameon=False)
    return figure


def _name_reigns(axes: "Axes", one: Sweep, columns: Sequence[int], row: int, inches: float) -> None:
    """Write who alone is the fastest over neighbouring sizes, where the name fits; a column is `inches` wide."""
    alone = [place.leaders if len(place.leaders) == 1 else () for place in one.places]
    for reign in reigns(alone):
        first, last = columns[reign.first], columns[reign.last]
        text = drawable(reign.names[0])
        if len(text) * _LETTER < (last - first + 1) * inches:
            at = axes.text((first + last + 1) / 2, row, text, ha="center", va="center", color="white", weight="bold")
            at.set_bbox({"facecolor": _look(one.names, one.baseline, reign.names[0])[0], "edgecolor": "none", "pad": 2})


def _short(value: int) -> str:
    """Return a size, where it is round with the letter of its magnitude: 200, 5k, 1M."""
    for length, letter in ((10**6, "M"), (10**3, "k")):
        if value >= length and value % (length // 10) == 0:
            return f"{value / length:g}{letter}"
    return str(value)


#: Title, the sweep it is of, and the speed-ups over its baseline.
Panel = tuple[str, Sweep, Curves]


def panels_of(found: Sequence[Sweep]) -> list[Panel]:
    """Return a panel for each condition and layout: speed-up over the baseline against the size."""
    made: list[Panel] = []
    for one in found:
        by_layout: dict[str, dict[str, list[Spot]]] = {}
        for place in one.places:
            for finding in place.timed.values():
                ratio, case = finding.speedup_over_baseline, finding.arm.case
                if ratio is not None and (place.group.baseline is not None):
                    ends = (ratio.interval.low, ratio.interval.high) if ratio.interval else None
                    points = by_layout.setdefault(case.layout, {}).setdefault(case.implementation, [])
                    points.append((place.value, ratio.value, ends))
        several = len(by_layout) > 1
        made += [
            (conditions(one.case) + (f", {plain(layout)} order" if several else ""), one, curves)
            for layout, curves in by_layout.items()
        ]
    return made


def _multiples(run: Run, one: Sweep, panels: Sequence[Panel]) -> Figure:
    caption = (
        f"Speed-up of {plain(run.problem.name)} over the baseline of the same condition, by {plain(one.parameter)}: "
        "log axes, with 95 % intervals: a panel each for dtype, threads, allocator and layout."
    )
    return Figure(name="speedup-by-size", caption=caption, draw=styled(partial(_draw_multiples, panels)))


def _draw_multiples(panels: Sequence[Panel]) -> "MatplotlibFigure":
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    figure = canvas(9.0, 0.9 + 2.7 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    names = tuple(dict.fromkeys(name for _title, _one, curves in panels for name in curves))
    every = [y for _title, _one, curves in panels for points in curves.values() for _x, y, _ends in points]
    values = sorted({value for _title, one, _curves in panels for value in one.values})
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, (title, one, curves) in zip(grid.flat, panels, strict=False):
        _size_axis(axes, values)
        log_axis(axes.yaxis, padded(min([*every, 1.0]), max(every), 1.1), "x")
        axes.axhline(1.0, color=GREY, linewidth=0.8)
        axes.grid(color=PALE, linewidth=0.6)
        axes.tick_params(labelbottom=True, labelleft=True)
        axes.set_title(drawable(title, 60), loc="left")
        for name, points in curves.items():
            colour, marker = _look(names, one.baseline, name)
            axes.plot([p[0] for p in points], [p[1] for p in points], color=colour, marker=marker, markersize=4)
            for x, _y, ends in points:
                if ends is not None:
                    axes.plot([x, x], ends, color=colour, linewidth=4, alpha=0.35, solid_capstyle="butt")
    _legend(figure, [(name, *_look(names, panels[0][1].baseline, name)) for name in names])
    figure.supxlabel(f"{drawable(panels[0][1].parameter)} (log axis)", fontsize=10)
    figure.supylabel("speed-up over the baseline", fontsize=10)
    return figure


def _legend(figure: "MatplotlibFigure", looks: Sequence[tuple[str, str, str]]) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=colour, marker=marker, label=drawable(name)) for name, colour, marker in looks]
    figure.legend(handles=handles, loc="outside upper center", ncols=min(4, len(handles)), frameon=False)
