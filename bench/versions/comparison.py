"""From what a gate measured to what may be said of two versions. Pure."""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial
from math import log1p

from msgspec import Struct
from msgspec.structs import replace

from ..analyse import remembering
from ..stats import intervals
from ..stats.gate import Decision
from ..stats.intervals import Estimate
from ..store import selectors
from ..store.records import Role, Round
from ..store.worker_records import Outcome, Worker
from .benchmarks import SAME, Skipped, arm_name
from .both import both, has_changed, medians
from .changes import Changes, changes, explained
from .measured import Measured
from .memory import USUAL, Memory, MemoryLimits, MemoryStanding, memory
from .native import Doubt
from .standing import Standing, fate, is_wrong_in_both


class Compared(Struct, frozen=True, kw_only=True):
    """One benchmark: where HEAD stands against BASE."""

    name: str
    title: str
    standing: Standing
    outcome: Outcome
    """The worse of both sides'."""
    reason: str | None
    log_ratio: Estimate | None
    """log(HEAD / BASE) with its 95 % interval, from the rounds that decided: fresh ones where it was a suspect."""
    rounds: int
    suspect: bool
    log_ratios: tuple[float, ...]
    min_seconds_per_call: tuple[float, float] | None
    """Of BASE and HEAD, from burst minima as the ratio: medians over rounds."""
    faults_per_call: tuple[float, float] | None
    """Minor page faults of BASE and HEAD, medians over rounds."""
    counts: tuple[str, ...]
    """Changes of counts, which need no statistics."""
    margin: float
    """The smallest slowdown that matters, as it was judged by."""
    takes_arrays: bool = True
    """Whether an array was seen among its inputs, or nothing was seen of them."""
    memory: Memory | None = None
    """None where a side has not ended well."""
    in_both: bool = False
    """Whether both sides are wrong: that is nothing new."""
    changes: Changes | None = None
    """What HEAD does otherwise; None where that was not asked for, or could not be seen."""


class Comparison(Struct, frozen=True, kw_only=True):
    """What may be said of two versions."""

    base: str
    head: str
    margin: float
    """The usual one, of those that have none of their own."""
    compared: tuple[Compared, ...]
    skipped: tuple[Skipped, ...]
    noise: Estimate | None
    """Log-ratio of BASE to itself over the rounds in which it was measured twice."""
    resolved: float | None
    warnings: tuple[str, ...]
    seconds: float
    overtime_s: float = 0.0
    """Seconds that the gate took beyond its budget, because the machine was busy."""
    among_tests: tuple[str, ...] = ()
    """Problems among tests, which nobody named."""
    unbuilt: str | None = None
    """What is said of sources that differ and that were not compiled for each side: both may run the same code."""
    memory_limits: MemoryLimits = USUAL
    is_explained: bool = False
    """Whether it was asked what HEAD does otherwise."""
    command: tuple[str, ...] = ()
    """What the user typed; empty where nobody did."""

    @property
    def least_margin(self) -> float:
        """The smallest margin that anything was judged by."""
        return min((one.margin for one in self.compared), default=self.margin)

    @property
    def too_noisy(self) -> bool:
        """Whether identical arms differed by more than one of the margins allows."""
        return self.resolved is not None and self.resolved > self.least_margin

    @property
    def nothing_comparable(self) -> bool:
        """Whether no benchmark has a time on both sides."""
        return len(self.of(Standing.NOT_COMPARABLE)) == len(self.compared)

    @property
    def failed(self) -> tuple[Skipped, ...]:
        """What could not even be started in HEAD, or has vanished from it."""
        return tuple(one for one in self.skipped if one.outcome == Outcome.FAILED)

    @property
    def lost(self) -> tuple[tuple[str, str], ...]:
        """Name and reason of what runs here in BASE and no longer in HEAD, through nobody's fault."""
        started = [(one.name, one.reason or "") for one in self.of(Standing.LOST)]
        return (*started, *((one.name, one.reason) for one in self.skipped if one.lost))

    def of_memory(self, *standings: MemoryStanding | None) -> tuple[Compared, ...]:
        """Return the benchmarks whose peak of memory is so beside that of BASE; None: nothing is known of it."""
        return tuple(one for one in self.compared if one.memory and one.memory.standing in standings)

    @property
    def larger(self) -> tuple[Compared, ...]:
        """Those whose larger peak of memory is a regression."""
        return self.of_memory(MemoryStanding.LARGER) if self.memory_limits.is_gated else ()

    @property
    def memory_in_doubt(self) -> tuple[Compared, ...]:
        """Those of which it is asked whether their peak is larger, and cannot be said."""
        return self.of_memory(MemoryStanding.UNDECIDED, None) if self.memory_limits.is_gated else ()

    def of(self, *standings: Standing) -> tuple[Compared, ...]:
        """Return the benchmarks of these standings."""
        return tuple(one for one in self.compared if one.standing in standings)


def doubted(found: Comparison, doubt: Doubt | None) -> Comparison:
    """Return the comparison in the light of sources that were not compiled for each side: what ran may be no side's."""
    if doubt is None or not (found.compared or found.skipped):
        return found
    why = doubt.remedy
    skipped = tuple(replace(one, reason=why) if one.reason == SAME else one for one in found.skipped)
    return replace(found, unbuilt=doubt.reason, skipped=skipped, warnings=(why, *found.warnings))


