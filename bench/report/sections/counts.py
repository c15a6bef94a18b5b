"""What one evaluation of each case does, counted: a change of these needs no statistics."""

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from ...store.worker_records import Counts, Worker
from ...units import amount
from ..charts import memory
from ..parts import Cell, Column, Section, Table
from ..phrases import label, named, titled
from .subject import Subject

_COLUMNS = (
    Column(name="implementation", header="implementation", right=False),
    Column(name="allocations", header="allocations"),
    Column(name="allocated_bytes", header="allocated"),
    Column(name="peak_bytes", header="peak"),
    Column(name="python_calls", header="Python calls"),
    Column(name="c_calls", header="C calls", shown=False),
)


def section(analysis: Analysis) -> Section | None:
    """Return a table for each group; None where nothing was counted, or all of it is in the section "Why"."""
    workers = {
        worker.arm: worker for round_ in analysis.run.rounds for worker in round_.workers if worker.counts is not None
    }
    if analysis.run.settings.explains or not workers:
        return None
    text = (
        "Of one evaluation, counted behind the first round and not timed: allocations of arrays by NumPy, their bytes, "
        "the most memory at one time beyond what was there before, and calls of Python functions. "
        "`implbench explain` tells what they cost."
    )
    tables = tuple(table for group in analysis.groups if (table := _table(group, analysis.groups, workers)).rows)
    return Section(title="Counts", paragraphs=(text,), tables=tables) if tables else None


def _table(group: GroupFindings, groups: tuple[GroupFindings, ...], workers: dict[str, Worker]) -> Table:
    """Return the counts of a group's cases, fastest first; without those that another program computes."""
    counted = [
        finding for finding in group.ok if finding.arm.name in workers and not workers[finding.arm.name].own_clock
    ]
    return Table(
        name=named("counts", group, groups),
        title=titled("Counts of one evaluation", group, groups),
        columns=_COLUMNS,
        rows=tuple((Cell.of(label(one.arm.case, group)), *_cells(workers[one.arm.name].counts)) for one in counted),
    )


def _cells(counts: Counts | None) -> tuple[Cell, ...]:
    if counts is None:
        return (Cell.of(None),) * (len(_COLUMNS) - 1)
    return (
        Cell.whole(counts.allocations),
        Cell(value=counts.allocated_bytes, text=amount(counts.allocated_bytes, "B")),
        Cell(value=counts.peak_bytes, text=amount(counts.peak_bytes, "B")),
        Cell.whole(counts.python_calls),
        Cell.whole(counts.c_calls),
    )


SUBJECT = Subject(
    id="memory",
    title="Memory and page faults",
    section=section,
    charts=memory.charts,
    explained=memory.explained,
    place=90,
    shown="title",
    charts_of_one_size=True,
)
