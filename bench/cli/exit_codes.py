"""What a command that measured or verified ends with; the codes are in `errors.Exit`."""

from collections.abc import Iterable

from ..analyse.analysis import Analysis
from ..analyse.verdict import BAD, GroupFindings, Verdict
from ..errors import Exit
from ..store.worker_records import Outcome
from ..versions.comparison import Comparison, Standing


def exit_code(analysis: Analysis) -> Exit:
    """Return the exit code of a run: what is worst comes first."""
    outcomes = [one.outcome for group in analysis.groups for one in group.findings]
    outcomes += [one.outcome for group in analysis.groups for one in group.left]
    if analysis.run.interrupted:
        return Exit.INTERRUPTED
    code = exit_code_of(outcomes)
    if code == Exit.FINE and any(_undecided_by_noise(group) for group in analysis.groups):
        return Exit.UNDECIDED
    return code


def exit_code_of(outcomes: Iterable[Outcome]) -> Exit:
    """Return 4 for a wrong or failed implementation, 5 where none is ok."""
    known = list(outcomes)
    if any(outcome in BAD for outcome in known):
        return Exit.WRONG
    return Exit.FINE if Outcome.OK in known else Exit.NOTHING_MEASURED


def exit_code_of_comparison(found: Comparison) -> Exit:
    """Return the exit code of a comparison: wrong results come before any time, a regression before doubt."""
    if found.of(Standing.WRONG) or found.failed:
        return Exit.WRONG
    if found.of(Standing.SLOWER):
        return Exit.REGRESSION
    if found.unbuilt or found.lost:
        return Exit.UNDECIDED
    if found.nothing_comparable:
        return Exit.NOTHING_MEASURED
    if found.too_noisy or found.of(Standing.UNDECIDED):
        return Exit.UNDECIDED
    return Exit.FINE


def _undecided_by_noise(group: GroupFindings) -> bool:
    """Return whether two identical arms differed by more than the margin allows, and that left a case undecided."""
    return group.too_noisy and any(one.verdict == Verdict.UNDECIDED for one in group.findings)
