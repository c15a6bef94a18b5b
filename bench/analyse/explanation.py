"""From a run in which was counted what each implementation does, to why each is as fast as it is. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import log

from ..problems.case import Case
from ..store.records import Left, Run
from ..store.worker_records import Call, CallKind, Worker
from .diagnosis import CostRange, Diagnosis, diagnose
from .findings import Finding, GroupFindings, estimate
from .roofline import peak, roofs_of
from .verdict import Ratio

#: What changes by less than this factor, or by less than this, from one rung to the next explains nothing.
LEAST_CHANGE, LEAST_DIFFERENCE = 1.3, 2

#: So many changes are reported, the largest.
MOST_CHANGES = 3

#: Where a smaller share of the work was seen, most is done by compiled code.
LEAST_SEEN = 0.5

#: An implementation does better than another with so small a share of its count, or so many times its rate.
_FEWER, _FASTER = 0.5, 1.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """What one evaluation does, added up; None is unknown."""

    numpy_calls: int | None
    """Of ufuncs and functions; slices and indices are counted apart."""
    indexings: int | None
    allocations: int | None
    allocated_bytes: int | None
    peak_bytes: int | None
    faults: float | None
    moved_bytes: int | None
    """Read and written by the calls that are no matrix products; None where compiled code does most of the work."""
    mixed_calls: int | None
    """Calls, other than products, on arrays of different memory order."""
    flops_per_s: float | None
    """Of the problem's own floating-point operations."""
    bytes_per_s: float | None
    """Of the bytes that any implementation must move."""
    blas_share: float | None
    """Share of the problem's floating-point operations that was done by BLAS; None where most were not seen."""
    seen_share: float | None
    """Share of the problem's floating-point operations that was seen."""
    smallest_s: float | None
    """Time of an evaluation with 1 in the place of the largest number of the size."""
    product_flops_per_s: float | None
    """Inside the matrix products."""
    pass_bytes_per_s: float | None
    """Inside the calls that are no matrix products."""


class Unit(StrEnum):
    """What a quantity is measured in."""

    NUMBER = "number"
    BYTES = "bytes"
    RATE = "rate"
    """In billions a second, of which the name says what; of all others less is better."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A count or rate in which implementations differ."""

    name: str
    unit: Unit
    of: Callable[[Amounts], float | None]

    def is_better(self, value: float, than: float) -> bool:
        """Return whether an implementation with `value` does much better than another."""
        return value >= _FASTER * than if self.unit == Unit.RATE else value <= _FEWER * than


def _billions(value: float | None) -> float | None:
    return value and value * 1e-9


