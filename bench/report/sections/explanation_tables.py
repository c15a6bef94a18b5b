"""The tables of why: the ladder, what each rung does, where its time goes, rates, and what NumPy is called for."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...analyse.amounts import Amounts, seen_calls
from ...analyse.diagnosis import Cause, Diagnosis, Share
from ...analyse.explanation import Ladder, Rung
from ...analyse.findings import GroupFindings
from ...store.worker_records import Call, CallKind
from ...units import DASH, middle_unit, seconds_in, significant, time_unit
from ..estimates import bound_cells, bound_columns, value_cell, value_of
from ..parts import Cell, Column, Table
from ..phrases import label, named, ratio_text, titled
from . import hot_lines
from .reasons import range_text

#: A call is shown to people if it takes such a share of the time inside NumPy.
_LEAST_SHOWN = 0.02

#: The column of what the others do not explain.
REST = "not_explained"


def tables(ladder: Ladder, groups: Sequence[GroupFindings]) -> tuple[Table, ...]:
    """Return the ladder, what each rung does, where its time goes, and rates; all fit 80 columns and names of 20."""
    return _steps(ladder, groups), _amounts(ladder, groups), _shares(ladder, groups), _rates(ladder, groups)


def telling(ladder: Ladder, groups: Sequence[GroupFindings]) -> Iterator[Table]:
    """Yield the same for people, without the columns and tables in which nothing is known, or 0, of every rung."""
    for table in (one.for_people() for one in tables(ladder, groups)):
        known = [place for place, _ in enumerate(table.columns) if any(row[place].value for row in table.rows)]
        names = [table.columns[place].name for place in known]
        if [name for name in names if name not in ("implementation", REST)]:
            yield replace(
                table,
                columns=tuple(table.columns[place] for place in known),
                rows=tuple(tuple(row[place] for place in known) for row in table.rows),
            )


def _column(name: str, header: str) -> Column:
    return Column(name=name, header=header)


_IMPLEMENTATION = Column(name="implementation", header="implementation", right=False)


def _steps(ladder: Ladder, groups: Sequence[GroupFindings]) -> Table:
    unit = time_unit(
        rung.finding.min_seconds_per_call.value for rung in ladder.rungs if rung.finding.min_seconds_per_call
    )
    return Table(
        name=named("ladder", ladder.group, groups),
        title=titled("Ladder", ladder.group, groups),
        columns=(
            _IMPLEMENTATION,
            _column("min_seconds_per_call", f"min time [{unit}]"),
            _column("speedup_over_previous", "over the one above"),
            Column(name="previous", header="previous", right=False, shown=False),
            *bound_columns("speedup_over_previous"),
            Column(name="cause", header="mostly", right=False),
            _column("share", "share"),
            *bound_columns("share"),
        ),
        rows=tuple(_step_row(ladder, rung, unit) for rung in ladder.rungs),
    )


def _step_row(ladder: Ladder, rung: Rung, unit: str) -> tuple[Cell, ...]:
    seconds = value_of(rung.finding.min_seconds_per_call)
    ratio, found = rung.speedup_over_previous, rung.diagnosis
    cause = found.cause if found else None
    return (
        Cell.of(label(rung.finding.arm.case, ladder.group)),
        Cell(value=seconds, text=seconds_in(unit, seconds)),
        value_cell(ratio, ratio_text(ratio)),
        Cell.of(label(rung.previous, ladder.group) if rung.previous else None),
        *bound_cells(ratio),
        Cell(value=cause, text=cause or _uncaused(rung)),
        *_range_cells(found.share if found and cause else None),
    )


def _uncaused(rung: Rung) -> str:
    """Return what stands in the place of a cause: where lines of the user's own tell where the time goes, that."""
    if hot_lines.stand_for(rung):
        return "its own lines"
    return "not explained" if rung.diagnosis else DASH


def _range_cells(share: Share | None) -> tuple[Cell, Cell, Cell]:
    """Return a share, shown as its range as in ``45-52 %``, and its ends."""
    if share is None:
        return Cell.of(None), Cell.of(None), Cell.of(None)
    return Cell(value=share.value, text=range_text(share)), Cell.of(share.low), Cell.of(share.high)


def _share(value: float | None) -> Cell:
    return Cell(value=value, text=DASH if value is None else f"{100 * value:.0f} %")


def _amounts(ladder: Ladder, groups: Sequence[GroupFindings]) -> Table:
    amounts = [rung.amounts for rung in ladder.rungs]
    unit, size = middle_unit([byte for one in amounts for byte in (one.allocated_bytes, one.peak_bytes)], "B")
    return Table(
        name=named("counts", ladder.group, groups),
        title=titled("Counts of one evaluation", ladder.group, groups),
        columns=(
            _IMPLEMENTATION,
            _column("numpy_calls", "NumPy calls"),
            _column("indexings", "indexings"),
            _column("allocated_bytes", f"allocated [{unit}]"),
            _column("peak_bytes", f"peak [{unit}]"),
            _column("minor_faults", "faults"),
            Column(name="allocations", header="allocations", shown=False),
            Column(name="moved_bytes", header="moved", shown=False),
            Column(name="mixed_order_calls", header="mixed", shown=False),
            Column(name="seconds_at_smallest_size", header="at 1", shown=False),
        ),
        rows=tuple(
            (Cell.of(label(rung.finding.arm.case, ladder.group)), *_amount_cells(rung.amounts, size))
            for rung in ladder.rungs
        ),
    )


