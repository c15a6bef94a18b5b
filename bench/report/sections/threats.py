"""What threatens these numbers: noise, load, bending variables, lost rounds, page faults, cases without a time."""

from collections.abc import Iterable, Iterator, Sequence
from math import log1p

from ...analyse import returning, sharing
from ...analyse.analysis import Analysis
from ...analyse.diagnosis import Cause, Share
from ...analyse.findings import Finding, GroupFindings
from ...analyse.run_warnings import run_warnings
from ...analyse.verdict import Ratio, Verdict, apart
from ...stats.intervals import MIN_ROUNDS
from ...store.records import Run
from ...text import article
from ...units import percent, times
from .. import bimodal
from ..parts import Section, code, plain
from ..phrases import counted, group_label, label, listed, margin_text, ratio_text, share_text
from . import without_time
from .answer import explained
from .disturbance import of_run
from .subject import Subject

#: What a minor page fault costs at least, in seconds: to touch fresh pages took 1.3 and 2 us on two virtual machines.
FAULT_S = 1e-6

#: Faults are mentioned from this part of the time on.
_VISIBLE_PART = 0.05

_TITLE = "What threatens these numbers"

#: So many names stand in a list at most.
_MOST_NAMES = 4


def section(analysis: Analysis) -> Section:
    """Return what a reader should know before trusting the figures, the gravest first."""
    paragraphs = []
    for group in analysis.groups:
        mark = "" if len(analysis.groups) == 1 else f"{group_label(group)}: "
        paragraphs += [mark + text for text in _of_group(analysis, group)]
    return _section(analysis.run, paragraphs)


def told(analysis: Analysis) -> str:
    """Return the gravest: the warnings, how noisy the machine was, and how much more there is to say."""
    groups = analysis.groups
    floors = [noise_floor(groups[0])] if len(groups) == 1 else _floors(groups)
    said = (*(text if text.endswith(".") else f"{text}." for text in _warnings(analysis.run)), *floors)
    more = len(section(analysis).paragraphs) - len(said)
    return " ".join([*said, *([f"{counted(more, 'more remark' if said else 'remark')}."] if more > 0 else [])])


def _floors(groups: Sequence[GroupFindings]) -> list[str]:
    """Return in how many of several groups the machine was quiet enough."""
    noisy = sum(group.too_noisy for group in groups)
    return [f"The machine was too noisy for the margin in {noisy} of {len(groups)} conditions."] if noisy else []


def brief(analysis: Analysis, *, of_groups: bool) -> Section:
    """Return what a terminal shows of what was seen, with or without that of single groups, without the warnings."""
    told = section(analysis).paragraphs if of_groups else _section(analysis.run, ()).paragraphs
    return Section(title=_TITLE, paragraphs=told[len(_warnings(analysis.run)) :])


def warnings(analysis: Analysis) -> Section | None:
    """Return the warnings, which stand behind the answer; None where there is none."""
    found = _warnings(analysis.run)
    return Section(title="Warnings", kind="warnings", paragraphs=found) if found else None


def _section(run: Run, of_groups: Iterable[str]) -> Section:
    paragraphs = (*_warnings(run), *of_groups, *of_run(run))
    return Section(title=_TITLE, paragraphs=paragraphs)


def _warnings(run: Run) -> tuple[str, ...]:
    return tuple(f"Warning: {plain(text)}" for text in run_warnings(run))


def noise_floor(group: GroupFindings) -> str:
    """Return what the baseline, measured twice, says of this machine."""
    if group.noise is None:
        why = "the baseline was not measured twice" if group.baseline else "there is no baseline"
        return f"Noise floor: unknown, {why}."
    ratio = ratio_text(Ratio.of(group.noise))
    if group.resolved is None and group.noise.rounds < max(one.rounds for one in group.findings):
        return (
            f"Noise floor: unknown, as the baseline was measured twice in {counted(group.noise.rounds, 'round')} only: "
            "more was not needed to decide."
        )
    if group.resolved is None:
        return f"Noise floor: the baseline measured twice differs from itself by {ratio}; {group.noise.reason}."
    verdict = "too noisy for" if group.too_noisy else "quiet enough for"
    return (
        f"Noise floor: the baseline measured twice differs from itself by {ratio}. This resolves differences from "
        f"{percent(group.resolved)} on: {verdict} the margin of {margin_text(group.margin)}."
        f"{_beside_the_effect(group)}{_of_faults(group)}"
    )


