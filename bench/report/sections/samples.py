"""Every burst of every case in the order of time, so that drift and two-fold times show."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings, used_rounds
from ...store.records import Outcome, Round, Run
from ...units import TIME_UNITS, time_unit
from ..document import Figure, Section, code, plain
from ..figures.style import GREY, PALE, PALETTE, canvas, drawable, log_axis, padded, styled
from ..wording import label, named, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

#: A panel shows this factor around its values at least, so that the quietest do not look wild.
_LEAST_FACTOR = 1.02

#: More markers than this become pixels in the SVG, which would weigh megabytes otherwise.
_MOST_MARKERS = 4000

#: Of more rounds the lines between them would be a grey ground, and take minutes to draw.
_MOST_EDGES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The bursts of one arm: a point each."""

    name: str
    rounds: tuple[float, ...]
    """Place in time: the round, and the part of it that had passed."""
    seconds: tuple[float, ...]
    """The burst's minimum, a call."""
    medians: tuple[tuple[int, float], ...]
    """Round, counted from 1, and the median of its bursts."""
    again: bool = False


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group with a time, and what is two-fold in words."""
    shown = [
        group
        for group in analysis.groups
        if any(one.seconds[1:] for panel in series(analysis.run, group) for one in panel)
    ]
    if not shown:
        return None  # one value a case is no series
    paragraphs = [
        f"{code(label(one.arm.case, group))} is {plain(one.bimodal)}."
        for group in shown
        for one in group.ok
        if one.bimodal
    ]
    return Section(
        title="Samples by round",
        paragraphs=tuple(paragraphs),
        figures=tuple(_figure(analysis.run, group, analysis.groups) for group in shown),
    )


def series(run: Run, group: GroupFindings) -> list[list[Series]]:
    """Return the panels of a group, fastest first: its case's bursts, for the baseline those of both its arms."""
    rounds = used_rounds(run, group.name)
    panels = []
    for one in group.ok:
        panel = [_of_arm(rounds, one.arm.name, _name(one, group))]
        if one.arm.baseline:
            twins = [arm.name for arm in run.arms if arm.again and arm.case == one.arm.case]
            panel += [_of_arm(rounds, name, _name(one, group), again=True) for name in twins]
        panels.append([found for found in panel if found.seconds])
    return [panel for panel in panels if panel]


def _name(one: Finding, group: GroupFindings) -> str:
    name = label(one.arm.case, group)
    return f"{name} (baseline; grey: the same, measured again)" if one.arm.baseline else name


def _of_arm(rounds: Sequence[Round], arm: str, name: str, *, again: bool = False) -> Series:
    places, seconds, medians = [], [], []
    for place, one in enumerate(rounds):
        workers = [worker for worker in one.workers if worker.arm == arm and worker.outcome == Outcome.OK]
        bursts = [burst for worker in workers for burst in worker.bursts]
        values = [min(burst.sample_ns) / burst.number * 1e-9 for burst in bursts]
        passes = max([one.passes, *(burst.pass_index + 1 for burst in bursts)])
        places += [place + 0.5 + (burst.pass_index + 0.5) / passes for burst in bursts]
        seconds += values
        if values:
            medians.append((place + 1, median(values)))
    return Series(name=name, rounds=tuple(places), seconds=tuple(seconds), medians=tuple(medians), again=again)


def _figure(run: Run, group: GroupFindings, groups: Sequence[GroupFindings]) -> Figure:
    panels = series(run, group)
    bursts = sum(len(one.seconds) for panel in panels for one in panel)
    caption = (
        f"{titled('Samples by round', group, groups)}: time a call of each of {bursts} bursts (the fastest of its "
        "samples) in the order of time, one panel a case, each with its own log axis; the bars are medians of rounds."
    )
    return Figure(name=named("samples", group, groups), caption=caption, draw=styled(partial(_draw, panels)))


def _draw(panels: Sequence[Sequence[Series]]) -> "MatplotlibFigure":
    columns = 1 if len(panels) <= 6 else 2
    rows = -(-len(panels) // columns)
    figure = canvas(9.0, 0.7 + 1.25 * rows)
    grid = figure.subplots(rows, columns, sharex=True, squeeze=False)
    last = max(round_ for panel in panels for one in panel for round_, _seconds in one.medians)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for place, (axes, panel) in enumerate(zip(grid.flat, panels, strict=False)):
        _draw_panel(axes, panel, last)
        if place + columns >= len(panels):
            axes.set_xlabel("round")
            axes.tick_params(axis="x", labelbottom=True)
    return figure


def _draw_panel(axes: "Axes", panel: Sequence[Series], last: int) -> None:
    """Draw the bursts of one case; the second baseline lies below the first, in grey."""
    from matplotlib.ticker import MaxNLocator

    values = [seconds for one in panel for seconds in one.seconds]
    unit = time_unit([median(values)])
    length = TIME_UNITS[unit]
    pixels = len(values) > _MOST_MARKERS
    for one in sorted(panel, key=lambda one: not one.again):
        colour = GREY if one.again else PALETTE[0]
        dots = axes.plot(one.rounds, [value / length for value in one.seconds], "o", color=colour, markersize=2.6)[0]
        dots.set(alpha=0.35 if one.again else 0.6, rasterized=pixels)
        for round_, seconds in one.medians:
            ends = [round_ - 0.42, round_ + 0.42]
            axes.plot(ends, [seconds / length] * 2, color=GREY if one.again else "black", linewidth=1.4)
    for edge in range(1, last) if last <= _MOST_EDGES else ():
        axes.axvline(edge + 0.5, color=PALE, linewidth=0.7, zorder=0)
    axes.set_xlim(0.4, last + 0.6)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
    log_axis(axes.yaxis, padded(min(values) / length, max(values) / length, _LEAST_FACTOR), f" {unit}")
    axes.set_title(drawable(panel[0].name, 70), loc="left")
