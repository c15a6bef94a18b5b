"""What is said of a version that was just saved: one sentence a case."""

from ...analyse.verdict import Verdict
from ...problems.case import Case
from ...store.worker_records import Outcome
from ...units import percent, significant, time_text
from ...versions.remeasurement import Remeasured, Verified
from ..parts import code, plain
from ..phrases import counted, margin_text, times_text


def verified(one: Verified, *, several: bool) -> str:
    """Return whether a case is right, with error/tolerance or the reason; `several`: it has others beside it."""
    name = _name(one.case, several=several)
    if one.outcome != Outcome.OK:
        return f"{name} is {one.outcome} and is not timed: {plain(one.reason or 'no reason is known')}"
    return f"{name} is right: error/tolerance {significant(one.error_over_tolerance, 2)}"


def measured(remeasured: Remeasured, *, several: bool) -> str:
    """Return how fast a new version is beside the one before and the baseline."""
    case = remeasured.entry.now.case
    name = _name(case, several=several)
    if remeasured.min_seconds_per_call is None:
        return f"{name} has no time, it is {remeasured.outcome}: {plain(remeasured.reason or 'no round was finished')}"
    before, base = remeasured.speedup_over_before, remeasured.speedup_over_baseline
    parts = [f"{times_text(before)} as fast as the version before"] if before else []
    if base and remeasured.entry.baseline:
        parts.append(f"{times_text(base)} as fast as {code(remeasured.entry.baseline.case.implementation)}")
    facts = [f"min {time_text(remeasured.min_seconds_per_call.value)} a call", counted(remeasured.rounds, "round")]
    if remeasured.entry.before is None:
        facts.append("no version before was right")
    elif before is None:
        facts.append("the version before does not run beside it")
    if before and before.interval is None and remeasured.over_before:
        facts.append(remeasured.over_before.reason or "no interval")
    ahead = f"{name} is now {' and '.join(parts)}" if parts else f"{name} has been measured"
    return f"{ahead} ({', '.join(facts)}){_verdict(remeasured)}"


def _verdict(remeasured: Remeasured) -> str:
    """Return what is to be added where an interval near 1 leaves one in doubt."""
    margin = margin_text(remeasured.margin)
    match remeasured.verdict:
        case Verdict.EQUIVALENT | Verdict.SLOWER_WITHIN:
            return f": no difference of {margin} or more from the version before"
        case Verdict.UNDECIDED if remeasured.resolved > remeasured.margin:
            return f": undecided, for identical code differed by up to {percent(remeasured.resolved)} in the run"
        case Verdict.UNDECIDED:
            return f": undecided against a margin of {margin}"
    return ""


def _name(case: Case, *, several: bool) -> str:
    return code(case.id if several else case.implementation)
