"""How results were checked, in words."""

from collections.abc import Iterable, Mapping

from ..store.checks import Against, Check, Closeness
from .parts import code

#: What is said of one kind beside its name.
_MEANINGS = {
    Closeness.MEASURED: "found from how far the results move when the inputs move by a rounding (docs/tolerance.md)",
    Closeness.EQUAL: "nothing in them is rounded",
}

#: Why results are held against each other only, and what to do about it, behind "for".
UNREFERENCED = "there is no `reference`: a function of that name, called as the others are, would show which is right"


def sentence(check: Check | None, *, exact: bool = False) -> str | None:
    """Return how results were checked; None where that was done against an analysed tolerance, or is not known.

    That one is what the strict form of a problem has: there is nothing to be said beside the table. Of `exact` results
    none differs at all from what they were held against.
    """
    if check is None or (check.closeness == Closeness.ANALYSED and check.against == Against.REFERENCE):
        return None
    also = ", and accepted by the problem's own test" if check.accepted and check.closeness != Closeness.JUDGED else ""
    if check.closeness == Closeness.JUDGED:
        return f"Results are {check.kind}."
    if check.closeness == Closeness.ABSENT:
        return "Results are not checked: the baseline returns nothing, and nothing else shows what is right."
    if check.closeness == Closeness.EQUAL:
        return f"Results are equal to {check.reference}{also}: {_MEANINGS[Closeness.EQUAL]}."
    if check.against == Against.BASELINE and not exact:
        return f"Results are held against the baseline's, within {_tolerance(check)}{also}, for {UNREFERENCED}."
    how = "are exact: none differs from" if exact else "are verified against"
    return f"Results {how} {check.reference}{'' if exact else f', within {_tolerance(check)}'}{also}."


def _tolerance(check: Check) -> str:
    """Return what is called the tolerance: nobody knows whether the problem's own was analysed or chosen."""
    return "the problem's own tolerance" if check.closeness == Closeness.ANALYSED else f"a {check.closeness.value}"


def in_full(checks: Mapping[str, Check], outputs: Iterable[str]) -> str:
    """Return how the results of a run were checked before any was timed; nothing of one whose outputs are not known."""
    names = ", ".join(map(code, outputs))
    said = dict.fromkeys(told for check in checks.values() if (told := sentence(check)))
    if not names and not said:
        return ""
    whose = f"every worker's result ({names})" if names else "every worker's result"
    errors = (
        "error/tolerance above 1 is wrong. Errors in units in the last place (ulp) are the largest of any component, "
        "which where terms cancel says little by itself."
    )
    if not said:
        return f" Before it was timed, {whose} was compared with a reference in extended precision; {errors}"
    return f" Before it was timed, {whose} was checked. {' '.join(said)} Where there is a tolerance, {errors}"


def of_errors(checks: Mapping[str, Check]) -> str:
    """Return where the tolerance comes from that errors are shown in."""
    if any(check.closeness == Closeness.MEASURED for check in checks.values()):
        return f"The tolerance was measured: it is {_MEANINGS[Closeness.MEASURED]}"
    return "The tolerance is the one that the problem gives"
