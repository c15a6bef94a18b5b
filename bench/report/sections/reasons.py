"""Why an implementation takes the time it takes, in plain sentences: what it is bound by, what to change, what was."""

from collections.abc import Iterator

from ...analyse.diagnosis import LEAST_SHARE, MOST_EXCESS, Cause, Diagnosis, Share
from ...analyse.explanation import Ladder, Rung
from ...units import percent
from ..charts.ratios import differs
from ..parts import code, plain
from ..phrases import below_text, change_text, label, listed, ratio_text, share_text, times_text
from . import hot_lines
from .causes import BOUND, CAUSES, faults, name_of

#: What to use where the counts do not show what takes the time.
_PROFILERS = "`cProfile` by function, `line_profiler` by line, `py-spy --native` within compiled code"

#: So many names stand in a list at most.
_MOST_NAMES = 4


def range_text(share: Share) -> str:
    """Return the range of a share, for a table, as in ``45-52 %``."""
    low, high = f"{100 * share.low:.0f}", f"{100 * share.high:.0f}"
    return f"{low} %" if low == high else f"{low}-{high} %"


def sentences(ladder: Ladder) -> tuple[str, ...]:
    """Return a few plain sentences for each implementation: what it is bound by, what to change, what the step was."""
    return tuple(
        " ".join(filter(None, [_bound(ladder, rung), _besides(ladder, rung), _step(ladder, rung)]))
        for rung in ladder.rungs
    )


def baseline_sentence(ladder: Ladder) -> Iterator[str]:
    """Yield what the baseline is bound by and what to change in it, or its hottest lines, where that is known."""
    for rung in ladder.rungs:
        if rung.finding.arm.baseline and (hot_lines.stand_for(rung) or (rung.diagnosis and rung.diagnosis.cause)):
            yield _bound(ladder, rung)
            yield from hot_lines.remedies([rung], ladder)


def _bound(ladder: Ladder, rung: Rung) -> str:
    """Return what most of the time goes into, and what to change."""
    name, found = name_of(ladder, rung), rung.diagnosis
    if rung.worker.own_clock:
        return f"{name} computes in another program, whose work is not seen."
    if hot_lines.stand_for(rung):
        parts = [f"{name} spends {hot_lines.told(rung)}.", *hot_lines.unwatched(rung)]
        return " ".join([*parts, *(_excess(found) if found else ())])
    if found is None:
        return f"{name} takes arrays of one class only: what it does could not be seen."
    if found.cause is None:
        return " ".join([_unexplained(name, found), *_excess(found)])
    what, change = CAUSES[found.cause](ladder, rung, share_text(found.share))
    changes = [f"{change}."] if change else []
    return " ".join([f"{name} is {BOUND[found.cause]}: {what}.", *changes, *_excess(found)])


def _unexplained(name: str, found: Diagnosis) -> str:
    """Return how much of the time is known, and where to look for the rest, if that is much."""
    told = f"{name} is not explained: what is counted takes about {percent(1 - found.unexplained)} of its time."
    if not _is_unseen(found):
        return told
    return (
        f"{told} The rest, up to {percent(found.unexplained)}, cannot be seen here: instructions of Python itself, "
        "pandas and other libraries, or compiled code."
    )


def _is_unseen(found: Diagnosis | None) -> bool:
    """Return whether much of the time goes where nothing is counted, as far as the rates measured are right."""
    if found is None:
        return True
    return found.cause is None and found.excess <= MOST_EXCESS and found.unexplained >= LEAST_SHARE


def profilers(ladder: Ladder) -> Iterator[str]:
    """Yield what to do about lines, once for all of which the same holds, and what shows what is not seen."""
    yield from hot_lines.remedies(ladder.rungs, ladder)
    rungs = [rung for rung in ladder.rungs if not rung.worker.own_clock and not hot_lines.stand_for(rung)]
    unseen = [rung for rung in rungs if _is_unseen(rung.diagnosis)]
    if unseen:
        names = listed([name_of(ladder, rung) for rung in unseen], _MOST_NAMES)
        yield f"What takes the time of {names}, a profiler shows: {_PROFILERS}."


def _excess(found: Diagnosis) -> Iterator[str]:
    """Yield a warning where the parts would take more than the time."""
    if found.excess > MOST_EXCESS:
        yield (
            f"Warning: its work would take {percent(found.excess)} of its time at the rates measured here, so either "
            "these are too low, or `work` in problem.py counts more than has to be done, or it does not compute all of "
            "it on each call."
        )


def _besides(ladder: Ladder, rung: Rung) -> str | None:
    """Return the other causes that are worth a word; page faults with their remedy."""
    if rung.diagnosis is None:
        return None
    others = rung.diagnosis.notable()
    parts = [f"{cause} about {share_text(rung.diagnosis.shares[cause])}" for cause in others if cause != Cause.FAULTS]
    known = ", ".join(parts)
    told = f"Counted: {known} of the time." if rung.diagnosis.cause is None else f"Beside that: {known}."
    texts = [told] if parts else []
    if Cause.FAULTS in others:
        what, change = faults(ladder, rung, share_text(rung.diagnosis.shares[Cause.FAULTS]))
        texts.append(f"{what[0].upper()}{what[1:]}{f': {change[0].lower()}{change[1:]}' if change else ''}.")
    return " ".join(texts)


def _step(ladder: Ladder, rung: Rung) -> str | None:
    """Return the ratio to the rung before and what has changed."""
    ratio = rung.speedup_over_previous
    if rung.previous is None or ratio is None:
        return None
    before = code(label(rung.previous, ladder.group))
    if ratio.interval and not differs(ratio, ladder.group.least):
        return f"It is not told apart from {before}: {ratio_text(ratio)}, and {below_text([ladder.group])}."
    about = "" if ratio.interval else "about "
    changes = "; ".join(change_text(change) for change in rung.changes)
    text = f"It is {about}{times_text(ratio)} as fast as {before}"
    if not changes and rung.accounted:
        changes = hot_lines.difference(rung.accounted)
    return f"{text}: {changes}." if changes else f"{text}; what is counted here does not explain it."


def left_out(ladder: Ladder) -> Iterator[str]:
    """Yield what has no place on the ladder, with the reason."""
    reasons: dict[str, list[str]] = {}
    for one in ladder.missing:
        reasons.setdefault(one.reason or one.outcome, []).append(code(label(one.case, ladder.group)))
    for other in ladder.uncounted:
        why = "not counted" if other.outcome == "ok" else f"{other.outcome}, {other.reason}"
        reasons.setdefault(why, []).append(code(label(other.arm.case, ladder.group)))
    if reasons:
        parts = [f"{', '.join(names)} ({plain(why)})" for why, names in reasons.items()]
        yield f"Left out: {'; '.join(parts)}."
