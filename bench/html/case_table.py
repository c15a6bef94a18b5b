"""The table of a group's cases as the page has it: a row an arm, its source beside it, and a choice of baselines."""

from dataclasses import dataclass

from ..analyse.analysis import Analysis
from ..analyse.verdict import GroupFindings
from ..report.chart import Chart
from ..report.parts import Cell, Table
from ..report.phrases import label
from ..store.records import Run
from ..store.worker_records import Outcome
from .outline import Part
from .payload import group_label, sources
from .rendering import visible


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the source of a row's implementation stands."""

    implementation: str
    place: int | None
    """Among the sources that the run holds; None where it does not hold this one."""
    here: bool
    """Whether it stands in this row: in the first that needs it, to which the others link."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A case."""

    arm: str
    cells: tuple[Cell, ...]
    source: Source
    wrong: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """A group: its table, its forest, and what can be chosen as the baseline."""

    place: int
    label: str
    baseline: str | None
    options: tuple[tuple[str, str], ...]
    """Arm and label of those that can be the baseline; empty where there is no choice."""
    chart: Chart | None
    table: Table
    """The columns that people see."""
    rows: tuple[Row, ...]


def of_groups(analysis: Analysis, speedup: Part) -> tuple[Cases, ...]:
    """Return the groups of a run, with the tables and charts of the part on speed-ups."""
    forests = {chart.id: chart for chart in speedup.charts}
    shown: set[str] = set()
    return tuple(
        Cases(
            place=place,
            label=group_label(group),
            baseline=group.baseline.arm.name if group.baseline else None,
            options=_options(group),
            chart=forests.get(f"speedup-{place}"),
            table=table.for_people(),
            rows=_rows(analysis.run, table, shown),
        )
        for place, (group, table) in enumerate(zip(analysis.groups, speedup.tables, strict=True))
    )


def _options(group: GroupFindings) -> tuple[tuple[str, str], ...]:
    """Return what has a time, where the run's own baseline is among it and there is another."""
    ok = tuple((finding.arm.name, label(finding.arm.case, group)) for finding in group.ok)
    baseline = group.baseline
    return ok if len(ok) > 1 and baseline is not None and baseline.outcome == Outcome.OK else ()


def _rows(run: Run, table: Table, shown: set[str]) -> tuple[Row, ...]:
    """Return the rows; an implementation whose source is put into one is added to those `shown`."""
    names = [column.name for column in table.columns]
    case, implementation, outcome = (names.index(name) for name in ("case", "implementation", "outcome"))
    names, made = [*sources(run)], []
    for cells, seen in zip(table.rows, table.for_people().rows, strict=True):
        name = visible(str(cells[implementation].value))
        place = names.index(name) if name in names else None
        source = Source(implementation=name, place=place, here=place is not None and name not in shown)
        shown.add(name)
        wrong = cells[outcome].value == Outcome.WRONG.value
        made.append(Row(arm=str(cells[case].value), cells=seen, source=source, wrong=wrong))
    return tuple(made)
