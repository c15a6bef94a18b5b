"""What a command that measured or verified ends with; the codes are in `errors.Exit`."""

from collections.abc import Iterable

from ..analyse.analysis import Analysis
from ..analyse.findings import BAD, GroupFindings
from ..analyse.verdict import Verdict
from ..errors import OWN_ERROR, Exit
from ..stats.judging import Decision
from ..store.worker_records import Outcome
from ..versions.bisection import Bisection
from ..versions.comparison import Comparison
from ..versions.judgement import Judgement
from ..versions.standing import Standing


def exit_code(analysis: Analysis) -> Exit:
    """Return the exit code of a run: what is worst comes first."""
    ended = [(one.outcome, one.reason) for group in analysis.groups for one in group.findings]
    ended += [(one.outcome, one.reason) for group in analysis.groups for one in group.left]
    if analysis.run.interrupted:
        return Exit.INTERRUPTED
    code = exit_code_of(ended)
    if code == Exit.FINE and any(_is_undecided(analysis, group) for group in analysis.groups):
        return Exit.UNDECIDED
    return code


def exit_code_of(ended: Iterable[tuple[Outcome, str | None]]) -> Exit:
    """Return that of cases with these outcomes and reasons: 4 for a wrong or failed implementation, 5 if none is ok."""
    known = list(ended)
    if any(outcome in BAD for outcome, _ in known):
        return Exit.WRONG
    if any(reason and reason.startswith(OWN_ERROR) for _, reason in known):
        return Exit.INTERNAL
    return Exit.FINE if any(outcome == Outcome.OK for outcome, _ in known) else Exit.NOTHING_MEASURED


def exit_code_of_comparison(found: Comparison) -> Exit:
    """Return the exit code of a comparison: wrong results come before any time, a regression before doubt."""
    if found.of(Standing.WRONG, Standing.DIFFERENT) or found.failed:
        return Exit.WRONG
    if found.of(Standing.SLOWER) or found.larger:
        return Exit.REGRESSION
    if found.unbuilt or found.lost:
        return Exit.UNDECIDED
    if found.nothing_comparable:
        return Exit.NOTHING_MEASURED
    if found.too_noisy or found.of(Standing.UNDECIDED) or found.memory_in_doubt:
        return Exit.UNDECIDED
    return Exit.FINE


def exit_code_of_bisection(found: Bisection) -> Exit:
    """Return that of BAD against GOOD; 3 where BAD is slower, and the first commit that is could not be told."""
    code = exit_code_of_comparison(found.whole)
    return Exit.UNDECIDED if code == Exit.REGRESSION and found.first is None else code


def _is_undecided(analysis: Analysis, group: GroupFindings) -> bool:
    """Return whether a race was not settled; else whether identical arms differed too much and a case is undecided."""
    race = analysis.race(group)
    if race is not None:
        return not race.settled
    return group.too_noisy and any(one.verdict == Verdict.UNDECIDED for one in group.findings)


def exit_code_of_judgements(judgements: Iterable[Judgement]) -> Exit:
    """Return 0 where any candidate is accepted, else 3 where any is undecided, else 1: all are rejected."""
    decisions = {one.decision for one in judgements}
    if Decision.ACCEPT in decisions:
        return Exit.FINE
    return Exit.UNDECIDED if Decision.UNDECIDED in decisions else Exit.REGRESSION
