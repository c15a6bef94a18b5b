"""What to do about it, in a few lines: what to take, where to begin, what not to bother with, what changed since."""

import shlex
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from ...analyse.advice import NEARLY_ALL, Advice, Pick, Same
from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...analyse.source_facts import SourceFacts
from ...analyse.verdict import Verdict
from ...store.records import Run
from ...store.worker_records import Outcome
from ..parts import Section, code, plain
from ..phrases import (
    change_text,
    counted,
    faster_text,
    group_label,
    label,
    least_text,
    listed,
    more_rounds,
    times_text,
)
from .changed_since import since_sentences
from .reasons import baseline_sentence
from .subject import Subject
from .uncompared import command_on, deciding, is_nowhere, next_steps
from .unearned import gains_by_preparing

#: Of more groups than these nothing is said here: each has its own table.
_MOST_GROUPS = 3

#: So many names stand in a list at most.
_MOST_NAMES = 4


class Line(Struct, frozen=True, kw_only=True):
    """One thing to do, or not to do."""

    kind: Literal["take", "keep", "begin", "leave", "since"]
    text: str
    implementation: str | None = None
    """Whose source belongs beside it."""


def lines(analysis: Analysis) -> tuple[Line, ...]:
    """Return what to do; nothing where there is nothing to be said."""
    found = [line for one in analysis.advice[:_MOST_GROUPS] for line in _of_group(analysis, one)]
    found += (Line(kind="begin", text=text) for text in _of_undecided(analysis))
    found += (Line(kind="begin", text=text) for text in (*next_steps(analysis), *_explained_by(analysis)))
    found += [Line(kind="begin", text=text) for text in (*_resumed(analysis.run), *_undecided(analysis))]
    if analysis.since:
        found += [Line(kind="since", text=text) for text in since_sentences(analysis.run, analysis.since)]
    return tuple(found)


def section(analysis: Analysis) -> Section | None:
    """Return the same as sentences, and how to see the difference; None where there is nothing to be said."""
    found = lines(analysis)
    paragraphs = (*(line.text for line in found), *_difference(analysis))
    return Section(title="What to do", kind="answer", paragraphs=paragraphs) if found else None


def _of_group(analysis: Analysis, one: Advice) -> Iterator[Line]:
    mark = "" if len(analysis.groups) == 1 else f"{group_label(one.group)}: "
    for line in (*_picks(one), *_wrong(analysis, one), *_begin(analysis, one), *_leave(one)):
        yield Line(kind=line.kind, text=mark + line.text, implementation=line.implementation)


def _of_undecided(analysis: Analysis) -> Iterator[str]:
    """Yield what the baseline's time goes into, of groups that have too few rounds for any other advice."""
    advised = [one.group.name for one in analysis.advice]
    for ladder in [one for one in analysis.ladders if one.group.name not in advised][:_MOST_GROUPS]:
        mark = "" if len(analysis.groups) == 1 else f"{group_label(ladder.group)}: "
        yield from (mark + text for text in baseline_sentence(ladder))


def _picks(one: Advice) -> Iterator[Line]:
    """Yield what to take in the place of the baseline, or that it is to be kept."""
    group = one.group
    if not one.picks:
        yield Line(kind="keep", text=_keep(one))
        return
    for pick in one.picks:
        last = pick is one.picks[-1]
        use = "Use" if pick is one.picks[0] else "Faster still:"
        yield Line(
            kind="take",
            text=f"{use} {_name(pick.finding, group)}{_means(pick.facts, one.baseline_facts)}: "
            f"{times_text(pick.speedup)} as fast as {_base(one)}{_again(pick)}{_length(one, pick)}."
            + (_attained(one) if last else ""),
            implementation=pick.finding.arm.case.implementation,
        )


def _again(pick: Pick) -> str:
    """Return, after a space, that nothing is gained on inputs that it was not prepared for; nothing where it is."""
    return " where it is called again on the same inputs" if gains_by_preparing(pick.finding) else ""


def _keep(one: Advice) -> str:
    """Return that the baseline is as good as anything measured, or anything that is right."""
    group = one.group
    undecided = [_name(finding, group) for finding in group.ok if finding.verdict == Verdict.UNDECIDED]
    if all(finding.verdict == Verdict.SLOWER for finding in group.rivals):
        return f"Keep {_base(one)}, the fastest: everything else is slower.{_attained(one)}"
    right = "right everywhere" if one.wrong_elsewhere else "else"
    text = f"Keep {_base(one)}: nothing {right} was shown to be faster by more than {least_text(group)}."
    if undecided:
        text += f" More rounds may decide about {listed(undecided, _MOST_NAMES)} (`--budget` gives them time)."
    return text + _attained(one)


def _base(one: Advice) -> str:
    return _name(one.group.baseline, one.group) if one.group.baseline else "the baseline"