def _amount_cells(amounts: Amounts, size: float) -> tuple[Cell, ...]:
    """Return the cells of one implementation, bytes in a unit of that size."""
    return (
        Cell.whole(amounts.numpy_calls),
        Cell.whole(amounts.indexings),
        _bytes(amounts.allocated_bytes, size),
        _bytes(amounts.peak_bytes, size),
        Cell(value=amounts.faults, text=DASH if amounts.faults is None else f"{amounts.faults:.0f}"),
        Cell.whole(amounts.allocations),
        Cell.whole(amounts.moved_bytes),
        Cell.whole(amounts.mixed_calls),
        Cell.of(amounts.smallest_s),
    )


def _bytes(value: int | None, size: float) -> Cell:
    return Cell(value=value, text=significant(None if value is None else value / size))


def _shares(ladder: Ladder, groups: Sequence[GroupFindings]) -> Table:
    return Table(
        name=named("shares", ladder.group, groups),
        title=titled("Shares of the time, estimated", ladder.group, groups),
        columns=(
            _IMPLEMENTATION,
            *(column for name, header in _PARTS.values() for column in (_column(name, header), *bound_columns(name))),
            _column(REST, "rest"),
        ),
        rows=tuple(
            (Cell.of(label(rung.finding.arm.case, ladder.group)), *_share_cells(rung.diagnosis))
            for rung in ladder.rungs
        ),
    )


#: Cause -> the column of its share, for programs and for people.
_PARTS = {
    Cause.OVERHEAD: ("call_overhead", "calls"),
    Cause.FAULTS: ("page_faults", "faults"),
    Cause.MEMORY: ("memory_traffic", "memory"),
    Cause.INSIDE: ("inside_numpy", "inside"),
    Cause.ARITHMETIC: ("arithmetic", "arithmetic"),
}


def _share_cells(found: Diagnosis | None) -> tuple[Cell, ...]:
    parts = (found.shares[cause] if found else None for cause in _PARTS)
    return (*(cell for part in parts for cell in _range_cells(part)), _share(found.unexplained if found else None))


def _rates(ladder: Ladder, groups: Sequence[GroupFindings]) -> Table:
    return Table(
        name=named("rates", ladder.group, groups),
        title=titled("Rates", ladder.group, groups),
        columns=(
            _IMPLEMENTATION,
            _column("flops_per_second", "GFLOP/s"),
            _column("flops_in_blas", "in BLAS"),
            _column("bytes_per_second", "GB/s"),
        ),
        rows=tuple(
            (
                Cell.of(label(rung.finding.arm.case, ladder.group)),
                Cell(value=rung.amounts.flops_per_s, text=_giga(rung.amounts.flops_per_s)),
                _share(rung.amounts.blas_share),
                Cell(value=rung.amounts.bytes_per_s, text=_giga(rung.amounts.bytes_per_s)),
            )
            for rung in ladder.rungs
        ),
    )


def _giga(value: float | None) -> str:
    return significant(None if value is None else value * 1e-9)


def calls(ladder: Ladder, groups: Sequence[GroupFindings]) -> Table | None:
    """Return what NumPy is called for, as far as it takes a share of the time; None where nothing was seen."""
    rows = []
    for rung in ladder.rungs:
        seen = seen_calls(rung.worker) or ()
        total = sum(call.ns for call in seen) or 1
        rows += [_call_row(ladder, rung, call, total) for call in seen if call.ns >= _LEAST_SHOWN * total]
    if not rows:
        return None
    return Table(
        name=named("calls", ladder.group, groups),
        title=titled("Calls of NumPy", ladder.group, groups),
        columns=(
            _IMPLEMENTATION,
            Column(name="call", header="call", right=False),
            Column(name="operands", header="on", right=False),
            _column("times", "times"),
            _column("share_of_numpy_time", "of NumPy's time"),
            _column("flops_per_second", "GFLOP/s"),
            _column("bytes_per_second", "GB/s"),
            Column(name="kind", header="kind", right=False, shown=False),
            Column(name="seconds", header="seconds", shown=False),
        ),
        rows=tuple(rows),
    )


def _call_row(ladder: Ladder, rung: Rung, call: Call, total: int) -> tuple[Cell, ...]:
    product = call.kind == CallKind.PRODUCT
    flops = call.flops / call.ns * 1e9 if product and call.ns else None
    moved = call.bytes / call.ns * 1e9 if not product and call.bytes and call.ns else None
    return (
        Cell.of(label(rung.finding.arm.case, ladder.group)),
        Cell.of(call.name),
        Cell.of(" x ".join(call.operands)),
        Cell.whole(call.times),
        _share(call.ns / total),
        Cell(value=flops, text=_giga(flops)),
        Cell(value=moved, text=_giga(moved)),
        Cell.of(str(call.kind)),
        Cell.of(call.ns * 1e-9),
    )
