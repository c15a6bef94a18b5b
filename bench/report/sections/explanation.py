"""Why each implementation is as fast as it is: what it does, what that costs, and what the next one does otherwise."""

from collections.abc import Sequence

from ...analyse.amounts import Amounts, seen_calls
from ...analyse.analysis import Analysis
from ...analyse.diagnosis import Cause, Diagnosis, Share
from ...analyse.explanation import Ladder, Rung
from ...analyse.findings import GroupFindings
from ...store.worker_records import Call, CallKind
from ...units import DASH, middle_unit, seconds_in, significant, time_unit
from ..chart import Chart
from ..charts import ladder, time_shares
from ..estimates import bound_cells, bound_columns, value_cell, value_of
from ..parts import Cell, Column, Figure, Section, Table
from ..phrases import label, named, ratio_text, titled
from . import advice, answer
from .reasons import left_out, profilers, range_text, sentences
from .subject import Subject

#: A call is shown to people if it takes such a share of the time inside NumPy.
_LEAST_SHOWN = 0.02


def section(analysis: Analysis) -> Section | None:
    """Return why, with what NumPy is called for; None where nothing was counted."""
    found = analysis.ladders
    if not found:
        return None
    paragraphs = tuple(text for one in found for text in (*sentences(one), *profilers(one), *left_out(one)))
    tables = tuple(
        table
        for one in found
        for table in (*_tables(one, analysis.groups), _calls(one, analysis.groups))
        if table is not None
    )
    figures = tuple(_figure(analysis, chart) for chart in time_shares.charts(analysis))
    return Section(title="Why", paragraphs=(*paragraphs, _METHOD), tables=tables, figures=figures)


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return where the time goes, then what each step brings."""
    return (*time_shares.charts(analysis), *ladder.charts(analysis))


def _figure(analysis: Analysis, chart: Chart) -> Figure:
    group = analysis.groups[int(chart.id.rpartition("-")[2])]
    return Figure(name=named("shares", group, analysis.groups), caption=chart.caption, charts=(chart,))


def brief(analysis: Analysis) -> tuple[Section, ...]:
    """Return what a terminal shows: the answer, the tables, and a sentence for each implementation.

    The answer is who is the fastest, and what to do.
    """
    found = analysis.ladders
    parts = [
        part
        for one in found
        for part in (
            Section(title="Ladder", tables=tuple(table.for_people() for table in _tables(one, analysis.groups))),
            Section(title="Why", paragraphs=(*sentences(one), *profilers(one), *left_out(one))),
        )
    ]
    answered = (answer.section(analysis), advice.section(analysis))
    return (*(one for one in answered if one is not None), *parts)


_METHOD = (
    "Counts are exact, of one evaluation. Shares of the time are estimates: calls times the time of a call on arrays "
    "of one number; page faults times the time of a fault; the time inside matrix products (arithmetic) and inside all "
    "other calls, seen in a pass that was not timed otherwise: memory, where they move their bytes at a quarter of the "
    "rate of an element-wise sum or more, else what NumPy computes (inside). What compiled code does within itself is "
    "put down as the least it can take. In brackets, and in tables with a dash between, the range that the interval of "
    "the min time and the costs, as each worker measured them, leave a share. GB/s are of the bytes that any "
    "implementation must move."
)


def _tables(ladder: Ladder, groups: Sequence[GroupFindings]) -> tuple[Table, ...]:
    """Return the ladder, what each rung does, where its time goes, and rates; all fit 80 columns and names of 20."""
    return _steps(ladder, groups), _amounts(ladder, groups), _shares(ladder, groups), _rates(ladder, groups)


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
        Cell(value=cause, text=cause or ("not explained" if found else DASH)),
        *_range_cells(found.share if found and cause else None),
    )


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
            _column("not_explained", "rest"),
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


def _calls(ladder: Ladder, groups: Sequence[GroupFindings]) -> Table | None:
    """Return what NumPy is called for, as far as it takes a share of the time; None where nothing was seen."""
    rows = []
    for rung in ladder.rungs:
        calls = seen_calls(rung.worker) or ()
        total = sum(call.ns for call in calls) or 1
        rows += [_call_row(ladder, rung, call, total) for call in calls if call.ns >= _LEAST_SHOWN * total]
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


SUBJECT = Subject(
    id="why",
    title="Why: where the time goes, and what each step brings",
    section=section,
    charts=charts,
    place=50,
    shown="charts",
    charts_of_one_size=True,
)
