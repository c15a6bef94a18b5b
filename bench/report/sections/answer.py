"""The report's first words: which implementation is fastest, by how much, how sure that is, and what to do."""

from collections.abc import Iterator, Sequence
from math import log

from ...analyse import remembering
from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Ratio, Verdict, apart
from ...stats.intervals import Estimate
from ...stats.racing import Race
from ...store import selectors
from ...store.records import Left, Run
from ...store.selectors import used_rounds
from ..checked import sentence as checked_sentence
from ..parts import Section, code, plain
from ..phrases import (
    TIMES_FROM,
    below_text,
    condition,
    counted,
    difference_text,
    least_text,
    margin_text,
    times_text,
)
from .best import sentences as best_sentences
from .environments import sentences as environment_sentences
from .roofline import sentence as share_sentence
from .subject import Subject
from .sweep import at_sizes
from .sweep import sentences as sweep_sentences
from .uncompared import case_name, is_nowhere, takes, untimed
from .uncompared import sentence as uncompared_sentence
from .unearned import sentences as unearned_sentences

#: What is not known of a rank of the first rounds.
_UNTESTED = ", and whether it remembers results was not tested yet"

#: From so large a factor between two kinds of ratio on, the first sentence gives both.
_FAR_APART = log(1.25)


def section(analysis: Analysis) -> Section:
    """Return one sentence a group that answers the question, then how far ahead the fastest is and what it does.

    Groups that are the sizes of a sweep are answered together: who is the fastest from where to where.
    """
    paragraphs: list[str] = []
    known: set[str] = set()
    paragraphs += sweep_sentences(analysis.run, analysis.sweeps)
    swept = _swept(analysis)
    paragraphs += dict.fromkeys(_doubts_over_sizes(analysis))
    for group in analysis.groups:
        if group.name not in swept:
            doubts = (*_doubts(analysis.run, group), *unearned_sentences(group))
            checked = filter(None, [checked_sentence(analysis.run.checks.get(group.name), exact=_are_exact(group))])
            race = _race(analysis, group)
            if race is not None:
                paragraphs += [*best_sentences(analysis.run, group, race), *checked, *doubts]
            else:
                paragraphs += [sentence(analysis.run, group), *checked, *doubts, *_more(analysis, group, known)]
    if analysis.run.interrupted:
        paragraphs.append(_interruption(analysis.run))
    return Section(
        title="Answer", kind="answer", paragraphs=tuple(paragraphs) or ("Nothing was measured: no case was asked for.",)
    )


def _are_exact(group: GroupFindings) -> bool:
    """Return whether no result of those with a time is off by anything."""
    return bool(group.ok) and all(one.error_over_tolerance == 0 for one in group.ok)


def _swept(analysis: Analysis) -> set[str]:
    """Return the groups that are answered together, as the sizes of a sweep."""
    return {place.group.name for one in analysis.sweeps for place in one.places}


def _race(analysis: Analysis, group: GroupFindings) -> Race | None:
    """Return the race that answers for a group; None where there was none, or nobody is left."""
    race = analysis.race(group)
    return race if race is not None and race.left else None


def explained(analysis: Analysis, group: GroupFindings) -> tuple[Finding | Left, ...]:
    """Return the cases of a group of which the answer says why they have no time."""
    if group.name in _swept(analysis) or _race(analysis, group) is not None:
        return ()
    return untimed(group)


def _interruption(run: Run) -> str:
    """Return from what the figures of an interrupted run come, and that answers were perhaps not checked to the end."""
    used = used_rounds(run)
    if not used:
        return "The run was interrupted before a first pass was done: there are no figures yet."
    whole = sum(not one.unfinished for one in used)
    passes = sum(one.passes for one in used if one.unfinished)
    parts = [f"the {counted(whole, 'round')} done by then"] if whole else []
    if passes:
        several = "es" if passes > 1 else ""
        parts.append(f"{passes} pass{several} of a first round, behind which no answer was checked again")
    return f"The run was interrupted: the figures come from {' and '.join(parts)}."


def _doubts(run: Run, group: GroupFindings) -> Iterator[str]:
    """Yield why the fastest may only remember its answers, where the harness could not have found that out."""
    doubt = selectors.doubts(run).get(group.name)
    if doubt:
        yield f"Warning: {plain(run.problem.name)}: {plain(doubt)}."


