"""From the runs of a candidate beside its baseline to what is said of it. Pure."""

from collections.abc import Sequence
from math import exp, log1p
from statistics import mean

from msgspec import Struct

from ..analyse import remembering, sharing
from ..analyse.findings import Finding, GroupFindings, findings
from ..errors import Exit, ImplbenchError
from ..stats import judging, racing
from ..stats.intervals import ALPHA, Estimate
from ..stats.judging import Decision
from ..store.records import Left, Run
from ..store.selectors import doubts
from ..store.worker_records import Outcome
from ..units import significant

#: How a candidate may end without a time that is no fault of its own: nothing is said against it.
_OPEN = frozenset({Outcome.UNAVAILABLE, Outcome.NOT_MEASURED})

#: What decides about who gains on contents that come again.
_ANOTHER = f"another candidate: {remembering.REMEDY}"


class BaselineFailed(ImplbenchError):
    """What candidates are compared with has no time, or is wrong."""

    exit_code = Exit.WRONG


class Needed(Struct, frozen=True, kw_only=True):
    """What it would take to decide."""

    remedy: str
    """What to do, without a full stop."""
    rounds: int | None = None
    """So many in one go; None where that is not the remedy, or unknown."""
    seconds: float | None = None
    """That these would take."""


class Said(Struct, frozen=True, kw_only=True):
    """What one run says of its candidate."""

    decision: Decision
    outcome: Outcome
    reason: str | None = None
    """Why it has no time, or is rejected without an interval."""
    log_ratio: Estimate | None = None
    """log(candidate / baseline)."""
    log_ratio_of_medians: Estimate | None = None
    """The same by the usual calls, not the shortest."""
    resolved: float | None = None
    """The smallest difference that the machine could tell in these rounds."""
    on_new: remembering.OnNew | None = None
    """What it takes on contents that it has not met, where far less is left of its gain than it seems."""
    needed: Needed | None = None
    """What it would take to decide, where that is open."""

    @property
    def rounds(self) -> int:
        """How many both finished."""
        return self.log_ratio.rounds if self.log_ratio else 0


class Judgement(Struct, frozen=True, kw_only=True):
    """What is said of a candidate."""

    candidate: str
    baseline: str
    attempt: int
    """Which of those that were ever judged against this baseline it is, from 1."""
    accept_at: float
    screening: Said
    confirmation: Said | None
    """None where the screening did not find it faster."""
    seeds: tuple[int, ...]
    """Of the contents of the inputs, of either."""
    documents: tuple[str, ...]
    """Of the runs, of either."""

    @property
    def last(self) -> Said:
        """What decided."""
        return self.confirmation or self.screening

    @property
    def decision(self) -> Decision:
        """What is said."""
        return self.last.decision

    @property
    def level(self) -> float:
        """The one-sided level of its confirmation."""
        return judging.level_of(self.attempt)

    @property
    def first_difference(self) -> str | None:
        """Where its result is not the right one, if it is wrong."""
        return self.last.reason if self.last.outcome == Outcome.WRONG else None

    @property
    def reason(self) -> str:
        """Why, as the rest of a sentence that begins with the candidate's name."""
        last, asked = self.last, f"{100 * self.accept_at:.3g} %"
        if last.outcome != Outcome.OK:
            return f"{last.outcome.value}: {last.reason or 'no reason known'}"
        match last.decision:
            case Decision.ACCEPT:
                return f"faster by more than {asked}, on fresh rounds and other contents too"
            case Decision.UNDECIDED if last.reason:
                return last.reason
            case Decision.UNDECIDED if self.confirmation:
                return "faster at first sight, which the fresh rounds did not confirm or refute"
            case Decision.UNDECIDED:
                return f"neither faster by more than {asked} nor by less, as far as these rounds tell"
        again = ": what was faster at first sight was not so on fresh rounds" if self.confirmation else ""
        return (last.reason or f"not faster by {asked}") + again


def said(run: Run) -> Said:
    """Return what a run says of its candidate, at the level that the run's looks leave.

    Raises
    ------
    BaselineFailed
        If the baseline did not end well.
    """
    (group,) = findings(run)
    baseline, finding = group.baseline, _candidate(group)
    if finding is not None and finding.outcome != Outcome.OK:  # whatever the baseline is, it is this that ended so
        return _without_time(finding.outcome, finding.reason)
    if finding is None or baseline is None or baseline.outcome != Outcome.OK:
        fate = f"{baseline.outcome}, {baseline.reason}" if baseline else "could not be started"
        raise BaselineFailed(f"{run.problem.name}: nothing can be judged against its baseline: {fate}")
    decision, reason = _decision(run, group, finding)
    return Said(
        decision=decision,
        outcome=Outcome.OK,
        reason=reason,
        log_ratio=finding.log_ratio,
        log_ratio_of_medians=finding.log_ratio_of_medians,
        resolved=group.resolved,
        on_new=finding.on_new,
        needed=_needed(run, group, finding, reason) if decision == Decision.UNDECIDED else None,
    )


