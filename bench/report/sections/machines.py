"""Machine by machine: each case on every machine whose runs were merged, and whether the machines differ."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.machines import LEVEL, AcrossMachines
from ...units import percent
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Section, Table, code, plain
from ..phrases import counted, ratio_text, times_text
from .subject import Subject

_EXPLAINED = (
    "Speed-up over the baseline on each machine, every ratio formed within a round there. Machines differ where ranks "
    f"of their rounds do (Mann-Whitney, {percent(LEVEL)} for all pairs of machines); then they have no one speed-up."
)

#: Why there is no interval over all, where the machines do not differ.
_STOPPED = (
    "The rounds of all machines together make no interval, for each stopped when it had decided: a number of rounds "
    "that is fixed beforehand (--rounds) makes one."
)


def section(analysis: Analysis) -> Section | None:
    """Return a table for each condition that several machines measured; None where no runs of such were merged."""
    if not analysis.machines:
        return None
    found = [one for each in analysis.machines.values() for one in each]
    is_open = any(one.together is None and not one.differs for one in found)
    return Section(
        title="Machine by machine",
        paragraphs=(_EXPLAINED, *map(_sentence, found), *([_STOPPED] if is_open else [])),
        tables=tuple(_table(name, each, len(analysis.machines)) for name, each in analysis.machines.items()),
    )


def _sentence(one: AcrossMachines) -> str:
    """Return what all machines say of a case."""
    name, speedups = code(one.case.contender), [speedup.value for speedup in one.speedups.values()]
    machines = counted(len(speedups), "machine")
    if one.speedup is not None and one.verdict is not None:
        return f"{name} computes {times_text(one.speedup)} as fast on {machines} ({one.verdict.value})."
    span = f"{min(speedups):.3g} to {max(speedups):.3g} times as fast"
    verdict = f"{one.verdict.value} on each" if one.verdict is not None else "and the verdicts are not the same"
    differs = "differs by machine: " if one.differs else ""
    return f"{name} {differs}{span} on {machines}, {verdict}."


def _table(name: str, found: Sequence[AcrossMachines], tables: int) -> Table:
    """Return a row for each case, with a column for each machine."""
    machines = list(dict.fromkeys(machine for one in found for machine in one.on))
    columns = [Column(name="implementation", header="implementation", right=False)]
    columns.append(
        Column(name="layout", header="layout", right=False, shown=len({one.case.layout for one in found}) > 1)
    )
    for machine in machines:
        columns += [
            Column(name=f"speedup_on_{machine}", header=plain(machine)),
            *bound_columns(f"speedup_on_{machine}"),
        ]
    columns += [Column(name="speedup", header="together"), *bound_columns("speedup")]
    columns.append(Column(name="verdict", header="verdict", right=False))
    return Table(
        name="machines" if tables == 1 else f"machines-{name}",
        title="Speed-up over the baseline by machine" + ("" if tables == 1 else f": {plain(name)}"),
        columns=tuple(columns),
        rows=tuple(_row(one, machines) for one in found),
    )


def _row(one: AcrossMachines, machines: Sequence[str]) -> tuple[Cell, ...]:
    cells = [Cell.of(one.case.contender), Cell.of(one.case.layout)]
    for machine in machines:
        speedup = one.speedups.get(machine)
        cells += [value_cell(speedup, ratio_text(speedup)), *bound_cells(speedup)]
    verdict = one.verdict.value if one.verdict else "differs"
    return (*cells, value_cell(one.speedup, ratio_text(one.speedup)), *bound_cells(one.speedup), Cell.of(verdict))


SUBJECT = Subject(
    id="machines",
    title="Machine by machine",
    section=section,
    place=20,
)