def _beside_the_effect(group: GroupFindings) -> str:
    """Return, after a space, what too much noise is nothing to, and what it leaves open; nothing where it is quiet."""
    if not group.too_noisy:
        return ""
    best = next((one for one in group.ok if one.verdict == Verdict.FASTER), None)
    ratio = best.speedup_over_baseline if best else None
    open_ = [code(label(one.arm.case, group)) for one in group.ok if one.verdict == Verdict.UNDECIDED]
    parts = []
    if best and ratio:
        parts.append(f"is nothing beside the {times(ratio.value)} of {code(label(best.arm.case, group))}")
    if open_:
        parts.append(f"decides nothing about {listed(open_, _MOST_NAMES)}")
    return f" That {', but '.join(parts)}." if parts else ""


def _of_faults(group: GroupFindings) -> str:
    """Return what to do where the baseline's own page faults may be the noise; else nothing."""
    if not group.too_noisy or group.baseline is None or _assumed(group.baseline).value < _VISIBLE_PART:
        return ""
    return (
        " The baseline's own page faults may be part of that: `--allocator retain`, or a `--baseline` without them, "
        "may resolve more."
    )


def _of_group(analysis: Analysis, group: GroupFindings) -> Iterator[str]:
    yield noise_floor(group)
    rounds = len(group.rounds.used)
    if rounds < MIN_ROUNDS:
        yield f"Too few rounds: {counted(rounds, 'round')}, and no 95 % interval exists below {MIN_ROUNDS}."
    for finding in group.ok:
        if finding.bimodal:
            name = code(label(finding.arm.case, group))
            told, remedy = bimodal.text(finding.bimodal), bimodal.remedy(finding.bimodal, finding.arm.case)
            yield f"{name} is {told}: its ratio is a mixture of the two. {remedy}"
    yield from _stopped(analysis.run, group)
    yield from _handed_out(group)
    yield from _disturbed(group)
    yield from _foreign(group)
    yield from _reference_blas(group)
    yield from _faults(analysis, group)
    yield from _returned(group)
    yield from without_time.sentences(analysis.run, group, explained(analysis, group))


def _stopped(run: Run, group: GroupFindings) -> Iterator[str]:
    """Yield the cases that were measured no further, for want of time; in a race it is not that."""
    if run.settings.best is not None:
        return
    gone = [one for one in group.ok if one.arm.name in run.stopped]
    if gone:
        shown = gone if len(gone) <= _MOST_NAMES else gone[: _MOST_NAMES - 1]
        names = [f"{code(label(one.arm.case, group))} ({plain(run.stopped[one.arm.name])})" for one in shown]
        yield (
            f"Measured no further, because {MIN_ROUNDS} rounds of all would have taken too long: "
            f"{_listed(names, len(gone))}. `--budget` gives more time, `--impl` measures fewer."
        )


def _handed_out(group: GroupFindings) -> Iterator[str]:
    """Yield the cases that hand out what they were given, where the baseline hands out a copy."""
    for finding in group.rivals:
        names = sharing.handed_out(finding, group)
        if names:
            name, base = (code(label(one.arm.case, group)) for one in (finding, group.baseline or finding))
            yield (f"{name} returns {plain(sharing.told(names))}, where {base} returns a copy: that is what it saves.")


def _returned(group: GroupFindings) -> Iterator[str]:
    """Yield who returns another kind of container than the baseline, in one sentence for each kind."""
    names: dict[tuple[str, str], list[str]] = {}
    for finding in group.rivals:
        kinds = returning.otherwise(finding, group)
        if kinds:
            names.setdefault(kinds, []).append(code(label(finding.arm.case, group)))
    for (mine, usual), who in names.items():
        verb, its = ("returns", "its") if len(who) == 1 else ("return", "their")
        base = code(label((group.baseline or group.rivals[0]).arm.case, group))
        yield (
            f"{listed(who, _MOST_NAMES)} {verb} {article(mine)}, where {base} returns {article(usual)}: converting one "
            f"to the other is not part of {its} time."
        )


