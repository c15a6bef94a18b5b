"""The picture of a history: a dot a run, a line a level, and the changes between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import exp, log
from statistics import median
from typing import TYPE_CHECKING

from ...analyse.history import RATIO, Histories, History, Track
from ...units import TIME_UNITS, time_unit
from ..document import Figure, plain
from ..wording import counted
from .style import GREY, PALETTE, canvas, drawable, log_axis, padded, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

#: A panel shows this factor around its values at least, so that the quietest do not look wild.
_LEAST_FACTOR = 1.01

#: More markers than this become pixels in the SVG, which would weigh megabytes otherwise.
_MOST_MARKERS = 4000

#: Above so many panels they stand in two columns.
_ONE_COLUMN = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One series as it is drawn."""

    title: str
    unit: str
    places: tuple[int, ...]
    """Place of each run in the picture."""
    values: tuple[float, ...]
    levels: tuple[tuple[int, int, float], ...]
    """First and last place and value of each level."""
    changes: tuple[tuple[float, str], ...]
    """Place between two runs, and by how much."""


def figure(found: Histories) -> Figure | None:
    """Return the picture: of one case ratio and time, of several the ratio of each, and the baseline's time.

    None where no run has a time.
    """
    entries = {(entry.created, entry.run) for one in found.cases for entry in one.entries}
    dates = {key: key[0][:10] for key in sorted(entries)}
    places = {key: place for place, key in enumerate(dates, start=1)}
    alone = len(found.cases) == 1
    shown = [(one, of, track) for one in found.cases for of, track in one.tracks[: 2 if alone else 1]]
    if not shown:
        return None
    problems = dict.fromkeys(one.series.problem for one in found.cases)
    panels = [_panel(_name(one, found, problems), of, track, places) for one, of, track in shown]
    stem = found.cases[0].series.case_id if alone else "-".join(problems)
    caption = (
        f"History of {plain(stem)} on {plain(found.machine.fingerprint) or 'an unknown machine'}: "
        f"{counted(len(places), 'run')} in the order of time, a dot each, one panel a series, each with its own log "
        f"axis; the bars are levels, the lines changes, with their size."
    )
    return Figure(name=f"history-{stem}", caption=caption, draw=styled(partial(_draw, panels, list(dates.values()))))


def _name(one: History, found: Histories, problems: Iterable[str]) -> str:
    """Return the case's id, without the problem where there is only one."""
    label = found.label(one)
    return label if len([*problems]) > 1 else label.replace(one.series.case_id, one.series.name, 1)


def _panel(name: str, of: str, track: Track, places: Mapping[tuple[str, str], int]) -> Panel:
    unit, length = "x", 1.0
    if of != RATIO:
        unit = time_unit([median(track.values)])
        length = TIME_UNITS[unit]
    at = [places[entry.created, entry.run] for entry in track.entries]
    values = [value / length for value in track.values]
    edges = [0, *track.analysis.starts, len(values)]
    unstable = track.analysis.unstable
    return Panel(
        title=f"{name}: {of}" + (f" (unstable: {unstable} changes)" if unstable else ""),
        unit=unit,
        places=tuple(at),
        values=tuple(values),
        levels=tuple((at[i], at[j - 1], median(values[i:j])) for i, j in pairwise(edges) if not unstable),
        changes=tuple(
            ((at[one.start - 1] + at[one.start]) / 2, f"{100 * (one.step.value - 1):+.1f} %") for one in track.changes
        ),
    )


def _draw(panels: Sequence[Panel], dates: Sequence[str]) -> "MatplotlibFigure":
    columns = 1 if len(panels) <= _ONE_COLUMN else 2
    rows = -(-len(panels) // columns)
    figure = canvas(9.0, 0.8 + (2.1 if len(panels) <= 2 else 1.5) * rows)
    grid = figure.subplots(rows, columns, sharex=True, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for place, (axes, panel) in enumerate(zip(grid.flat, panels, strict=False)):
        _draw_panel(axes, panel, longest=80 if columns == 1 else 54)
        _date_axis(axes, dates, most=6 // columns)
        if place + columns >= len(panels):
            axes.tick_params(axis="x", labelbottom=True)
            axes.set_xlabel("run, and its day")
    return figure


def _date_axis(axes: "Axes", dates: Sequence[str], most: int) -> None:
    """Count the runs along the axis, with the day of the run below, at `most` so many times."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    def text(value: float, _index: int | None = None) -> str:
        place = round(value)
        return f"{place}\n{drawable(dates[place - 1])}" if 1 <= place <= len(dates) else ""

    axes.set_xlim(0.4 - 0.01 * len(dates), 0.6 + 1.01 * len(dates))
    steps = MaxNLocator(nbins=most, integer=True).tick_values(1, len(dates))
    ticks = [tick for tick in steps if 1 <= tick <= len(dates)] or [1]
    axes.xaxis.set_major_locator(FixedLocator(ticks[:: -(-len(ticks) // most)]))
    axes.xaxis.set_major_formatter(FuncFormatter(text))


def _draw_panel(axes: "Axes", panel: Panel, longest: int) -> None:
    dots = axes.plot(panel.places, panel.values, "o", color=PALETTE[0], markersize=2.8, alpha=0.6)[0]
    dots.set(rasterized=len(panel.values) > _MOST_MARKERS)
    for first, last, level in panel.levels:
        axes.plot([first - 0.4, last + 0.4], [level, level], color="black", linewidth=1.6)
    low, high = padded(min(panel.values), max(panel.values), _LEAST_FACTOR)
    if panel.changes:  # room above the dots for what stands beside the lines
        high = exp(log(high) + 0.22 * (log(high) - log(low)))
    log_axis(axes.yaxis, (low, high), "x" if panel.unit == "x" else f" {panel.unit}")
    for place, text in panel.changes:
        axes.axvline(place, color=PALETTE[1], linewidth=1.0, zorder=0)
        mark = axes.annotate(
            text, (place, 1.0), xycoords=axes.get_xaxis_transform(), xytext=(3, -2), textcoords="offset points"
        )
        mark.set(color=PALETTE[1], va="top", fontsize=9.0)
    axes.grid(axis="y", color=GREY, alpha=0.2, linewidth=0.6)
    axes.set_title(drawable(panel.title, longest), loc="left")
