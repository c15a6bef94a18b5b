"""Cases that have no time: which, why, and what may be done about it."""

import re
from collections.abc import Iterator, Sequence

from ...analyse.findings import Finding, GroupFindings
from ...store.records import Left, Run
from ...store.worker_records import Outcome
from ..parts import code, plain
from ..phrases import label

#: Relative: nobody calls what is off by more exact enough.
_EXACT_ENOUGH = 0.01


def sentences(run: Run, group: GroupFindings, told: Sequence[Finding | Left]) -> Iterator[str]:
    """Yield the cases without a time, with their reasons and remedies; not those that are told already."""
    ended = (one for one in group.findings if one.outcome != Outcome.OK)
    all_without: tuple[Finding | Left, ...] = (*ended, *group.left)
    without = [one for one in all_without if one not in told]
    for one in without:
        case = one.arm.case if isinstance(one, Finding) else one.case
        yield f"No time for {code(label(case, group))}: {one.outcome.value}, {plain(one.reason or 'no reason known')}."
    for one in without:
        if one.outcome == Outcome.FAILED and _may_be_helper(run, one):
            name = (one.arm.case if isinstance(one, Finding) else one.case).implementation
            yield f"If {code(name)} is a helper, and nothing to compare, call it {code(f'_{name}')}."
    narrower = any(map(_is_narrower, without))
    if narrower or any(map(_is_off_by_little, without)):
        yield (
            "If what is off is exact enough for you, say so by a function `tolerance(inputs, unit_roundoff)` beside "
            f"the others, which returns the largest absolute error allowed{_CONVERTED if narrower else ''}."
        )
    elif any(is_of_another_dtype(one.reason) for one in without):
        yield "Where the values are equal and the dtype alone differs, have one of the two convert it (`.astype`)."


#: What else is to be done where a result is of single precision, and what is right of double.
_CONVERTED = ", and return the result in the baseline's dtype (`.astype(float)`)"


def _is_narrower(one: Finding | Left) -> bool:
    return re.search(r"is float\d+, expected float\d+", one.reason or "") is not None


def is_of_another_dtype(reason: str | None) -> bool:
    """Return whether a result is wrong for its dtype, whatever its values are."""
    return re.search(r"is [a-z]+\d+, expected [a-z]+\d+", reason or "") is not None


def _is_off_by_little(one: Finding | Left) -> bool:
    found = re.search(r"times the tolerance(?: \(relative ([\d.e+-]+)\))?", one.reason or "")
    return found is not None and float(found[1] or 0.0) <= _EXACT_ENOUGH


def _may_be_helper(run: Run, one: Finding | Left) -> bool:
    """Return whether a case is a function of a file that has others, and not the baseline."""
    case = one.arm.case if isinstance(one, Finding) else one.case
    files = [set(texts) for name, texts in run.sources.items() if name != case.implementation]
    own = set(run.sources.get(case.implementation, ()))
    return not (isinstance(one, Finding) and one.arm.baseline) and len(own) == 1 and own in files
