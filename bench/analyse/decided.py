"""Which arms of a run need no more rounds. Pure."""

from math import expm1

from ..store.records import Run
from .environments import changes
from .findings import Finding, GroupFindings, estimate, findings
from .verdict import Verdict


def decided(run: Run) -> set[str]:
    """Return the arms that need no more rounds: their verdict stands, or there is nothing to compare them with.

    Of the two fastest the verdict on one over the other has to stand, too, and so has that on each implementation in
    another environment over itself in its first. Where a precision was asked for, it is not the verdict that has to
    stand: the ratio to the baseline has to be known that exactly.
    """
    precision = run.settings.precision
    found: set[str] = set()
    for group in findings(run):
        if precision is not None:
            found |= {one.arm.name for one in group.findings if one.verdict is None or _is_exact(one, precision)}
        else:
            found |= {one.arm.name for one in group.findings if one.verdict != Verdict.UNDECIDED}
            found -= _undecided_leaders(run, group)
            found -= {
                arm.name
                for one in changes(group, run.settings.stopping)
                if one.verdict == Verdict.UNDECIDED
                for arm in (one.before.arm, one.after.arm)
            }
    return found


def _is_exact(finding: Finding, precision: float) -> bool:
    interval = finding.log_ratio.interval if finding.log_ratio else None
    return interval is not None and expm1((interval.high - interval.low) / 2) <= precision


def _undecided_leaders(run: Run, group: GroupFindings) -> set[str]:
    """Return the two fastest, but for the baseline, if it is undecided which is faster."""
    rivals = [one.arm for one in group.ok if not one.arm.baseline and not one.reference_blas][:2]
    if len(rivals) < 2:
        return set()
    one, other = rivals
    log_ratio = estimate(group.rounds.log_ratios(one, other), run.settings.stopping)
    if log_ratio is None or group.verdict_on(log_ratio) != Verdict.UNDECIDED:
        return set()
    return {one.name, other.name}
