"""Which share of this machine's limits each implementation reaches, as text, tables and the roofline figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from ...analyse.roofline import Doubt, Placed, Roof, Roofline, peak
from ...machine.hardware import BEYOND_CACHES
from ...stats.intervals import Interval, Uncertain
from ...store.records import Run
from ...units import DASH, amount, significant
from ..chart import Chart
from ..charts.roofline import charts, interval_text, share_text
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Figure, Section, Table, code, plain
from ..phrases import bytes_of, group_label, label, limit_name, named, titled
from .subject import Subject

#: Resource -> its rate's unit, and what is done with it.
_RATES = {"flops": "FLOP/s", "bytes": "B/s"}
_DOING = {"flops": "computing", "bytes": "moving bytes"}


def section(analysis: Analysis) -> Section | None:
    """Return a table of implementations, a table of limits and a figure for each group with limits."""
    found = analysis.rooflines
    if not found:
        return _without_work(analysis)
    tables: list[Table] = []
    for one in found:
        tables += [_implementations(one, analysis.groups), _limits(one, analysis.groups)]
    return Section(
        title="Share of what this machine allows",
        paragraphs=(_meaning(), *(text for one in found for text in _told(analysis.run, one))),
        tables=tuple(tables),
        figures=tuple(_figure(analysis, chart) for chart in charts(analysis)),
    )


def brief(analysis: Analysis) -> Section | None:
    """Return what a terminal shows."""
    found = analysis.rooflines
    if not found:
        return _without_work(analysis)
    return Section(
        title="Share of what this machine allows",
        paragraphs=tuple(text for one in found for text in (_work(one), *doubts(one, one.placed))),
        tables=tuple(
            table.for_people()
            for one in found
            for table in (_implementations(one, analysis.groups), _limits(one, analysis.groups))
        ),
    )


def told(analysis: Analysis) -> str | None:
    """Return what stands against the shares; None where nothing does."""
    return " ".join(text for one in analysis.rooflines for text in doubts(one, one.placed)) or None


def _without_work(analysis: Analysis) -> Section | None:
    """Return what a problem lacks for a share that was asked for; None where it lacks nothing."""
    if not analysis.run.settings.roofline or any(analysis.run.problem.work.values()):
        return None
    text = (
        f"No share is given: {plain(analysis.run.problem.name)} does not say what has to be computed and moved. A "
        'function work(size, dtype) of the problem, which returns {"flops": ..., "bytes": ...} of one call, does.'
    )
    return Section(title="Share of what this machine allows", paragraphs=(text,))


def sentence(found: Roofline) -> str | None:
    """Return which share of what the machine allows the fastest reaches; None where none has a share."""
    able = [one for one in found.placed if (one.share or one.doubt) and not one.finding.reference_blas]
    if not able:
        return None
    best = able[0]
    if best.doubt is not None:
        return doubts(found, able[:1])[0]
    resource = found.binding.limit.resource
    rate = best.flops_per_second if resource == "flops" else best.bytes_per_second
    reached, most = (amount(value, _RATES[resource]) for value in (rate, found.binding.rate.value))
    return (
        f"{_name(best, found)} reaches {share_text(best)} of what this machine allows: {reached} of {most}, "
        f"where {_DOING[resource]} is the limit."
    )


def doubts(found: Roofline, placed: Sequence[Placed]) -> list[str]:
    """Return a warning for each kind of doubt about the shares of some implementations."""
    texts = []
    for doubt in Doubt:
        names = ", ".join(_name(one, found) for one in placed if one.doubt == doubt)
        shares = ", ".join(f"{_name(one, found)} at {interval_text(one.share)}" for one in placed if one.doubt == doubt)
        if names:
            texts.append(_DOUBTS[doubt](found.binding, shares if doubt == Doubt.ABOVE else names))
    return texts


def _waited(binding: Roof, names: str) -> str:
    return (
        f"Warning: no share of what this machine allows is given for {names}. The limit, {limit_name(binding.limit)}, "
        "is uncertain: it waited for a CPU, so that even its fastest calls took "
        f"{significant(binding.waited)} times the CPU time that they used. Measure again while no other program "
        "computes (`implbench doctor`)."
    )


def _rounds_differ(binding: Roof, names: str) -> str:
    ends = binding.rate.interval
    span = f", {_span(ends, binding.limit.resource)} over the rounds," if ends else ""
    return (
        f"Warning: no share for {names}. Beside the limit, {limit_name(binding.limit)}{span} its time differs too much "
        "from round to round: measure again with more rounds, or while nothing else computes (`implbench doctor`)."
    )


def _span(ends: Interval, resource: str) -> str:
    return f"{amount(ends.low, _RATES[resource])} to {amount(ends.high, _RATES[resource])}"


def _above(binding: Roof, shares: str) -> str:
    rate = amount(binding.rate.value, _RATES[binding.limit.resource])
    return (
        f"Warning: above 100 %, which a true limit does not allow: {shares} of {rate}, {limit_name(binding.limit)}. "
        "Either this limit is too low (it is what NumPy and its BLAS reach, not what the silicon could do), or `work` "
        "in problem.py counts more than has to be done, or the implementation does not compute all of it on each call."
    )


_DOUBTS = {Doubt.WAITED: _waited, Doubt.ROUNDS_DIFFER: _rounds_differ, Doubt.ABOVE: _above}


def _name(one: Placed, found: Roofline) -> str:
    return code(label(one.finding.arm.case, found.group))


def _meaning() -> str:
    return (
        "The limits were measured in the same rounds, in fresh workers of their own, with the same dtype, threads and "
        "allocator; the bandwidth is that over arrays as large as the problem's, for cold caches that over large ones. "
        "The share is the shortest time that they allow (the problem's flops over the flop rate or its bytes over the "
        "bandwidth, whichever is longer: the roofline of Williams, Waterman and Patterson, 2009) over the time of the "
        "implementation, from burst minima paired within rounds; in brackets its 95 % interval over rounds. Rates are "
        "of the problem's own flops and of the bytes that any implementation must move, from the same minima."
    )


def _told(run: Run, found: Roofline) -> list[str]:
    """Return what is to be known of one group's roofs."""
    paragraphs = [_work(found)]
    largest = max(bytes_of(roof.limit) for roof in found.roofs)
    cache = _last_cache(run)
    if largest and cache and largest < BEYOND_CACHES * cache:
        paragraphs.append(
            f"The largest arrays, {amount(largest, 'B')} together, are not {BEYOND_CACHES} times as large as the "
            f"last-level cache of {amount(cache, 'B')} that this machine reports: their bandwidth may partly be its."
        )
    paragraphs += [f"Not measured: {limit_name(limit)} ({plain(reason)})." for limit, reason in found.missing]
    return paragraphs + doubts(found, found.placed)