#: By name.
QUANTITIES: Mapping[str, Quantity] = {
    name: Quantity(name=name, unit=unit, of=of)
    for name, unit, of in (
        ("NumPy calls", Unit.NUMBER, lambda one: one.numpy_calls),
        ("page faults", Unit.NUMBER, lambda one: one.faults),
        ("allocated bytes", Unit.BYTES, lambda one: one.allocated_bytes),
        ("bytes moved outside BLAS", Unit.BYTES, lambda one: one.moved_bytes),
        ("calls that mix C and F order", Unit.NUMBER, lambda one: one.mixed_calls),
        ("GFLOP/s in BLAS", Unit.RATE, lambda one: _billions(one.product_flops_per_s)),
        ("GB/s outside BLAS", Unit.RATE, lambda one: _billions(one.pass_bytes_per_s)),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CountChange:
    """A count or rate that is another than on the rung before."""

    what: str
    unit: Unit
    before: float
    after: float

    @property
    def size(self) -> float:
        """How much it changed, as the logarithm of a factor; small counts weigh less."""
        return abs(log((self.after + 1) / (self.before + 1)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One implementation: its time, what it does, and why it takes that long."""

    finding: Finding
    worker: Worker
    """That in which was counted."""
    costs: CostRange
    """As all workers of the group measured them; the rate of a product that of the limit, where that was measured."""
    amounts: Amounts
    diagnosis: Diagnosis | None
    """None where it was computed in another program, or its calls could not be seen."""
    previous: Case | None
    """That of the rung before; None on the first, and beside the ladder."""
    speedup_over_previous: Ratio | None
    changes: tuple[CountChange, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """The implementations of a group, in the order in which each improves on the one before."""

    group: GroupFindings
    rungs: tuple[Rung, ...]
    missing: tuple[Left, ...]
    uncounted: tuple[Finding, ...]
    """Measured, but wrong or failed, or not counted."""


def ladders(run: Run, groups: Sequence[GroupFindings]) -> tuple[Ladder, ...]:
    """Return a ladder for each group of a run that was made by ``implbench explain``."""
    workers = {worker.arm: worker for round_ in run.rounds for worker in round_.workers if worker.costs is not None}
    return tuple(
        _ladder(run, group, workers)
        for group in groups
        if any(finding.arm.name in workers and finding.min_seconds_per_call for finding in group.findings)
    )


def costs_of(run: Run, group: GroupFindings, workers: Iterable[Worker]) -> CostRange:
    """Return what things cost in a group, from at least one worker that measured it.

    Where the rate of the BLAS was measured as a limit, in every round, it is that: so a share of the limit and a share
    of the time in arithmetic say the same.
    """
    found = CostRange.of([worker.costs for worker in workers if worker.costs is not None])
    limit = peak(roofs_of(run, group), "flops")
    if limit is None or limit.uncertain:
        return found
    rate, ends = limit.rate.value, limit.rate.interval
    low, high = (ends.low, ends.high) if ends else (rate, rate)
    return CostRange(
        typical=replace(found.typical, product_flops_per_s=rate),
        low=replace(found.low, product_flops_per_s=high),
        high=replace(found.high, product_flops_per_s=low),
    )


def _ladder(run: Run, group: GroupFindings, workers: Mapping[str, Worker]) -> Ladder:
    counted = [finding for finding in group.findings if finding.arm.name in workers and finding.min_seconds_per_call]
    order = run.problem.ladder
    on_it = [one for one in counted if not order or one.arm.case.implementation in order]
    on_it.sort(key=lambda one: (order.index(one.arm.case.implementation) if order else 0, -_seconds(one)))
    beside = sorted((one for one in counted if one not in on_it), key=lambda one: -_seconds(one))
    costs = costs_of(run, group, (workers[one.arm.name] for one in counted))
    context = _Context(run=run, group=group, costs=costs)
    rungs: list[Rung] = []
    for one in on_it:
        rungs.append(_rung(context, workers[one.arm.name], one, rungs[-1] if rungs else None))
    rungs += [_rung(context, workers[one.arm.name], one, None) for one in beside]
    return Ladder(
        group=group,
        rungs=tuple(rungs),
        missing=group.left,
        uncounted=tuple(finding for finding in group.findings if finding not in counted),
    )


def _seconds(finding: Finding) -> float:
    return finding.min_seconds_per_call.value if finding.min_seconds_per_call else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Context:
    """What the rungs of a ladder share."""

    run: Run
    group: GroupFindings
    costs: CostRange


def _rung(context: _Context, worker: Worker, finding: Finding, before: Rung | None) -> Rung:
    run, group, seconds = context.run, context.group, finding.min_seconds_per_call
    work = run.problem.work.get(group.name, {})
    amounts = _amounts(finding, worker, work)
    diagnosis = None
    if worker.calls is not None and seconds is not None and not worker.own_clock:
        diagnosis = diagnose(seconds, worker.calls, context.costs, faults=finding.faults_per_call, work=work)
    logs = None
    if before:
        logs = estimate(group.rounds.log_ratios(finding.arm, before.finding.arm), run.settings.stopping)
    return Rung(
        finding=finding,
        worker=worker,
        costs=context.costs,
        amounts=amounts,
        diagnosis=diagnosis,
        previous=before.finding.arm.case if before else None,
        speedup_over_previous=Ratio.of(logs).inverse() if logs else None,
        changes=_changes(before.amounts, amounts, faster=logs is None or logs.value < 0) if before else (),
    )


def _amounts(finding: Finding, worker: Worker, work: Mapping[str, float]) -> Amounts:
    counts = None if worker.own_clock else worker.counts
    calls = None if worker.own_clock else worker.calls
    seconds, flops, moved = _seconds(finding), work.get("flops"), work.get("bytes")

    def total(value: Callable[[Call], float], *kinds: CallKind) -> int | None:
        return None if calls is None else int(sum(value(call) for call in calls if call.kind in kinds))

    others = [kind for kind in CallKind if kind not in (CallKind.PRODUCT, CallKind.INDEX)]
    seen, in_blas = total(lambda call: call.flops, *CallKind), total(lambda call: call.flops, CallKind.PRODUCT)
    seen_share = min(1.0, seen / flops) if seen is not None and flops else None
    most_seen = seen_share is None or seen_share >= LEAST_SEEN
    outside = total(lambda call: call.bytes, *others)
    observed_s = (total(lambda call: call.ns, *CallKind) or 0) * 1e-9
    slowed = max(1.0, observed_s / seconds) if seconds else 1.0  # by observing: the calls took no longer than the whole
    return Amounts(
        numpy_calls=total(lambda call: call.times, *others, CallKind.PRODUCT),
        indexings=total(lambda call: call.times, CallKind.INDEX),
        allocations=counts.allocations if counts else None,
        allocated_bytes=counts.allocated_bytes if counts else None,
        peak_bytes=counts.peak_bytes if counts else None,
        faults=finding.faults_per_call,
        moved_bytes=outside if most_seen else None,
        mixed_calls=total(lambda call: call.times * call.mixed, *others),
        flops_per_s=flops / seconds if flops else None,
        bytes_per_s=moved / seconds if moved else None,
        seen_share=seen_share,
        blas_share=min(1.0, in_blas / flops) if in_blas is not None and flops and most_seen else None,
        product_flops_per_s=_rate(in_blas, total(lambda call: call.ns, CallKind.PRODUCT), slowed),
        pass_bytes_per_s=_rate(outside, total(lambda call: call.ns, *others), slowed),
        smallest_s=None if worker.smallest_ns is None else worker.smallest_ns * 1e-9,
    )


def _rate(amount: int | None, ns: int | None, slowed: float) -> float | None:
    """Return an amount over a time in ns that was so many times too long, per second; None where there is none."""
    return amount / ns * slowed * 1e9 if amount and ns else None


def _changes(before: Amounts, after: Amounts, *, faster: bool) -> tuple[CountChange, ...]:
    """Return what has changed by LEAST_CHANGE or more, and by more than one or two, in the direction of the time.

    Counts come before rates, the largest changes first. What has changed the other way (more calls, and yet faster)
    explains nothing.
    """
    found = []
    for quantity in QUANTITIES.values():
        old, new = quantity.of(before), quantity.of(after)
        if old is not None and new is not None and abs(new - old) >= LEAST_DIFFERENCE:
            least, most = sorted((old, new))
            better = (new < old) == (quantity.unit != Unit.RATE)
            if most >= LEAST_CHANGE * least and better == faster:
                found.append(CountChange(what=quantity.name, unit=quantity.unit, before=old, after=new))
    return tuple(sorted(found, key=lambda one: (one.unit == Unit.RATE, -one.size))[:MOST_CHANGES])


def better(ladder: Ladder, rung: Rung, what: str) -> Case | None:
    """Return the first case after a rung that is faster and has half of a count, or a better rate; None without one."""
    quantity = QUANTITIES[what]
    own = quantity.of(rung.amounts)
    if rung not in ladder.rungs or not own:
        return None
    for other in ladder.rungs[ladder.rungs.index(rung) + 1 :]:
        count, faster = quantity.of(other.amounts), _seconds(other.finding) < _seconds(rung.finding)
        if faster and count is not None and quantity.is_better(count, own):
            return other.finding.arm.case
    return None
