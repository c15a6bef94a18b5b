"""From a run to what may be said of each case: times, ratios with intervals, verdicts, and the noise floor. Pure."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from statistics import median

from msgspec import Struct, field
from msgspec.structs import replace

from ..stats import intervals, peak_ratios
from ..stats.intervals import Estimate
from ..stats.sequential import FIXED, Stopping
from ..store.records import Arm, Left, Round, Run, Settings
from ..store.selectors import GroupRounds, by_group, cold_start_s, faults_per_call, take_arrays
from ..store.worker_records import Outcome, Verification, worst
from ..units import time_text
from . import remembering
from .bimodal import Bimodal, bimodal
from .verdict import Ratio, Verdict, judge

#: What a pool of another program is called if its BLAS is one that nobody tuned.
REFERENCE_BLAS = "reference blas"

#: Outcomes for which the command fails; what is unavailable or unsupported is reported, and no failure.
BAD = {Outcome.WRONG, Outcome.FAILED, Outcome.CRASHED, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY}


class Finding(Struct, frozen=True, kw_only=True):
    """What the run says of one case; times only where the outcome is ok."""

    arm: Arm
    outcome: Outcome
    reason: str | None
    rounds: int
    first_call_s: float | None
    prepare_s: float | None
    transfer_s: float | None
    """Of `prepare_s`, what moving the inputs took, where the implementation says so."""
    cold_start_s: float | None
    """Of its first process, preparing and the first call together, where later ones found on disk what it compiled."""
    verification: tuple[Verification, ...]
    reference_blas: bool
    """Whether its workers ran on the reference BLAS: no case of that kind is called the fastest."""
    quality: float | None = None
    """How good its results are, by the problem's own figure: median over rounds."""
    consumed: str | None = None
    """What was done inside the clock for its result to be there, where that is computed only when it is looked at."""
    on_new: remembering.OnNew | None = None
    """What it takes on contents that it has not met, where far less is left of its gain than it seems."""
    seconds_per_call: Estimate | None = None
    """What a call usually takes: of each round the median over all samples, over rounds the median of these."""
    min_seconds_per_call: Estimate | None = None
    """What a call takes undisturbed: of each round the median over passes of the burst minima, over rounds the median.

    The time that belongs beside `log_ratio`, which is made from the same minima.
    """
    log_ratio: Estimate | None = None
    """log(time / time of the baseline), from burst minima; for the baseline that of its second arm."""
    log_ratio_of_medians: Estimate | None = None
    """The same from burst medians: a slowdown that lives in the tail hides from a minimum."""
    verdict: Verdict | None = None
    log_ratios: Mapping[int, float] = field(default_factory=dict)
    """Round -> its log-ratio."""
    faults_per_call: float | None = None
    """Minor page faults: median over rounds."""
    peak_bytes: Estimate | None = None
    """Of memory: median over rounds."""
    peak_log_ratio: Estimate | None = None
    """log(peak / peak of the baseline); None for the baseline, and where there is too little memory for a ratio."""
    peak_unknown: str | None = None
    """Why nothing is known of its memory, where somebody looked."""
    bimodal: Bimodal | None = None
    """How its rounds fall into two groups, if they do."""

    @property
    def speedup_over_baseline(self) -> Ratio | None:
        """Time of the baseline / time of this case; None for the baseline itself."""
        return None if self.log_ratio is None or self.arm.baseline else Ratio.of(self.log_ratio).inverse()

    @property
    def speedup(self) -> Ratio | None:
        """As `speedup_over_baseline`, and exactly 1 for the baseline itself."""
        return Ratio(value=1.0, interval=None) if self.arm.baseline else self.speedup_over_baseline

    @property
    def is_timed(self) -> bool:
        """Whether it has a time."""
        return self.outcome == Outcome.OK and self.seconds_per_call is not None

    @property
    def error_over_tolerance(self) -> float | None:
        """The largest over the outputs and rounds."""
        return max((one.error_over_tolerance for one in self.verification), default=None)

    @property
    def max_ulp(self) -> float | None:
        """The largest error over the outputs and rounds, in units in the last place of the reference."""
        return max((one.max_ulp for one in self.verification), default=None)


