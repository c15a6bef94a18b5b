"""CSV for Apache Otava's importer: one row a run, a column of seconds a case, the commit and the machine beside."""

from collections.abc import Sequence

from ..errors import ImplbenchError
from ..report.csv import csv
from ..report.estimates import value_of
from ..report.parts import Cell, Column, Table, Value, plain
from ..store.records import Run
from .timed_cases import created, text, timed

#: Attributes of a row; all other columns but the time are metrics.
ATTRIBUTES = ("commit", "run", "machine")


def export(runs: Sequence[Run]) -> bytes:
    """Return the table, oldest run first; a case that a run has no time for is empty there."""
    found = timed(runs)
    metrics = list(dict.fromkeys(one.name for one in found))
    taken = next((name for name in metrics if name in ("time", *ATTRIBUTES)), None)
    if taken:
        raise ImplbenchError(f"a case is called {taken!r}, which is a column of this format: rename it")
    rows: list[list[Value]] = []
    for run in sorted(runs, key=created):
        medians = {one.name: one.finding.seconds_per_call for one in found if one.run is run}
        begin = [created(run).isoformat(), text(run, "commit", "id"), plain(run.id), text(run, "fingerprint")]
        rows.append([*begin, *(value_of(medians.get(name)) for name in metrics)])
    return csv(_table(["time", *ATTRIBUTES, *metrics], rows)).encode()


def _table(names: Sequence[str], rows: Sequence[Sequence[Value]]) -> Table:
    return Table(
        name="otava",
        title="Runs",
        columns=tuple(Column(name=name, header=name) for name in names),
        rows=tuple(tuple(Cell(value=value, text="") for value in row) for row in rows),
    )