def _doubts_over_sizes(analysis: Analysis) -> Iterator[str]:
    """Yield the same of each sweep, and at which sizes, where it is not all of them."""
    found = selectors.doubts(analysis.run)
    for one in analysis.sweeps:
        told = {place.value: found.get(place.group.name) for place in one.places if place.timed}
        for doubt in filter(None, dict.fromkeys(told.values())):
            values = [value for value, text in told.items() if text == doubt]
            where = "" if len(values) == len(told) else f" at {at_sizes(one, values)}"
            yield f"Warning: {plain(analysis.run.problem.name)}{where}: {plain(doubt)}."


def sentence(run: Run, group: GroupFindings) -> str:
    """Return the answer for one group: number, interval and condition, or honestly why there is none."""
    rivals = group.rivals
    return _compared(run, group, rivals) if rivals else uncompared_sentence(run, group)


def _compared(run: Run, group: GroupFindings, rivals: Sequence[Finding]) -> str:
    """Return the answer where there are cases to compare with the baseline."""
    best = _best(rivals)
    problem, name, base = plain(run.problem.name), case_name(best, group), case_name(group.baseline, group)
    where, ratio = condition(run, group, best), _speedup(best)
    fast = times_text(ratio)
    if ratio.interval is None:
        reason = best.log_ratio.reason if best.log_ratio else None
        untested = _UNTESTED if remembering.is_untested(group.rounds.workers(best.arm).values()) else ""
        return (
            f"{name} computes {problem} about {fast} as fast as {base}, but nothing is decided: "
            f"{reason or 'there is no interval'}{untested} ({where})."
        )
    fastest = shown_fastest(group)
    if fastest is best:
        return f"{name} computes {problem} {fast} as fast as {base}{_by_medians(best)} ({where})."
    if fastest is not None:
        return f"{base}, the baseline, is the fastest: the next, {name}, is {fast} as fast ({where})."
    return (
        f"No implementation was shown to compute {problem} faster than {base} by more than {least_text(group)}: "
        f"the nearest, {name}, is {fast} as fast ({where})."
    )


def _more(analysis: Analysis, group: GroupFindings, known: set[str]) -> list[str]:
    """Return what follows the sentence: the runner-up, what the fastest does, and noise that limits all this.

    What one does that is among the `known` is not told again; it becomes one of them.
    """
    paragraphs = []
    best = shown_fastest(group)
    if best is not None and not best.arm.baseline:
        what = _what_to_do(analysis.run, group, best, again=best.arm.case.implementation in known)
        paragraphs.append(" ".join(filter(None, [_ahead(analysis, group, best), what])))
        known.add(best.arm.case.implementation)
    paragraphs += [*environment_sentences(analysis.changes(group)), *_orders(group)]
    under = analysis.roofline(group)
    share = share_sentence(under) if under else None
    if share:
        paragraphs.append(share)
    undecided = any(one.verdict == Verdict.UNDECIDED for one in group.ok)
    if group.too_noisy and undecided and group.resolved is not None and group.noise is not None:
        paragraphs.append(
            f"This machine is too noisy for a margin of {margin_text(group.margin)}: the baseline, measured against "
            f"itself, was {difference_text(Ratio.of(group.noise).inverse())}, so {below_text([group])}. Make it "
            "quieter (`implbench doctor`) or measure more rounds."
        )
    return paragraphs


def _orders(group: GroupFindings) -> list[str]:
    """Return what the memory order does to the baseline's implementation, where it was measured in several."""
    baseline = group.baseline
    if baseline is None or len(group.layouts) == 1:
        return []
    same = [one for one in group.rivals if one.arm.case.contender == baseline.arm.case.contender]
    name, usual = code(plain(baseline.arm.case.contender)), plain(baseline.arm.case.layout)
    texts = [
        f"{times_text(_speedup(one).inverse())} as long in {plain(one.arm.case.layout)}"
        for one in same
        if one.verdict in (Verdict.SLOWER, Verdict.FASTER)
    ]
    if not texts:
        return [
            f"Memory order makes no difference of more than {least_text(group)} to {name} that this run could show."
        ]
    return [f"Memory order matters: {name} takes {', '.join(texts)} as in {usual}."]


