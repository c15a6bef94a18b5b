"""From a run in which was counted what each implementation does, to why each is as fast as it is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from math import log

from msgspec import Struct
from msgspec.structs import replace

from ..problems.case import Case
from ..store.profile_records import Line
from ..store.records import Left, Run
from ..store.worker_records import Worker
from .amounts import QUANTITIES, Amounts, Unit, amounts
from .diagnosis import NOTABLE_SHARE, CostRange, Diagnosis, diagnose
from .findings import Finding, GroupFindings, estimate
from .hot_lines import Accounted, accounted
from .roofline import peak, roofs_of
from .source_facts import SourceFacts, source_facts
from .verdict import Ratio

#: What changes by less than this factor, or by less than this, from one rung to the next explains nothing.
LEAST_CHANGE, LEAST_DIFFERENCE = 1.3, 2

#: By which quantities a step of the ladder is explained.
_EXPLAINING = (
    *("NumPy calls", "page faults", "allocated bytes", "bytes moved outside BLAS", "calls that mix C and F order"),
    *("GFLOP/s in BLAS", "GB/s outside BLAS"),
)

#: What is said of some of them where BLAS does anything.
_BESIDE = " outside BLAS"

#: Those of them that take time by page faults alone.
_FAULTING = ("page faults", "allocated bytes")

#: So many changes are reported, the largest.
MOST_CHANGES = 3


class CountChange(Struct, frozen=True, kw_only=True):
    """A count or rate that is another than on the rung before."""

    what: str
    unit: Unit
    before: float
    after: float

    @property
    def size(self) -> float:
        """How much it changed, as the logarithm of a factor; small counts weigh less."""
        return abs(log((self.after + 1) / (self.before + 1)))


class Rung(Struct, frozen=True, kw_only=True):
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
    accounted: Accounted | None
    """Lines, of the slower of the two, in which the difference to the rung before lies."""
    facts: SourceFacts | None
    """None where the run does not hold its source."""

    @property
    def seconds(self) -> float:
        """Its min time; 0 where that is unknown."""
        return _seconds(self.finding)

    @property
    def watched_s(self) -> float:
        """Of its min time, what its lines share: all, or the beginning that was watched."""
        return self.worker.lines_watched * self.seconds


class Ladder(Struct, frozen=True, kw_only=True):
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


class _Context(Struct, frozen=True, kw_only=True):
    """What the rungs of a ladder share."""

    run: Run
    group: GroupFindings
    costs: CostRange


def _rung(context: _Context, worker: Worker, finding: Finding, before: Rung | None) -> Rung:
    run, group, seconds = context.run, context.group, finding.min_seconds_per_call
    work = run.problem.work.get(group.name, {})
    does = amounts(worker, seconds=_seconds(finding), faults=finding.faults_per_call, work=work)
    diagnosis = None
    if worker.calls is not None and seconds is not None and not worker.own_clock:
        diagnosis = diagnose(seconds, worker.calls, context.costs, faults=finding.faults_per_call, work=work)
    logs, name = None, finding.arm.case.implementation
    names = _explaining(context.costs, before, does, _seconds(finding)) if before else ()
    if before:
        logs = estimate(group.rounds.log_ratios(finding.arm, before.finding.arm), run.settings.stopping)
    return Rung(
        finding=finding,
        worker=worker,
        costs=context.costs,
        amounts=does,
        diagnosis=diagnosis,
        previous=before.finding.arm.case if before else None,
        speedup_over_previous=Ratio.of(logs).inverse() if logs else None,
        changes=_changes(before.amounts, does, names, faster=logs is None or logs.value < 0) if before else (),
        accounted=_accounted(before, worker, diagnosis, _seconds(finding)) if before else None,
        facts=source_facts(name, run.sources.get(name, {})),
    )


def _accounted(before: Rung, worker: Worker, diagnosis: Diagnosis | None, seconds: float) -> Accounted | None:
    """Return the lines of the slower of two rungs in which a large difference lies, if no count is its cause."""
    both = [(before.seconds, before.worker, before.diagnosis), (seconds, worker, diagnosis)]
    (fast_s, faster, _), (slow_s, slower, found) = sorted(both, key=lambda one: one[0])
    if slow_s < LEAST_CHANGE * fast_s or (found and found.cause):
        return None
    return accounted(_whole(slower), slow_s, _whole(faster), fast_s)


def _whole(worker: Worker) -> Sequence[Line] | None:
    """Return its lines where they were watched from the beginning to the end."""
    return worker.lines if worker.lines_watched == 1 else None


def _explaining(costs: CostRange, before: Rung, after: Amounts, seconds: float) -> Sequence[str]:
    """Return the quantities that may explain a difference: what takes time by page faults only where that is notable.

    A fault is taken to cost the most that any worker measured.
    """
    fault_ns, old, new = costs.high.fault_ns, before.amounts.faults, after.faults
    saved_s = 0.0 if fault_ns is None or old is None or new is None else (old - new) * fault_ns * 1e-9
    difference_s = before.seconds - seconds
    if saved_s * difference_s > 0 and abs(saved_s) >= NOTABLE_SHARE * abs(difference_s):
        return _EXPLAINING
    return [one for one in _EXPLAINING if one not in _FAULTING]


def _changes(before: Amounts, after: Amounts, names: Iterable[str], *, faster: bool) -> tuple[CountChange, ...]:
    """Return which quantities have changed by LEAST_CHANGE or more, and by more than one or two, as the time has.

    Counts come before rates, the largest changes first. What has changed the other way (more calls, and yet faster)
    explains nothing.
    """
    found = []
    beside = "" if before.product_flops_per_s or after.product_flops_per_s else _BESIDE
    for quantity in (QUANTITIES[name] for name in names):
        old, new = quantity.of(before), quantity.of(after)
        if old is not None and new is not None and abs(new - old) >= LEAST_DIFFERENCE:
            least, most = sorted((old, new))
            better = (new < old) == (quantity.unit != Unit.RATE)
            if most >= LEAST_CHANGE * least and better == faster:
                what = quantity.name.removesuffix(beside)
                found.append(CountChange(what=what, unit=quantity.unit, before=old, after=new))
    return tuple(sorted(found, key=lambda one: (one.unit == Unit.RATE, -one.size))[:MOST_CHANGES])


def better(ladder: Ladder, rung: Rung, *whats: str) -> Rung | None:
    """Return the first rung after one that is faster and has half of each count, or a better rate; None without one."""
    quantities = [QUANTITIES[what] for what in whats]
    own = [quantity.of(rung.amounts) for quantity in quantities]
    if rung not in ladder.rungs or not all(own):
        return None
    for other in ladder.rungs[ladder.rungs.index(rung) + 1 :]:
        values = [quantity.of(other.amounts) for quantity in quantities]
        each = zip(quantities, values, own, strict=True)
        if other.seconds < rung.seconds and all(
            value is not None and than is not None and quantity.is_better(value, than) for quantity, value, than in each
        ):
            return other
    return None