class GroupFindings(Struct, frozen=True, kw_only=True, dict=True):
    """What the run says of the cases that share a baseline."""

    name: str
    findings: tuple[Finding, ...]
    """In the order of the run; the second baseline is not among them."""
    left: tuple[Left, ...]
    rounds: GroupRounds
    """What they come from."""
    noise: Estimate | None
    """Log-ratio of two identical arms, the baseline measured twice: the noise floor."""
    resolved: float | None
    """The smallest margin that this noise can carry."""
    margin: float
    takes_arrays: bool
    """Whether an array was seen among its inputs, or nothing was seen of them."""
    says_dtype: bool
    """Whether these arrays are in the dtype of its cases."""

    @cached_property
    def ok(self) -> tuple[Finding, ...]:
        """The cases with a time, fastest first."""
        timed = [one for one in self.findings if one.is_timed]
        return tuple(
            sorted(timed, key=lambda one: one.log_ratio.value if one.log_ratio and not one.arm.baseline else 0)
        )

    @cached_property
    def not_ok(self) -> tuple[Finding, ...]:
        """The other cases, in the order of the run."""
        return tuple(one for one in self.findings if not one.is_timed)

    @cached_property
    def layouts(self) -> tuple[str, ...]:
        """Of all its cases, the baseline's first."""
        cases = [one.arm.case for one in self.findings] + [one.case for one in self.left]
        first = [self.baseline.arm.case] if self.baseline else []
        return tuple(dict.fromkeys(case.layout for case in [*first, *cases]))

    @property
    def baseline(self) -> Finding | None:
        """The baseline, whatever its outcome; None where it could not be started."""
        return next((finding for finding in self.findings if finding.arm.baseline), None)

    @property
    def rivals(self) -> tuple[Finding, ...]:
        """The cases that have a ratio to the baseline, fastest first; not those on the reference BLAS."""
        if self.baseline is None or self.baseline.outcome != Outcome.OK:
            return ()
        return tuple(one for one in self.ok if not one.arm.baseline and one.log_ratio and not one.reference_blas)

    @property
    def too_noisy(self) -> bool:
        """Whether two identical arms differed by more than the margin allows."""
        return self.resolved is not None and self.resolved > self.margin

    @property
    def least(self) -> float:
        """The smallest relative difference that counts: the margin, or what the noise can carry if that is more."""
        return max(self.margin, self.resolved or 0.0)

    def verdict_on(self, log_ratio: Estimate) -> Verdict:
        """Return the verdict on the ratio of any two cases of the group, as on those to the baseline."""
        return judge(log_ratio, self.margin, self.resolved or 0.0)


def findings(run: Run, margin: float | None = None) -> tuple[GroupFindings, ...]:
    """Return what the run says, group by group; at another margin than the run's own if one is given."""
    margin = run.settings.margin if margin is None else margin
    found, left = by_group(run), dict[str, list[Left]]()
    for skipped in run.left:
        left.setdefault(skipped.case.group, []).append(skipped)
    return tuple(
        _group(run, name, found.get(name) or GroupRounds((), ()), left.get(name, ()), margin)
        for name in dict.fromkeys([*found, *left])
    )


def _group(run: Run, name: str, rounds: GroupRounds, left: Sequence[Left], margin: float) -> GroupFindings:
    noise = None
    if rounds.baseline and rounds.again:
        noise = estimate(rounds.log_ratios(rounds.again, rounds.baseline))  # at the whole level: no look stops at it
    resolved = intervals.resolves(noise)
    limits = _Limits(margin=margin, resolved=resolved or 0.0, settings=run.settings)
    takes_arrays = len({arm.case.dtype for arm in run.arms}) > 1 or take_arrays(rounds.rounds)
    unmeasured = _why_unmeasured(rounds.rounds)
    return GroupFindings(
        name=name,
        findings=tuple(_finding(arm, rounds, limits, unmeasured) for arm in rounds.arms if not arm.again),
        left=tuple(left),
        rounds=rounds,
        noise=noise,
        resolved=resolved,
        margin=margin,
        takes_arrays=takes_arrays,
        says_dtype=takes_arrays and name not in run.problem.dtypes,
    )


def _why_unmeasured(rounds: Sequence[Round]) -> str:
    """Return why an arm of which no round counts has no time."""
    lost = dict.fromkeys(one.discarded for one in rounds if one.discarded and not one.unfinished)
    if lost:
        return "; ".join(["no round of it counts", *lost])
    return "the run was interrupted in its first round" if rounds else "the run ended before its first round"


class _Limits(Struct, frozen=True, kw_only=True):
    """What a verdict is held to."""

    margin: float
    resolved: float
    settings: Settings