def _work(found: Roofline) -> str:
    """Return the work of a call and on which side of the ridge it lies."""
    work, ridge = found.work, found.ridge
    amounts = f"{amount(work['flops'], 'FLOP')} and {amount(work['bytes'], 'B')} a call"
    text = f"{group_label(found.group)}: {amounts}, {significant(found.intensity)} flops a byte"
    if ridge is not None:
        text += f"; computing and moving bytes take equally long at {significant(ridge)}"
    resource, rate = found.binding.limit.resource, found.binding.rate.value
    most = f"{amount(rate, _RATES[resource])} ({limit_name(found.binding.limit)})"
    return f"{text}, so {_DOING[resource]} is the limit: {most}."


def _implementations(found: Roofline, groups: Sequence[GroupFindings]) -> Table:
    several = len(found.group.layouts) > 1
    return Table(
        name=named("roofline", found.group, groups),
        title=titled("Share of what this machine allows", found.group, groups),
        columns=(
            Column(name="case", header="case", shown=False),
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=several),
            Column(name="flops_per_second", header="GFLOP/s"),
            Column(name="bytes_per_second", header="GB/s"),
            Column(name="flops_per_byte", header="flops/byte", dispensable=2),
            Column(name="share_of_attainable", header="share of attainable [%]"),
            *bound_columns("share_of_attainable", "share, "),
            Column(name="limit", header="limited by", right=False, dispensable=1),
            Column(name="doubt", header="doubt", right=False, shown=False),
        ),
        rows=tuple(_row(one, found) for one in found.placed),
    )


