"""The table of a group's cases as the page has it: a row an arm, its source beside it, and a choice of baselines."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from ..analyse.analysis import Analysis
from ..analyse.findings import GroupFindings
from ..report.chart import Chart
from ..report.parts import Cell, Table
from ..report.phrases import group_label, label
from ..store.worker_records import Outcome
from .outline import Part
from .payload import has_choice, is_comparable, sources
from .rendering import visible


class Source(Struct, frozen=True, kw_only=True):
    """Where the source of a row's implementation stands."""

    implementation: str
    place: int | None
    """Among the sources that the run holds; None where it does not hold this one."""
    here: bool
    """Whether it stands in this row: in the first that needs it, to which the others link."""


class Row(Struct, frozen=True, kw_only=True):
    """A case."""

    arm: str
    cells: tuple[Cell, ...]
    source: Source
    wrong: bool


class Cases(Struct, frozen=True, kw_only=True):
    """A group: its table, its forest, and what can be chosen as the baseline."""

    place: int
    label: str
    baseline: str | None
    options: tuple[tuple[str, str], ...]
    """Arm and label of those that can be the baseline; empty where there is no choice."""
    many: bool
    """Whether there is no choice because there are too many cases."""
    chart: Chart | None
    table: Table
    """What people see of it: its columns, and the first of many rows."""
    whole: Table
    rows: tuple[Row, ...]


def of_groups(analysis: Analysis, speedup: Part) -> tuple[Cases, ...]:
    """Return the groups of a run, with the tables and charts of the part on speed-ups."""
    forests = {chart.id: chart for chart in speedup.charts}
    shown: set[str] = set()
    kept = {name: place for place, name in enumerate(sources(analysis.run))}

    def made(place: int, group: GroupFindings, whole: Table) -> Cases:
        table = _with_sources(whole)
        choice = has_choice(group, analysis.groups)
        return Cases(
            place=place,
            label=group_label(group),
            baseline=group.baseline.arm.name if group.baseline else None,
            options=tuple((one.arm.name, label(one.arm.case, group)) for one in group.ok if choice),
            many=not choice and is_comparable(group),
            chart=forests.get(f"speedup-{place}"),
            table=table.for_page(),
            whole=whole,
            rows=_rows(kept, table, shown),
        )

    return tuple(
        made(place, group, table)
        for place, (group, table) in enumerate(zip(analysis.groups, speedup.tables, strict=True))
    )


def _with_sources(table: Table) -> Table:
    """Return the table with a column for the sources: that of what the cases are, or one instead of it."""
    place = [column.name for column in table.columns].index("title")
    column = table.columns[place]
    if column.shown:
        return table
    made = replace(column, header="source", shown=True)
    cells = tuple((*row[:place], replace(row[place], text=""), *row[place + 1 :]) for row in table.rows)
    return replace(table, columns=(*table.columns[:place], made, *table.columns[place + 1 :]), rows=cells)


def _rows(kept: Mapping[str, int], table: Table, shown: set[str]) -> tuple[Row, ...]:
    """Return the rows; an implementation whose source, of those that are kept, is put into one is added to `shown`."""
    names = [column.name for column in table.columns]
    case, implementation, outcome = (names.index(name) for name in ("case", "implementation", "outcome"))
    made = []
    for cells, seen in zip(table.rows, table.for_page().rows, strict=False):
        name = visible(str(cells[implementation].value))
        place = kept.get(name)
        source = Source(implementation=name, place=place, here=place is not None and name not in shown)
        shown.add(name)
        wrong = cells[outcome].value == Outcome.WRONG.value
        made.append(Row(arm=str(cells[case].value), cells=seen, source=source, wrong=wrong))
    return tuple(made)