def noise_of(measured: Iterable[Measured]) -> Estimate | None:
    """Return the A/A estimate, from all rounds that measured a benchmark's BASE twice."""
    ratios = [ratio for one in measured for ratio in one.all_ratios(Role.AGAIN)]
    return intervals.hodges_lehmann(ratios) if ratios else None


def warnings(measured: Iterable[Measured]) -> Iterator[str]:
    """Yield what is doubtful of each benchmark, and how many of its rounds do not count, by reason."""
    for one in measured:
        name = one.benchmark.case.id
        head = arm_name(name, Role.CASE)
        workers = (worker for held in one.screening for worker in held.workers if worker.arm == head)
        for said in (one.doubt, one.relaid, remembering.warning(workers)):
            if said:
                yield f"{name}: {said}"
        reasons = [held.discarded for held in one.discarded]
        for reason in dict.fromkeys(reasons):
            yield f"{name}: rounds that do not count: {reasons.count(reason)}, because {reason}"


def compared(one: Measured, margin: float, resolved: float | None, *, memory_limits: MemoryLimits = USUAL) -> Compared:
    """Return where a benchmark stands.

    Parameters
    ----------
    one
        What the gate measured and decided.
    margin
        The smallest slowdown that matters, of this benchmark.
    resolved
        The smallest difference that the machine showed it can tell; a slowdown below it is undecided.
    memory_limits
        What peaks of memory are held to.
    """
    name = one.benchmark.case.id
    ratios = one.ratios
    estimate = intervals.hodges_lehmann(ratios) if ratios else None
    standing, outcome, reason = fate(one) or (None, Outcome.OK, one.reason)
    if standing is None:
        standing = _standing(one.decision, estimate, margin, resolved or 0.0)
    timed = outcome == Outcome.OK
    everything = (*one.screening, *one.confirming)
    seconds = medians(both(everything, name, _seconds)) if timed else None
    faults = both(everything, name, selectors.faults_per_call) if timed else []
    seen = explained(everything, name) if timed else None
    differing = medians(faults) if has_changed(faults) else None
    return Compared(
        name=name,
        title=one.benchmark.title,
        standing=standing,
        outcome=outcome,
        reason=reason,
        log_ratio=estimate if timed else None,
        rounds=len(ratios),
        suspect=one.suspect,
        log_ratios=ratios,
        min_seconds_per_call=seconds,
        faults_per_call=medians(faults),
        counts=tuple(_counted(everything, name)) if timed else (),
        margin=margin,
        takes_arrays=selectors.take_arrays(everything),
        memory=memory(one, memory_limits) if timed else None,
        in_both=is_wrong_in_both(one),
        changes=changes(seen, seconds=seconds, faults=differing) if seen else None,
    )


def acquitted(found: Sequence[Compared], measured: Sequence[Measured]) -> tuple[Compared, ...]:
    """Return what was compared, none blamed for what differs from a result that HEAD and BASE do not agree on.

    Without a reference all are held against HEAD's baseline, which is among them where all are measured.

    Parameters
    ----------
    found
        What `compared` gave of each.
    measured
        What that was given.
    """
    changed = {one.name for one in found if one.standing == Standing.DIFFERENT}
    return tuple(_acquitted(*both, changed) for both in zip(found, measured, strict=True))


def _acquitted(one: Compared, measured: Measured, changed: Container[str]) -> Compared:
    benchmark = measured.benchmark
    baseline = replace(benchmark.case, implementation=benchmark.head.problem.baseline).id
    if baseline not in changed or not is_wrong_in_both(measured):
        return one
    reason = f"held against {baseline}, of which HEAD and BASE give different results"
    return replace(one, standing=Standing.NOT_COMPARABLE, reason=reason)


def _standing(decision: Decision, estimate: Estimate | None, margin: float, resolved: float) -> Standing:
    interval = estimate.interval if estimate else None
    if decision == Decision.UNDECIDED or interval is None:
        return Standing.UNDECIDED
    if decision == Decision.SLOWER:
        return Standing.SLOWER if interval.low > log1p(max(margin, resolved)) else Standing.UNDECIDED
    if interval.high < -log1p(max(margin, resolved)):
        return Standing.FASTER
    return Standing.EQUIVALENT if interval.low > -log1p(margin) else Standing.NOT_SLOWER


def _count(field: str, worker: Worker) -> float | None:
    counted: float | None = getattr(worker.counts, field, None)
    return counted


def _seconds(worker: Worker) -> float | None:
    return selectors.min_seconds_per_call(worker) if worker.bursts else None


def _counted(rounds: Sequence[Round], name: str) -> Iterator[str]:
    """Yield what is said of the counts that have changed: page faults of all rounds, allocations of the first ones."""
    yield from _changes("minor page faults a call", both(rounds, name, selectors.faults_per_call))
    for field, what in (("allocations", "allocations of arrays a call"), ("allocated_bytes", "bytes of these a call")):
        yield from _changes(what, both(rounds, name, partial(_count, field)))


def _changes(what: str, pairs: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    """Return the finding that a count has changed, if it has."""
    if not has_changed(pairs):
        return ()
    base, head = medians(pairs) or (0.0, 0.0)
    often = f" in all {len(pairs)} rounds" if len(pairs) > 1 else ""
    return (f"{what}: {base:,.0f} -> {head:,.0f}{often}",)
