"""What to do about what a run says: which implementation to take, where to begin, and what not to bother with. Pure.

Nothing is decided here that the findings do not show: who is recommended was shown to be faster than the baseline by
more than counts, and who is called equal was shown to be.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from ..store.records import Run
from ..store.worker_records import Outcome
from .explanation import CountChange, Ladder
from .findings import Finding, GroupFindings, estimate
from .roofline import Roofline
from .source_facts import SourceFacts, source_facts
from .verdict import Ratio, Verdict

#: What is off by so many times as much is not advised where it is not shown to be faster: single precision, for one.
FAR_LESS_EXACT = 1000.0

#: No error is held against none, but against so much of the tolerance.
LEAST_ERROR = 1e-12

#: What reaches such a share of what the machine allows leaves nothing worth looking for.
NEARLY_ALL = 0.9

#: What is called equal: a difference below what counts was shown.
_EQUAL = (Verdict.EQUIVALENT, Verdict.SLOWER_WITHIN)


class Pick(Struct, frozen=True, kw_only=True):
    """An implementation that is worth taking in the place of the baseline."""

    finding: Finding
    speedup: Ratio
    """Over the baseline."""
    facts: SourceFacts | None
    """None where the run does not hold its source."""


class FirstStep(Struct, frozen=True, kw_only=True):
    """The step of the ladder that pays most."""

    before: Finding
    after: Finding
    speedup: Ratio
    """Time before / time after."""
    changes: tuple[CountChange, ...]
    """What explains it; empty where nothing was counted."""


class Same(Struct, frozen=True, kw_only=True):
    """One implementation is equal to another: whoever has the one gains nothing from the other."""

    finding: Finding
    other: Finding
    """The baseline, or the step of the ladder before it."""


class Advice(Struct, frozen=True, kw_only=True):
    """What to do about one group."""

    group: GroupFindings
    picks: tuple[Pick, ...]
    """The best in Python and NumPy alone, then one that is faster still and needs more; none where the baseline stays.

    Of a run that holds no sources the best alone. None of them is wrong anywhere else in the run.
    """
    wrong_elsewhere: tuple[Finding, ...]
    """What is faster here, and is not to be taken: at another size, or under another condition, it is wrong."""
    decided: bool
    """Whether anything was decided at the margin."""
    baseline_facts: SourceFacts | None
    step: FirstStep | None
    same: tuple[Same, ...]
    attained: Ratio | None
    """Which share of what the machine allows the best reaches, the baseline where it stays; None where unknown."""


def advice(
    run: Run,
    group: GroupFindings,
    *,
    ladder: Ladder | None = None,
    roofline: Roofline | None = None,
    leading: Collection[str] = (),
    wrong: Collection[tuple[str, str]] = (),
) -> Advice | None:
    """Return what to do about a group; None where nothing was compared with the baseline in rounds enough.

    Parameters
    ----------
    run
        Whose group it is.
    group
        Its findings.
    ladder, roofline
        Of the group, where it was explained and where limits were measured.
    leading
        Names of those that are the fastest over sizes, which come before others that are not told apart from them.
    wrong
        Contender and dtype of what is wrong in any group of the run.
    """
    baseline = group.baseline
    rivals = _rivals(group)
    told = [one for one in rivals if one.log_ratio and one.log_ratio.interval]
    if baseline is None or baseline.outcome != Outcome.OK or not told:
        return None
    facts = {name: source_facts(name, files) for name, files in run.sources.items()}
    fast = [one for one in rivals if one.verdict == Verdict.FASTER]
    faster = [one for one in fast if (one.arm.case.contender, one.arm.case.dtype) not in wrong]
    faster = sorted(faster, key=lambda one: not _leads(run, group, one, (faster[0], leading)))
    faster = sorted(faster, key=lambda one: not _is_far_more_exact(run, group, one, faster[0]))
    picks, steps = _picks(group, faster, facts, run), _steps(run, group, ladder)
    needing = [one for one in faster if (known := facts.get(one.arm.case.implementation)) and known.needs]
    best = picks[-1].finding if picks else baseline
    placed = roofline.placed if roofline else ()
    return Advice(
        group=group,
        picks=picks,
        wrong_elsewhere=tuple(one for one in fast if one not in faster),
        decided=any(one.verdict != Verdict.UNDECIDED for one in rivals),
        baseline_facts=facts.get(baseline.arm.case.implementation),
        step=_first_step(steps) if picks else None,
        same=(*_same(baseline, rivals, steps), *_needless(run, group, picks, needing)),
        attained=next((one.share for one in placed if one.finding is best and one.doubt is None), None),
    )


def _leads(run: Run, group: GroupFindings, one: Finding, others: tuple[Finding, Collection[str]]) -> bool:
    """Return whether one leads over sizes, and is not shown to be slower than the fastest of its group."""
    fastest, leading = others
    names = {one.arm.case.contender, f"{one.arm.case.contender} {one.arm.case.layout}"}
    return not names.isdisjoint(leading) and _verdict(run, group, one, fastest) is not Verdict.SLOWER


def _is_far_more_exact(run: Run, group: GroupFindings, one: Finding, first: Finding) -> bool:
    """Return whether one is off by far less than the first, which is not shown to be faster than it."""
    errors = [each.error_over_tolerance for each in (one, first)]
    if one is first or None in errors or not FAR_LESS_EXACT * (errors[0] or LEAST_ERROR) <= (errors[1] or 0.0):
        return False
    return _verdict(run, group, one, first) is not Verdict.SLOWER


def _rivals(group: GroupFindings) -> list[Finding]:
    """Return what can take the place of the baseline: what has a verdict, in the same memory order and environment."""
    where = group.baseline.arm.case.variant[1:] if group.baseline else ()
    able = [one for one in group.ok if one.verdict is not None and not one.reference_blas]
    return [one for one in able if one.arm.case.variant[1:] == where]


def _picks(
    group: GroupFindings, faster: Sequence[Finding], facts: Mapping[str, SourceFacts | None], run: Run
) -> tuple[Pick, ...]:
    """Return the best of what needs nothing but Python and NumPy, and the best of all where it is faster than that."""
    plain = [one for one in faster if (known := facts.get(one.arm.case.implementation)) and known.plain]
    found = plain[:1]
    if faster and (not found or _verdict(run, group, faster[0], found[0]) == Verdict.FASTER):
        found.append(faster[0])
    return tuple(
        Pick(finding=one, speedup=one.speedup_over_baseline, facts=facts.get(one.arm.case.implementation))
        for one in found
        if one.speedup_over_baseline is not None
    )


def _verdict(run: Run, group: GroupFindings, one: Finding, other: Finding) -> Verdict | None:
    """Return the verdict on one case over another; None of a case over itself, and where no round has both."""
    logs = estimate(group.rounds.log_ratios(one.arm, other.arm), run.settings.stopping) if one is not other else None
    return group.verdict_on(logs) if logs else None


class _Step(Struct, frozen=True, kw_only=True):
    """One step of the ladder, with what was decided on it."""

    before: Finding
    after: Finding
    speedup: Ratio
    verdict: Verdict
    changes: tuple[CountChange, ...]


def _steps(run: Run, group: GroupFindings, ladder: Ladder | None) -> list[_Step]:
    """Return the steps of the ladder from the baseline on: what was done before it helps nobody who has it."""
    rungs = ladder.rungs if ladder else ()
    changes = {(rung.previous.id, rung.finding.arm.case.id): rung.changes for rung in rungs if rung.previous}
    found = []
    for before, after in pairwise(on_ladder(run, group)):
        logs = estimate(group.rounds.log_ratios(after.arm, before.arm), run.settings.stopping)
        if logs is not None:
            speedup, verdict = Ratio.of(logs).inverse(), group.verdict_on(logs)
            known = changes.get((before.arm.case.id, after.arm.case.id), ())
            found.append(_Step(before=before, after=after, speedup=speedup, verdict=verdict, changes=known))
    places = [place for place, one in enumerate(found) if one.before.arm.baseline]
    return found[places[0] :] if places else found


def on_ladder(run: Run, group: GroupFindings) -> list[Finding]:
    """Return the rungs of the problem's own order that have a time, in the first layout and environment."""
    order, environments = run.problem.ladder, [one.arm.case.environment for one in group.findings]
    where = (group.layouts[0], *environments[:1])
    rungs = [one for one in group.ok if one.arm.case.implementation in order and one.arm.case.variant[1:] == where]
    return sorted(rungs, key=lambda one: order.index(one.arm.case.implementation))