def _disturbed(group: GroupFindings) -> Iterator[str]:
    """Yield the cases whose usual calls say something else than their undisturbed ones, all in one sentence."""
    told = []
    for finding in group.ok:
        least, usual = finding.log_ratio, finding.log_ratio_of_medians
        if not finding.arm.baseline and least and usual and apart(least, usual, log1p(group.margin)):
            ratios = [ratio_text(Ratio.of(one).inverse()) for one in (least, usual)]
            told.append(f"{code(label(finding.arm.case, group))} is {ratios[0]} by its shortest calls and {ratios[1]}")
    if told:
        shown = told if len(told) <= _MOST_NAMES else told[: _MOST_NAMES - 1]
        yield (
            f"{_listed([f'{one} by medians' for one in shown], len(told))}: some calls took much longer than the "
            "shortest, because of other programs or because the code itself varies."
        )


def _listed(shown: Sequence[str], number: int) -> str:
    """Return the first of a number of things, and how many more there are."""
    return listed([*shown, *([f"{number - len(shown)} more"] if number > len(shown) else [])], len(shown) + 1)


def _foreign(group: GroupFindings) -> Iterator[str]:
    """Yield the cases whose time is what another program said of itself."""
    names = [
        code(label(finding.arm.case, group))
        for finding in group.ok
        if any(worker.own_clock for worker in group.rounds.workers(finding.arm).values())
    ]
    if names:
        yield (
            f"Timed by another program's own clock: {', '.join(names)}. Sending an order there and fetching "
            "the results is not in that time."
        )


def _reference_blas(group: GroupFindings) -> Iterator[str]:
    """Yield the cases that a better library would make faster."""
    names = [code(label(finding.arm.case, group)) for finding in group.ok if finding.reference_blas]
    if names:
        yield (
            f"Reference BLAS: {', '.join(names)} ran on it, or on one that the program does not know. A tuned one is "
            "faster by up to an order of magnitude, so nothing on it is called the fastest. Install OpenBLAS "
            "(`apt-get install libopenblas0`) and measure again."
        )


def _faults(analysis: Analysis, group: GroupFindings) -> Iterator[str]:
    """Yield the cases of which page faults make up a visible part."""
    measured = fault_shares(analysis, group)
    parts = {finding.arm.name: measured.get(finding.arm.name) or _assumed(finding) for finding in group.ok}
    visible = [
        f"{code(label(finding.arm.case, group))} {finding.faults_per_call:.0f} a call "
        f"(about {share_text(parts[finding.arm.name])} of its time)"
        for finding in group.ok
        if parts[finding.arm.name].value >= _VISIBLE_PART
    ]
    if visible:
        cost = (
            "by their cost as measured here" if measured else "if one costs 1 us (1.3 and 2 us on two virtual machines)"
        )
        yield (
            f"Page faults: {', '.join(visible)}, {cost}. They depend on the allocator; `--allocator retain` measures "
            "without them."
        )


def fault_shares(analysis: Analysis, group: GroupFindings) -> dict[str, Share]:
    """Return arm -> the share of its time in page faults, of those for which their cost was measured."""
    ladder = analysis.ladder(group)
    rungs = ladder.rungs if ladder else ()
    shares = {rung.finding.arm.name: rung.diagnosis.shares[Cause.FAULTS] for rung in rungs if rung.diagnosis}
    return {arm: share for arm, share in shares.items() if share is not None}


def _assumed(finding: Finding) -> Share:
    """Return which part of a case's time page faults may make up, at a cost that is nothing but usual."""
    if finding.faults_per_call is None or finding.min_seconds_per_call is None:
        return Share(value=0.0, low=0.0, high=0.0)
    part = min(1.0, finding.faults_per_call * FAULT_S / finding.min_seconds_per_call.value)
    return Share(value=part, low=part, high=part)


SUBJECT = Subject(
    id="threats",
    title="What threatens these numbers",
    section=section,
    place=130,
    shown="title",
    told=told,
    doubts=True,
)