def shown_fastest(group: GroupFindings) -> Finding | None:
    """Return the case that was shown to be the fastest, one above the baseline or the baseline above all; else None.

    None of those on the reference BLAS is called the fastest.
    """
    rivals = group.rivals
    if rivals and _best(rivals).verdict == Verdict.FASTER:
        return _best(rivals)
    return group.baseline if rivals and all(one.verdict == Verdict.SLOWER for one in rivals) else None


def _best(rivals: Sequence[Finding]) -> Finding:
    """Return the fastest of those shown to be faster than the baseline, else the fastest."""
    return next((one for one in rivals if one.verdict == Verdict.FASTER), rivals[0])


def _by_medians(finding: Finding) -> str:
    """Return the speed-up by medians too, where it is another: beside busy programs short calls alone escape them."""
    least, usual = finding.log_ratio, finding.log_ratio_of_medians
    if least is None or usual is None or not apart(least, usual, _FAR_APART):
        return ""
    return f" by its shortest calls, {times_text(Ratio.of(usual).inverse())} by medians"


def _speedup(finding: Finding) -> Ratio:
    ratio = finding.speedup_over_baseline
    if ratio is None:
        raise ValueError(f"{finding.arm.name}: has no ratio to the baseline")
    return ratio


def _ahead(analysis: Analysis, group: GroupFindings, best: Finding) -> str | None:
    """Return how far the best is ahead of the runner-up, from the rounds that both were in; None if that was said."""
    rival = next((finding for finding in group.ok if finding is not best and not finding.reference_blas), None)
    if rival is None or rival.arm.baseline:
        return None
    log_ratio = analysis.ratio(group, best.arm, rival.arm)
    if log_ratio is None or log_ratio.interval is None:
        return _too_little(group, (best, rival), log_ratio.rounds if log_ratio else 0)
    return _standing(group, case_name(rival, group), log_ratio)


def _standing(group: GroupFindings, rival: str, log_ratio: Estimate) -> str:
    """Return what the ratio of the best to the runner-up says; it has an interval."""
    ratio = Ratio.of(log_ratio).inverse()
    match group.verdict_on(log_ratio):
        case Verdict.FASTER if ratio.value >= TIMES_FROM:
            return f"It is {times_text(ratio)} as fast as the runner-up, {rival}."
        case Verdict.FASTER:
            return f"It is {difference_text(ratio)} than the runner-up, {rival}."
        case Verdict.SLOWER:
            return f"Measured against each other, it is {difference_text(ratio)} than {rival}."
        case Verdict.UNDECIDED:
            more = "; more rounds may decide"
        case _:
            more = ""
    return f"It is not told apart from {rival}: it was {difference_text(ratio)}, and {below_text([group])}{more}."


def _too_little(group: GroupFindings, pair: Sequence[Finding], rounds: int) -> str:
    """Return that two have too few rounds in common for an interval, and what measures more of them."""
    rival = case_name(pair[1], group)
    names = ",".join(dict.fromkeys(plain(one.arm.case.implementation) for one in pair))
    return (
        f"Whether it is faster than the runner-up, {rival}, is not known: the two have {counted(rounds, 'round')} in "
        f"common, too few for an interval (`--impl {names} --rounds 12` measures them side by side)."
    )


def _what_to_do(run: Run, group: GroupFindings, best: Finding, *, again: bool) -> str:
    """Return what the fastest does and where its code is, unless that is said again, and its time."""
    if again or is_nowhere(run):
        return f"A call takes {takes(best)} instead of {takes(group.baseline)} (min time)."
    name, title = best.arm.case.implementation, plain(best.arm.title).rstrip(".")
    where, who = code(_place(run, name)), case_name(best, group)
    what = f"The code of {who} is {where}" if title in ("", name) else f'What {who} is: "{title}"; its code is {where}'
    return f"{what}, and a call takes {takes(best)} instead of {takes(group.baseline)} (min time)."


def _place(run: Run, name: str) -> str:
    """Return where the code of an implementation is: in a folder, or in the one file that all have in common."""
    files = {next(iter(texts), "") for texts in run.sources.values()}
    return f"{files.pop()}:{name}" if len(files) == 1 < len(run.sources) else f"{run.problem.name}/{name}"


SUBJECT = Subject(
    id="answer",
    title="Answer",
    section=section,
    place=10,
    on_page=False,
)
