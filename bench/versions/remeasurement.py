"""What a new version of an implementation turned out to be: right or wrong, how fast beside the one before it. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from ..analyse.findings import estimate
from ..analyse.verdict import Ratio, Verdict, judge
from ..problems.case import Case
from ..stats import intervals
from ..stats.intervals import Estimate
from ..store import selectors
from ..store.records import Arm, Round
from ..store.worker_records import Outcome, Worker


class Verified(Struct, frozen=True, kw_only=True):
    """What verification says of one case of a new version."""

    case: Case
    arm: Arm | None
    """None for a case that cannot be started."""
    outcome: Outcome
    reason: str | None
    error_over_tolerance: float | None


class Entry(Struct, frozen=True, kw_only=True):
    """One case of a new version, and what it is measured beside."""

    now: Arm
    before: Arm | None
    """None for what is new, or was never right."""
    baseline: Arm | None
    """None for the baseline itself, and where that was never right."""


class Remeasured(Struct, frozen=True, kw_only=True):
    """What the rounds say of one entry; times only where the outcome is ok."""

    entry: Entry
    outcome: Outcome
    reason: str | None
    rounds: int
    min_seconds_per_call: Estimate | None
    """From burst minima, as the ratios."""
    over_before: Estimate | None
    """log(time / time of the version before); None where there is none, or it does not run any more."""
    over_baseline: Estimate | None
    margin: float
    resolved: float
    """The smallest difference that the first run's two identical arms showed this machine can tell; 0 if unknown."""

    @property
    def speedup_over_before(self) -> Ratio | None:
        """Time of the version before / time of this one."""
        return Ratio.of(self.over_before).inverse() if self.over_before else None

    @property
    def speedup_over_baseline(self) -> Ratio | None:
        """Time of the baseline / time of this version."""
        return Ratio.of(self.over_baseline).inverse() if self.over_baseline else None

    @property
    def verdict(self) -> Verdict | None:
        """That on this version against the one before; None where there is nothing to compare it with."""
        return judge(self.over_before, self.margin, self.resolved) if self.over_before else None


def verified(arm: Arm, worker: Worker) -> Verified:
    """Return what a worker that was asked to verify alone says of its case."""
    return Verified(
        case=arm.case,
        arm=arm,
        outcome=worker.outcome,
        reason=worker.reason,
        error_over_tolerance=max((one.error_over_tolerance for one in worker.verification), default=None),
    )


def remeasured(entry: Entry, rounds: Sequence[Round], margin: float, resolved: float) -> Remeasured:
    """Return what the rounds of its group say of an entry."""
    workers = [worker for one in rounds for worker in one.workers if worker.arm == entry.now.name]
    bad = next((worker for worker in workers if worker.outcome != Outcome.OK), None)
    times = [selectors.min_seconds_per_call(worker) for worker in workers if worker.bursts and bad is None]

    def over(other: Arm | None) -> Estimate | None:
        return estimate(selectors.log_ratios(rounds, entry.now.name, other.name)) if other and not bad else None

    return Remeasured(
        entry=entry,
        outcome=bad.outcome if bad else Outcome.OK,
        reason=bad.reason if bad else None,
        rounds=len(workers),
        min_seconds_per_call=intervals.median_interval(times) if times else None,
        over_before=over(entry.before),
        over_baseline=over(entry.baseline),
        margin=margin,
        resolved=resolved,
    )