def _finding(arm: Arm, rounds: GroupRounds, limits: _Limits, unmeasured: str) -> Finding:
    """Return what the rounds say of an arm; `unmeasured` is why one without a round has none."""
    workers = tuple(rounds.workers(arm).values())
    outcome, ended = rounds.outcome(arm), rounds.ended(arm)
    unknown = Finding(
        arm=arm,
        outcome=outcome,
        reason=ended.reason if ended else None if workers else _unmeasured(unmeasured, rounds.first_call_ns(arm)),
        rounds=len(workers),
        first_call_s=_median_s([worker.first_call_ns for worker in workers] or [rounds.first_call_ns(arm)]),
        prepare_s=_median_s([worker.prepare_ns for worker in workers]),
        transfer_s=_median_s([worker.transfer_ns for worker in workers]),
        cold_start_s=cold_start_s(workers),
        verification=worst(*(worker.verification for worker in workers)),
        reference_blas=any(pool.library == REFERENCE_BLAS for worker in workers for pool in worker.pools),
        quality=_median([worker.quality for worker in workers]),
        consumed=next((worker.consumed for worker in workers if worker.consumed), None),
    )
    if outcome != Outcome.OK:
        return unknown
    both = rounds.workers(arm), rounds.workers(rounds.baseline) if rounds.baseline else {}
    if unearned := remembering.unearned(*both):
        return replace(unknown, outcome=unearned[0], reason=unearned[1])
    known = unknown if arm.baseline else replace(unknown, on_new=remembering.on_new_contents(*both))
    return _with_memory(_timed(known, rounds, limits), rounds, limits.settings.stopping)


def _unmeasured(reason: str, first_call_ns: int | None) -> str:
    """Return why an arm has no time, with what a call took of one that was about to be timed."""
    return reason if first_call_ns is None else f"{reason}; its first call took {time_text(first_call_ns * 1e-9)}"


def _timed(finding: Finding, rounds: GroupRounds, limits: _Limits) -> Finding:
    """Return the finding on a case that ended well, with its times and its ratio to the baseline."""
    arm, workers = finding.arm, rounds.workers(finding.arm)
    other = rounds.again if arm is rounds.baseline else rounds.baseline
    logs = rounds.log_ratios(arm, other) if other else {}
    medians = rounds.log_ratios(arm, other, median) if other else {}
    log_ratio = estimate(logs, limits.settings.stopping)
    races = limits.settings.best is not None  # then nobody asks for verdicts on what has no interval
    asked = not arm.baseline and not (races and log_ratio and log_ratio.interval is None)
    faults = {index: found for index, one in workers.items() if (found := faults_per_call(one)) is not None}
    return replace(
        finding,
        seconds_per_call=intervals.median_interval([*rounds.seconds_per_call(arm).values()]),
        min_seconds_per_call=intervals.median_interval([*rounds.min_seconds_per_call(arm).values()]),
        log_ratio=log_ratio,
        log_ratio_of_medians=estimate(medians, limits.settings.stopping),
        verdict=judge(log_ratio, limits.margin, limits.resolved) if log_ratio and asked else None,
        log_ratios=logs,
        faults_per_call=median(faults.values()) if faults else None,
        bimodal=bimodal(logs, faults),
    )


def _with_memory(finding: Finding, rounds: GroupRounds, stopping: Stopping) -> Finding:
    """Return the finding with the peak of its memory, and the ratio of that to the baseline's."""
    arm, baseline = finding.arm, rounds.baseline
    own = rounds.peak_bytes(arm)
    others = rounds.peak_bytes(baseline) if baseline and not arm.baseline else {}
    logs = peak_ratios.log_ratios(own, others) if peak_ratios.are_measurable(own.values(), others.values()) else {}
    reasons = (worker.peak.reason for worker in rounds.workers(arm).values() if worker.peak and worker.peak.reason)
    return replace(
        finding,
        peak_bytes=intervals.median_interval([*own.values()]) if own else None,
        peak_log_ratio=estimate(logs, stopping),
        peak_unknown=None if own else next(reasons, None),
    )


def estimate(logs: Mapping[int, float], stopping: Stopping = FIXED) -> Estimate | None:
    """Return the Hodges-Lehmann estimate over rounds, at the level that its stopping leaves; None without a round."""
    return intervals.hodges_lehmann(list(logs.values()), stopping.level(len(logs))) if logs else None


def _median(values: Sequence[float | None]) -> float | None:
    """Return the median of those that are known."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _median_s(nanoseconds: Sequence[int | None]) -> float | None:
    found = _median(nanoseconds)
    return None if found is None else found * 1e-9
