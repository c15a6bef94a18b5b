"""Memory layouts side by side for each implementation; only where a run has several."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings, Ratio, judge
from .. import wording
from ..document import Cell, Column, Figure, Section, Table, code, plain
from ..figures.style import GREY, MARKERS, PALE, PALETTE, canvas, drawable, log_axis, padded, styled
from ..wording import margin_text, named, ratio_text, titled

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

_EXPLAINED = (
    "Speed-up over the baseline, by memory order of the 2-D inputs (C: rows lie together, F: columns; one letter an "
    "input)."
)

#: Implementation -> layout -> speed-up over the baseline.
Grid = Mapping[str, Mapping[str, Ratio]]


def section(analysis: Analysis) -> Section | None:
    """Return a table and a figure for each group with several layouts, and in words what the order does."""
    shown = [group for group in analysis.groups if len(wording.layouts(group)) > 1 and grid(group)]
    if not shown:
        return None
    return Section(
        title="Layouts side by side",
        paragraphs=(
            _EXPLAINED,
            *(text for group in shown for text in _effects(analysis, group)),
        ),
        tables=tuple(_table(group, analysis.groups) for group in shown),
        figures=tuple(_figure(group, analysis.groups) for group in shown),
    )


def grid(group: GroupFindings) -> Grid:
    """Return the speed-ups over the baseline, 1 for the baseline itself; cases without a time are left out."""
    found: dict[str, dict[str, Ratio]] = {}
    for one in group.findings:
        ratio = Ratio(value=1.0, interval=None) if one.arm.baseline else one.speedup_over_baseline
        if one in group.ok and ratio is not None:
            found.setdefault(one.arm.case.implementation, {})[one.arm.case.layout] = ratio
    return found


def _effects(analysis: Analysis, group: GroupFindings) -> list[str]:
    """Return for each implementation its layouts against its own first one, from the rounds that both were in."""
    by_name: dict[str, list[Finding]] = {}
    for layout in wording.layouts(group):
        for one in group.findings:
            if one in group.ok and one.arm.case.layout == layout:
                by_name.setdefault(one.arm.case.implementation, []).append(one)
    texts = []
    for name, (first, *others) in by_name.items():
        parts = [text for one in others if (text := _effect(analysis, group, one, first))]
        if parts:
            texts.append(f"{code(name)}, against its own {plain(first.arm.case.layout)}: {'; '.join(parts)}.")
    return texts


def _effect(analysis: Analysis, group: GroupFindings, one: Finding, first: Finding) -> str | None:
    log_ratio = analysis.ratio(group, one.arm, first.arm)
    if log_ratio is None:
        return None
    verdict = judge(log_ratio, group.margin, group.resolved or 0.0)
    return f"{plain(one.arm.case.layout)} {ratio_text(Ratio.of(log_ratio).inverse())}, {verdict.value}"


def _table(group: GroupFindings, groups: Sequence[GroupFindings]) -> Table:
    """Return implementations x layouts; for programs also the ends of the intervals."""
    columns = [Column(name="implementation", header="implementation", right=False)]
    for layout in wording.layouts(group):
        stem = f"speedup_over_baseline_{layout}"
        columns.append(Column(name=stem, header=plain(layout)))
        columns += [Column(name=f"{stem}_{end}", header=f"{layout} {end}", shown=False) for end in ("low", "high")]
    found = grid(group)
    names = dict.fromkeys(
        [one.arm.case.implementation for one in group.findings] + [one.case.implementation for one in group.left]
    )
    return Table(
        name=named("layouts", group, groups),
        title=titled("Speed-up over the baseline by layout", group, groups),
        columns=tuple(columns),
        rows=tuple(_row(name, found.get(name, {}), wording.layouts(group)) for name in names),
    )


def _row(name: str, ratios: Mapping[str, Ratio], layouts: Sequence[str]) -> tuple[Cell, ...]:
    cells = [Cell.of(name)]
    for layout in layouts:
        ratio = ratios.get(layout)
        ends = ratio.interval if ratio else None
        exact = ratio is not None and ends is None and ratio.value == 1.0
        cells.append(Cell(value=ratio.value if ratio else None, text="1x" if exact else ratio_text(ratio)))
        cells += [Cell.of(ends.low if ends else None), Cell.of(ends.high if ends else None)]
    return tuple(cells)


def _figure(group: GroupFindings, groups: Sequence[GroupFindings]) -> Figure:
    caption = (
        f"{titled('Layouts side by side', group, groups)}: speed-up over the baseline with 95 % intervals, one line an "
        f"implementation, one mark a layout, log axis; in the shaded band ({margin_text(group.margin)} each way) a "
        "case counts as equal."
    )
    draw = styled(partial(side_by_side, grid(group), wording.layouts(group), group.margin))
    return Figure(name=named("layouts", group, groups), caption=caption, draw=draw)


def side_by_side(found: Grid, layouts: Sequence[str], margin: float, *, legend: str = "layout") -> "MatplotlibFigure":
    """Draw one line for each implementation, on it a mark with its interval for each layout, or what takes its place.

    Parameters
    ----------
    found
        Implementation -> layout -> speed-up.
    layouts
        In the order in which they are drawn, from top to bottom.
    margin
        Half the width of the band of equality.
    legend
        What the layouts are, if something else.
    """
    step = 0.8 / len(layouts)
    figure = canvas(9.0, 1.3 + 0.26 * len(layouts) * len(found))
    axes = figure.add_subplot()
    axes.axvspan(1 / (1 + margin), 1 + margin, color=PALE, zorder=0)
    axes.axvline(1.0, color=GREY, linewidth=0.8, zorder=1)
    rows = list(enumerate(found.values()))
    for place, layout in enumerate(layouts):
        colour, marker = PALETTE[place % len(PALETTE)], MARKERS[place % len(MARKERS)]
        points = [(row + step * (place + 0.5) - 0.4, by[layout]) for row, by in rows if layout in by]
        marks = axes.plot([ratio.value for _y, ratio in points], [y for y, _ratio in points], marker, color=colour)[0]
        marks.set_label(drawable(layout))
        for y, ratio in points:
            if ratio.interval:
                axes.plot([ratio.interval.low, ratio.interval.high], [y, y], color=colour, linewidth=2.0)
    values = [value for by in found.values() for ratio in by.values() for value in _values(ratio)]
    log_axis(axes.xaxis, padded(min([*values, 1 / (1 + margin)]), max([*values, 1 + margin]), 1.02), "x")
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_yticks(range(len(found)), [drawable(name) for name in found])
    for edge in range(1, len(found)):
        axes.axhline(edge - 0.5, color=PALE, linewidth=0.7)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=PALE, linewidth=0.6)
    axes.set_xlabel("speed-up over the baseline (log axis; to the right is faster)")
    figure.legend(title=legend, loc="outside right upper", frameon=False)
    return figure


def _values(ratio: Ratio) -> list[float]:
    return [ratio.value, *([ratio.interval.low, ratio.interval.high] if ratio.interval else [])]
