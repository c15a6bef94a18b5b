"""Memory layouts side by side for each implementation; only where a run has several."""

from collections.abc import Mapping, Sequence

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Ratio
from ..charts import layouts as charts
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Figure, Section, Table, code, plain
from ..phrases import named, ratio_text, titled
from .subject import Subject

_EXPLAINED = (
    "Speed-up over the baseline, by memory order of the 2-D inputs (C: rows lie together, F: columns; one letter an "
    "input)."
)


def section(analysis: Analysis) -> Section | None:
    """Return a table and a figure for each group with several layouts, and in words what the order does."""
    figures = [_figure(analysis, place) for place in range(len(analysis.groups))]
    shown = [group for group, figure in zip(analysis.groups, figures, strict=True) if figure]
    if not shown:
        return None
    return Section(
        title="Layouts side by side",
        paragraphs=(
            _EXPLAINED,
            *(text for group in shown for text in _effects(analysis, group)),
        ),
        tables=tuple(_table(group, analysis.groups) for group in shown),
        figures=tuple(figure for figure in figures if figure),
    )


def _effects(analysis: Analysis, group: GroupFindings) -> list[str]:
    """Return for each implementation its layouts against its own first one, from the rounds that both were in."""
    by_name: dict[str, list[Finding]] = {}
    timed = {one.arm.name for one in group.ok}
    for layout in group.layouts:
        for one in group.findings:
            if one.arm.name in timed and one.arm.case.layout == layout:
                by_name.setdefault(one.arm.case.contender, []).append(one)
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
    verdict = group.verdict_on(log_ratio)
    return f"{plain(one.arm.case.layout)} {ratio_text(Ratio.of(log_ratio).inverse())}, {verdict.value}"


def _table(group: GroupFindings, groups: Sequence[GroupFindings]) -> Table:
    """Return implementations x layouts; for programs also the ends of the intervals."""
    columns = [Column(name="implementation", header="implementation", right=False)]
    for layout in group.layouts:
        stem = f"speedup_over_baseline_{layout}"
        columns.append(Column(name=stem, header=plain(layout)))
        columns += bound_columns(stem, f"{layout} ")
    found = charts.grid(group)
    names = dict.fromkeys(
        [one.arm.case.contender for one in group.findings] + [one.case.contender for one in group.left]
    )
    return Table(
        name=named("layouts", group, groups),
        title=titled("Speed-up over the baseline by layout", group, groups),
        columns=tuple(columns),
        rows=tuple(_row(name, found.get(name, {}), group.layouts) for name in names),
    )


def _row(name: str, ratios: Mapping[str, Ratio], layouts: Sequence[str]) -> tuple[Cell, ...]:
    cells = [Cell.of(name)]
    for layout in layouts:
        ratio = ratios.get(layout)
        exact = ratio is not None and ratio.interval is None and ratio.value == 1.0
        cells += [value_cell(ratio, "1x" if exact else ratio_text(ratio)), *bound_cells(ratio)]
    return tuple(cells)


def _figure(analysis: Analysis, place: int) -> Figure | None:
    chart, group = charts.chart(analysis, place), analysis.groups[place]
    if chart is None:
        return None
    return Figure(name=named("layouts", group, analysis.groups), caption=chart.caption, charts=(chart,))


SUBJECT = Subject(
    id="layouts",
    title="Layouts side by side",
    section=section,
    charts=charts.charts,
    place=80,
    shown="charts",
)