def unstarted(left: Left) -> Said:
    """Return what is said of a candidate that cannot be started."""
    return _without_time(left.outcome, left.reason)


def decided(run: Run) -> set[str]:
    """Return the arms that need no more rounds: the candidate's, once its interval says something."""
    (group,) = findings(run)
    found = _candidate(group)
    if found is None or _told(run, group, found) == Decision.UNDECIDED:
        return set()
    return {found.arm.name}


def _candidate(group: GroupFindings) -> Finding | None:
    return next((one for one in group.findings if not one.arm.baseline), None)


def _asked(run: Run) -> float:
    """Return by how much faster the candidate has to be."""
    return run.settings.margin if run.settings.accept_at is None else run.settings.accept_at


def _without_time(outcome: Outcome, reason: str | None) -> Said:
    if outcome not in _OPEN:
        return Said(decision=Decision.REJECT, outcome=outcome, reason=reason)
    remedy = "another run, with more time for it (--budget)"
    if outcome == Outcome.UNAVAILABLE:
        remedy = f"what is missing here: it {reason}"
    elif remembering.is_said(reason):
        remedy = _ANOTHER
    return Said(decision=Decision.UNDECIDED, outcome=outcome, reason=reason, needed=Needed(remedy=remedy))


def _told(run: Run, group: GroupFindings, finding: Finding) -> Decision:
    """Return what the interval of a candidate says; no more rounds are needed where that is something.

    Who hands out its inputs is not accepted, whatever it says.
    """
    if sharing.handed_out(finding, group):
        return Decision.REJECT
    return judging.decision(finding.log_ratio, _asked(run), group.resolved or 0.0)


def _decision(run: Run, group: GroupFindings, finding: Finding) -> tuple[Decision, str | None]:
    """Return what is said of a candidate that has a time, and why, where it is not the limit alone."""
    ratios: Sequence[float] = list(finding.log_ratios.values())
    found = _told(run, group, finding)
    interval = finding.log_ratio.interval if finding.log_ratio else None
    if names := sharing.handed_out(finding, group):
        return Decision.REJECT, f"returns {sharing.told(names)}, where the baseline returns a copy"
    if found == Decision.ACCEPT and (doubt := _doubt(run, group, finding)):
        return Decision.UNDECIDED, doubt
    if found == Decision.REJECT and interval and interval.low > 0:
        return found, "slower"
    if found == Decision.UNDECIDED and interval is None and racing.is_hopeless(ratios):
        times = significant(exp(min(ratios)), 2)
        return Decision.REJECT, f"slower, {times} times or more in each of its first rounds"
    return found, None


def _doubt(run: Run, group: GroupFindings, finding: Finding) -> str | None:
    """Return why a candidate that is faster by its shortest calls is not accepted for that, None where it may be."""
    usual = finding.log_ratio_of_medians
    if usual is not None and usual.value > -log1p(_asked(run)):
        times = significant(exp(-usual.value))
        return f"faster by its shortest calls alone: by its usual ones (medians) it is {times} times as fast"
    if finding.on_new is not None and finding.on_new.share * (1 + _asked(run)) > 1:
        times = significant(finding.on_new.share, 2)
        return f"faster on contents that come again alone: on other ones it takes {times} times as long as the baseline"
    found = doubts(run).get(group.name) or remembering.warning(group.rounds.workers(finding.arm).values())
    return f"faster, but {found}" if found else None


def _needed(run: Run, group: GroupFindings, finding: Finding, doubt: str | None) -> Needed:
    """Return what it would take to decide on a candidate that has a time, from the spread of its rounds."""
    alpha = (run.settings.level or ALPHA) / max(1, len(run.settings.looks))
    rounds = judging.rounds_to_decide(list(finding.log_ratios.values()), _asked(run), alpha)
    if doubt is not None:
        remedy = _ANOTHER if remembering.is_said(doubt) else "an answer to that doubt; more rounds give none"
        return Needed(remedy=remedy)
    if group.too_noisy:
        return Needed(
            remedy="a quieter machine (implbench doctor): the baseline, measured twice, differs from itself too much"
        )
    if rounds is None:
        return Needed(remedy="another limit (--accept-at): it lies too near to this one")
    each_s = mean(one.duration_ns for one in group.rounds.used) * 1e-9
    return Needed(remedy=f"about {rounds} rounds in one go (--budget)", rounds=rounds, seconds=rounds * each_s)
