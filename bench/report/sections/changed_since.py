"""What changed since the run before, in a few sentences of *What to do*."""

from collections.abc import Iterator, Sequence

from ...analyse.since import Changed, Compared, Since
from ...store.records import Run
from ...units import percent
from ..parts import code, plain
from ..phrases import counted, label, listed, margin_text, ratio_text
from .disturbance import briefly

#: So many names stand in a list at most.
_MOST_NAMES = 4

#: That no change as large as this can be told helps nobody, and is not said.
_TOO_VAGUE = 0.3


def since_sentences(run: Run, found: Since) -> Iterator[str]:
    """Yield what changed since the run before, and how much may have; nothing where nothing can be told of any."""
    parts = [_changed(one) for one in found.changed[:_MOST_NAMES]]
    more = len(found.changed) - len(parts)
    parts += [f"{more} more changed"] if more else []
    parts += _unchanged(found)
    when = plain(found.earlier.created[:16]).replace("T", " ")
    yield from _decided_then(found, when)
    if parts:
        yield " ".join([f"Since your last run ({when} UTC): {'; '.join(parts)}.", *_untold(run, found), *_moved(found)])


def _changed(one: Changed) -> str:
    return (
        f"{code(label(one.finding.arm.case, one.group))} is {one.verdict.value} beside the baseline, "
        f"{ratio_text(one.now)} now and {ratio_text(one.before)} then"
    )


def _unchanged(found: Since) -> Iterator[str]:
    """Yield that the others did not change, or which of them did not."""
    steady = [one for one in found.others if one.most is not None and one.most <= found.margin]
    if steady and len(steady) == len(found.others):
        yield f"nothing{' else' if found.changed else ''} changed by more than {margin_text(found.margin)}"
    elif steady:
        yield f"{_names(found, steady)} changed by {margin_text(found.margin)} at most"


def _decided_then(found: Since, when: str) -> Iterator[str]:
    """Yield which ratio those had then that have too few rounds now."""
    decided = [one for one in found.others if one.most is None and one.before.interval is not None]
    texts = [f"{code(label(one.finding.arm.case, one.group))} {ratio_text(one.before)}" for one in decided]
    if texts:
        yield f"Your last run ({when} UTC) had enough rounds to decide: {listed(texts, _MOST_NAMES)}."


def _untold(run: Run, found: Since) -> Iterator[str]:
    """Yield of which others nothing, or only a large change, can be told, and why."""
    noisy = [one for one in found.others if one.most is not None and found.margin < one.most <= _TOO_VAGUE]
    if noisy:
        least = percent(max(one.most for one in noisy if one.most is not None))
        yield f"{_names(found, noisy)}: too noisy to tell a change below {least}{_why(run, found.earlier)}."
    short = [one for one in found.others if one.most is None and one.before.interval is None]
    if short:
        yield f"{_names(found, short)}: too few rounds to tell."


def _names(found: Since, some: Sequence[Compared]) -> str:
    """Return the names of cases; of several sizes or conditions, how many cases they are."""
    groups = {*(one.group.name for one in found.changed), *(one.group.name for one in found.others)}
    if len(groups) > 1:
        return counted(len(some), "other case" if found.changed else "case")
    return listed([code(label(one.finding.arm.case, one.group)) for one in some], _MOST_NAMES)


def _why(run: Run, earlier: Run) -> str:
    """Return, in brackets, what disturbed the two runs; nothing where nothing was seen."""
    said = [f"{text} now" for text in briefly(run)] + [f"{text} then" for text in briefly(earlier)]
    return f" ({', '.join(said)})" if said else ""


def _moved(found: Since) -> Iterator[str]:
    """Yield which baselines changed themselves."""
    if found.baselines:
        names = listed([code(name) for name in found.baselines], _MOST_NAMES)
        yield f"The source of the baseline, {names}, is not what it was then: that moves all ratios."