def _first_step(steps: Sequence[_Step]) -> FirstStep | None:
    """Return the step that pays most, of those that were shown to pay."""
    paying = [one for one in steps if one.verdict == Verdict.FASTER]
    if not paying:
        return None
    best = max(paying, key=lambda one: one.speedup.value)
    return FirstStep(before=best.before, after=best.after, speedup=best.speedup, changes=best.changes)


def _same(baseline: Finding, rivals: Sequence[Finding], steps: Sequence[_Step]) -> tuple[Same, ...]:
    """Return which cases are equal to the baseline, then which steps are equal to the one before."""
    found = [Same(finding=one, other=baseline) for one in rivals if one.verdict in _EQUAL]
    found += [
        Same(finding=one.after, other=one.before)
        for one in steps
        if one.verdict in _EQUAL and not one.before.arm.baseline
    ]
    return tuple(found)


def _needless(run: Run, group: GroupFindings, picks: Sequence[Pick], needing: Sequence[Finding]) -> tuple[Same, ...]:
    """Return what is faster than the baseline and needs more, and yet equal to the best in Python and NumPy alone."""
    if not picks or not (picks[0].facts and picks[0].facts.plain):
        return ()
    best = picks[0].finding
    return tuple(Same(finding=one, other=best) for one in needing if _verdict(run, group, one, best) in _EQUAL)
