"""Threads, dtypes and allocators side by side: what each does to the same implementation, and to the speed-ups."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.conditions import Effect
from ...analyse.verdict import Ratio
from ..chart import Chart
from ..charts.conditions import change_text, charts, largest, others, speedups, where_text
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Figure, Section, Table, code, plain
from ..phrases import margin_text, ratio_text, times_text
from .subject import Subject

_EXPLAINED = (
    "The same implementation under two conditions: speed-up is time before / time after the change. Different "
    "conditions are measured by different workers of one run, whose rounds take turns; their times are paired by the "
    "index of the round, so the interval holds the drift within a round too. Efficiency is the speed-up of t threads "
    "over one, divided by t."
)


def section(analysis: Analysis) -> Section | None:
    """Return a table for each axis of which the run has several values; None where there is none."""
    found = analysis.effects
    if not any(found.values()):
        return None
    tables = tuple(_table(axis, each) for axis, each in found.items() if each)
    panels = speedups(analysis)
    return Section(
        title="Threads, dtypes and allocators side by side",
        paragraphs=(_EXPLAINED, *(text for each in found.values() for text in _sentences(each))),
        tables=tables,
        figures=(_figure(analysis, panels),) if panels else (),
    )


def _sentences(found: Sequence[Effect]) -> list[str]:
    """Return what the change does to each implementation, at the largest size that was measured both ways."""
    by_change: dict[str, list[str]] = {}
    for one in largest(found):
        efficiency = f" (efficiency {_percent(one.efficiency)})" if one.efficiency else ""
        text = f"{_name(one, found)} {times_text(one.speedup)} as fast{efficiency}"
        by_change.setdefault(f"{change_text(one)} ({where_text(one)})", []).append(text)
    return [f"{change}: {', '.join(texts)}." for change, texts in by_change.items()]


def _name(one: Effect, found: Sequence[Effect]) -> str:
    several = len({other.case.layout for other in found}) > 1
    return code(f"{one.case.contender} {one.case.layout}" if several else one.case.contender)


def _percent(ratio: Ratio) -> str:
    """Return as in ``86 % [81 %, 90 %]``."""
    ends = ratio.interval
    return f"{100 * ratio.value:.0f} %" + (f" [{100 * ends.low:.0f} %, {100 * ends.high:.0f} %]" if ends else "")


def _table(axis: str, found: Sequence[Effect]) -> Table:
    """Return a row for each effect."""
    threads = axis == "threads"
    layout = len({one.case.layout for one in found}) > 1
    return Table(
        name=f"by-{axis}",
        title=f"What {axis} do{'' if threads else 'es'} to the same implementation",
        columns=(
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=layout),
            Column(name="size", header="size", right=False),
            Column(name="condition", header="at", right=False),
            Column(name="before", header="from", right=False),
            Column(name="after", header="to", right=False),
            Column(name="speedup", header="speed-up", right=False),
            *bound_columns("speedup"),
            Column(name="efficiency", header="efficiency", right=False, shown=threads),
            Column(name="rounds", header="rounds"),
        ),
        rows=tuple(_row(one) for one in found),
    )


def _row(one: Effect) -> tuple[Cell, ...]:
    efficiency = one.efficiency
    return (
        Cell.of(one.case.contender),
        Cell.of(one.case.layout),
        Cell.of(", ".join(f"{key}={value}" for key, value in one.size.values.items())),
        Cell.of(", ".join(others(one))),
        Cell.of(one.before),
        Cell.of(one.after),
        value_cell(one.speedup, ratio_text(one.speedup)),
        *bound_cells(one.speedup),
        value_cell(efficiency, _percent(efficiency) if efficiency else ""),
        Cell.of(one.rounds),
    )


def _figure(analysis: Analysis, panels: tuple[Chart, ...]) -> Figure:
    caption = (
        f"Speed-up of {plain(analysis.run.problem.name)} over the baseline of the same condition, a panel each for "
        "dtype, threads and allocator, a mark each for the layouts; with 95 % intervals, log axis; in the shaded band "
        f"({margin_text(analysis.groups[0].margin)} each way) a case counts as equal."
    )
    return Figure(name="conditions", caption=caption, charts=panels, columns=2)


SUBJECT = Subject(
    id="conditions",
    title="Threads, dtypes and allocators side by side",
    section=section,
    charts=charts,
    place=70,
    shown="charts",
)
