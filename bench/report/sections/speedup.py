"""Speed-ups over the baseline as a forest plot: a marker and an interval for each case, and the band of equality."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings, Ratio, Verdict
from ...store.records import Outcome, Run
from ..document import Figure, Section, code, plain
from ..figures.style import GREY, PALE, PALETTE, canvas, drawable, log_axis, padded, styled
from ..wording import label, margin_text, named, ratio_text, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

_COLOURS = {Verdict.FASTER: PALETTE[0], Verdict.SLOWER: PALETTE[1]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the plot; without a ratio it is text alone, struck out where the answer was wrong."""

    name: str
    ratio: Ratio | None
    text: str
    verdict: Verdict | None = None
    """None for the baseline, and for what has no ratio."""
    struck: bool = False
    finding: Finding | None = None
    """None for what was not started."""

    @property
    def colour(self) -> str:
        """What it is drawn in."""
        return GREY if self.verdict is None else _COLOURS.get(self.verdict, GREY)


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group in which something is compared with the baseline."""
    shown = [group for group in analysis.groups if any(line.ratio for line in lines(group)[1:])]
    if not shown:
        return None
    return Section(
        title="Speed-up over the baseline",
        figures=tuple(_figure(analysis.run, group, analysis.groups) for group in shown),
    )


def lines(group: GroupFindings) -> list[Line]:
    """Return the lines of a group's plot: cases with a ratio, fastest first, then the others."""
    found = [_timed(one, group) for one in group.ok if one.arm.baseline or one.speedup_over_baseline]
    failed = [one for one in group.findings if one.outcome != Outcome.OK]
    found += [replace(_fallen(label(one.arm.case, group), one.outcome, one.reason), finding=one) for one in failed]
    return found + [_fallen(label(one.case, group), one.outcome, one.reason) for one in group.left]


def _timed(one: Finding, group: GroupFindings) -> Line:
    name = label(one.arm.case, group)
    if one.arm.baseline:
        noise = Ratio.of(group.noise).inverse() if group.noise else Ratio(value=1.0, interval=None)
        again = f", again {ratio_text(noise)}" if group.noise else ""
        return Line(name=name, ratio=noise, text=f"baseline{again}", finding=one)
    ratio = one.speedup_over_baseline
    return Line(name=name, ratio=ratio, text=ratio_text(ratio), verdict=one.verdict, finding=one)


def _fallen(name: str, outcome: Outcome, reason: str | None) -> Line:
    text = outcome.value + (f": {plain(reason)}" if reason else "")
    return Line(name=name, ratio=None, text=text, struck=outcome == Outcome.WRONG)


def _figure(run: Run, group: GroupFindings, groups: Sequence[GroupFindings]) -> Figure:
    numbers = "; ".join(f"{code(line.name)} {line.text}" for line in lines(group) if line.ratio)
    caption = f"{caption_of(run, group, groups)}. {numbers}."
    draw = styled(partial(_draw, lines(group), group.margin))
    return Figure(name=named("speedup", group, groups), caption=caption, draw=draw)


def caption_of(run: Run, group: GroupFindings, groups: Sequence[GroupFindings]) -> str:
    """Return what is to be seen, but for the numbers."""
    title = f"Speed-up of {plain(run.problem.name)} over the baseline"
    return (
        f"{titled(title, group, groups)}, with 95 % intervals, log axis; "
        f"in the shaded band ({margin_text(group.margin)} each way) a case counts as equal"
    )


def _draw(found: Sequence[Line], margin: float) -> "MatplotlibFigure":
    figure = canvas(9.0, 1.1 + 0.36 * len(found))
    axes = figure.add_subplot()
    axes.axvspan(1 / (1 + margin), 1 + margin, color=PALE, zorder=0)
    axes.axvline(1.0, color=GREY, linewidth=0.8, zorder=1)
    log_axis(axes.xaxis, _ends(found, margin), "x")
    for row, line in enumerate(found):
        _draw_line(axes, row, line)
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_yticks(range(len(found)), [drawable(line.name) for line in found])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=PALE, linewidth=0.6)
    axes.set_xlabel("speed-up over the baseline (log axis; to the right is faster)")
    _strike(figure, axes, [row for row, line in enumerate(found) if line.struck])
    return figure


def _ends(found: Sequence[Line], margin: float) -> tuple[float, float]:
    """Return the ends of the axis, so that every interval and the band are inside."""
    values = [1 / (1 + margin), 1 + margin]
    for line in found:
        if line.ratio:
            values.append(line.ratio.value)
            if line.ratio.interval:
                values += [line.ratio.interval.low, line.ratio.interval.high]
    return padded(min(values), max(values), 1.02)


def _draw_line(axes: "Axes", row: int, line: Line) -> None:
    """Draw marker and interval, and beside the axes the numbers; for what has none, the reason."""
    if line.ratio is None:
        text = axes.text(0.01, row, drawable(line.text, 72), transform=axes.get_yaxis_transform(), va="center_baseline")
        text.set(color=GREY, style="italic", in_layout=False)
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.5})
        return
    ends = line.ratio.interval
    if ends is not None:
        axes.plot([ends.low, ends.high], [row, row], "|-", color=line.colour, linewidth=2.2, solid_capstyle="butt")
    inside = "white" if ends is None else line.colour
    axes.plot([line.ratio.value], [row], "o", markersize=6, color=line.colour, markerfacecolor=inside)
    axes.text(1.02, row, drawable(line.text, 60), transform=axes.get_yaxis_transform(), va="center_baseline")


def _strike(figure: "MatplotlibFigure", axes: "Axes", rows: Sequence[int]) -> None:
    """Draw a line through the names in `rows`, once it is settled where they stand."""
    from matplotlib.lines import Line2D

    if not rows:
        return
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for row in rows:
        box = axes.get_yticklabels()[row].get_window_extent().transformed(figure.transFigure.inverted())
        middle = (box.y0 + box.y1) / 2
        line = Line2D([box.x0, box.x1], [middle, middle], transform=figure.transFigure, color="black", linewidth=1.0)
        line.set_gid(f"struck-{row}")
        figure.add_artist(line)