def _wrong(analysis: Analysis, one: Advice) -> Iterator[Line]:
    """Yield what is faster here and wrong elsewhere in the run."""
    for finding in one.wrong_elsewhere:
        who = (finding.arm.case.contender, finding.arm.case.dtype)
        wrong = [
            group_label(group)
            for group in analysis.groups
            for other in group.findings
            if other.outcome == Outcome.WRONG and (other.arm.case.contender, other.arm.case.dtype) == who
        ]
        others = f" and {counted(len(wrong) - 1, 'other condition')}" if wrong[1:] else ""
        name = _name(finding, one.group)
        yield Line(kind="leave", text=f"Not {name}, though it is faster here: it is wrong at {wrong[0]}{others}.")


def _attained(one: Advice) -> str:
    """Return, after a space, that little is left to gain; nothing where there is more, or nobody knows."""
    share = one.attained
    low = share.interval.low if share and share.interval else 0.0
    if low < NEARLY_ALL:
        return ""
    return " Little is left to gain on this machine."


def _means(facts: SourceFacts | None, baseline: SourceFacts | None) -> str:
    """Return, behind a comma, what an implementation takes, as in ``with NumPy alone`` or ``with numba``.

    Nothing where that is not known, or no more than the baseline takes beyond Python and NumPy.
    """
    if facts is None or (not facts.needs and not facts.complete):
        return ""
    if facts.needs and baseline is not None and set(facts.needs) <= set(baseline.needs):
        return ""
    if facts.needs:
        return f", with {listed([plain(name) for name in facts.needs], _MOST_NAMES)}"
    return ", with NumPy alone" if facts.numpy else ", in Python alone"


def _length(one: Advice, pick: Pick) -> str:
    """Return how long the code is beside the baseline's; nothing where that is unknown."""
    if pick.facts is None:
        return ""
    beside = f" instead of {one.baseline_facts.lines}" if one.baseline_facts else ""
    return f", in {counted(pick.facts.lines, 'line')} of code{beside}"


def _begin(analysis: Analysis, one: Advice) -> Iterator[Line]:
    """Yield the step that pays most, and what the baseline's time goes into."""
    group, step = one.group, one.step
    taken = [pick.finding for pick in one.picks]
    if step is not None and (step.changes or not (step.before.arm.baseline and step.after in taken)):
        changes = "; ".join(map(change_text, step.changes))
        yield Line(
            kind="begin",
            text=f"The step that pays most: from {_name(step.before, group)} to {_name(step.after, group)}, "
            f"{faster_text(step.speedup)}{f' ({changes})' if changes else ''}.",
            implementation=step.after.arm.case.implementation,
        )
    ladder = analysis.ladder(group)
    if ladder:
        yield from (Line(kind="begin", text=text) for text in baseline_sentence(ladder))


def _undecided(analysis: Analysis) -> Iterator[str]:
    """Yield how to measure enough rounds where those of a run are too few for any interval.

    That is what `implbench run` does, where the run was made to say why.
    """
    timed = [group for group in analysis.groups if group.rivals and analysis.race(group) is None]
    intervals = [one.log_ratio for group in timed for one in group.rivals if one.log_ratio and one.log_ratio.interval]
    if timed and not intervals:
        command = deciding(analysis.run)
        how = f": {code(command)}" if command else f", measure more rounds: {more_rounds(analysis.run)}"
        yield f"To decide it{how}."


def _resumed(run: Run) -> Iterator[str]:
    """Yield how to go on with a run that was interrupted."""
    if run.interrupted:
        command = run.settings.command
        places = [place for place, word in enumerate(command[:-1]) if word == "--results"]
        where = command[places[-1] : places[-1] + 2] if places else ()
        yield f"To go on where it was interrupted: {code(shlex.join(['implbench', 'run', '--resume', *where]))}."


def _explained_by(analysis: Analysis) -> Iterator[str]:
    """Yield which command says what the baseline's time goes into, of a run that does not say it."""
    bases = {_base(one) for one in analysis.advice}
    command = command_on("explain", analysis.run)
    if len(bases) == 1 and command and not (analysis.ladders or analysis.sweeps or analysis.run.interrupted):
        yield f"What {bases.pop()} spends its time on, and what to change: {code(command)}."


def _difference(analysis: Analysis) -> Iterator[str]:
    """Yield how to see what is different in what is to be taken."""
    taken = [pick for one in analysis.advice for pick in one.picks if pick.facts and one.baseline_facts]
    if taken and not is_nowhere(analysis.run):
        yield "The sources side by side, and the charts: `implbench report --html --open`."


def _leave(one: Advice) -> Iterator[Line]:
    """Yield what makes no difference."""
    if one.same:
        parts = [f"{_name(same.finding, one.group)} instead of {_name(same.other, one.group)}" for same in _shown(one)]
        more = len(one.same) - len(parts)
        yield Line(
            kind="leave",
            text=f"Not worth the trouble, equal within {least_text(one.group)}: {', '.join(parts)}"
            f"{f' and {more} more' if more else ''}.",
        )


def _shown(one: Advice) -> tuple[Same, ...]:
    return one.same[:_MOST_NAMES]


def _name(finding: Finding, group: GroupFindings) -> str:
    return code(label(finding.arm.case, group))


SUBJECT = Subject(id="advice", title="What to do", section=section, place=15, on_page=False)