def _row(one: Placed, found: Roofline) -> tuple[Cell, ...]:
    case = one.finding.arm.case
    return (
        Cell.of(case.id),
        Cell.of(case.contender),
        Cell.of(case.layout),
        Cell(value=one.flops_per_second, text=significant(one.flops_per_second / 1e9)),
        Cell(value=one.bytes_per_second, text=significant(one.bytes_per_second / 1e9)),
        Cell(value=found.intensity, text=significant(found.intensity)),
        value_cell(one.share, _share_cell(one)),
        *bound_cells(one.share),
        Cell.of(_DOING[found.binding.limit.resource]),
        Cell.of(one.doubt),
    )


def _share_cell(one: Placed) -> str:
    """Return a share in percent; a dash where none is given."""
    return "above 100?" if one.doubt == Doubt.ABOVE else _scaled_text(one.share, 0.01)


def _limits(found: Roofline, groups: Sequence[GroupFindings]) -> Table:
    return Table(
        name=named("limits", found.group, groups),
        title=titled("Limits of this machine", found.group, groups),
        columns=(
            Column(name="limit", header="limit", right=False),
            Column(name="flops_per_second", header="GFLOP/s"),
            Column(name="bytes_per_second", header="GB/s"),
            Column(name="per_second", header="rate", shown=False),
            *bound_columns("per_second", "rate, "),
            Column(name="unit", header="unit", right=False, shown=False),
            Column(name="set_bytes", header="arrays [bytes]", shown=False),
            Column(name="use", header="use", right=False),
        ),
        rows=tuple(_limit_row(roof, found) for roof in found.roofs),
    )


def _limit_row(roof: Roof, found: Roofline) -> tuple[Cell, ...]:
    rate = value_cell(roof.rate, _scaled_text(roof.rate, 1e9))
    highest = peak(found.roofs, roof.limit.resource) is roof
    use = "the limit" if roof is found.binding else "roof" if highest else "for comparison"
    return (
        Cell.of(limit_name(roof.limit)),
        *(rate if of == roof.limit.resource else Cell.of(None) for of in _RATES),
        Cell.of(roof.rate.value),
        *bound_cells(roof.rate),
        Cell.of(_RATES[roof.limit.resource]),
        Cell.of(bytes_of(roof.limit) or None),
        Cell.of(use),
    )


def _scaled_text(number: Uncertain | None, unit: float) -> str:
    """Return as in ``27.1 [26.8, 27.5]``: in a unit of that size, which the header names."""
    if number is None:
        return DASH
    ends = number.interval
    interval = f" [{significant(ends.low / unit)}, {significant(ends.high / unit)}]" if ends else ""
    return significant(number.value / unit) + interval


def _last_cache(run: Run) -> int | None:
    """Return the size of the last-level cache, as the machine reports it."""
    cpu = run.environment.get("cpu")
    caches: Any = cpu.get("caches") if isinstance(cpu, Mapping) else None
    sizes = [caches.get(f"l{level}_bytes") for level in (3, 2)] if isinstance(caches, Mapping) else []
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def _figure(analysis: Analysis, chart: Chart) -> Figure:
    """Return a chart as a picture, with the shares in its caption."""
    kind, _, place = chart.id.rpartition("-")
    found = analysis.rooflines[int(place)]
    numbers = "; ".join(f"{code(label(one.finding.arm.case, found.group))} {share_text(one)}" for one in found.placed)
    caption = f"{chart.caption} {numbers}."
    return Figure(name=named(kind, found.group, analysis.groups), caption=caption, charts=(chart,))


SUBJECT = Subject(
    id="roofline",
    title="Share of what this machine allows",
    section=section,
    charts=charts,
    place=60,
    shown="charts",
    told=told,
)
