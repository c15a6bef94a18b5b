"""Whose times are not, or perhaps not, those of computing from what it is given."""

from collections.abc import Iterator

from ...analyse import remembering
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Verdict
from ...units import significant
from ..parts import code, plain
from ..phrases import label


def sentences(group: GroupFindings) -> Iterator[str]:
    """Yield who may remember, and whose gain is done in ``prepare``."""
    for one in group.ok:
        name = code(label(one.arm.case, group))
        if said := remembering.warning(group.rounds.workers(one.arm).values()):
            yield f"Warning: {name}: {plain(said)}."
        if said := gain_by_preparing(one):
            yield f"Warning: {name} {said}."


def gain_by_preparing(finding: Finding) -> str | None:
    """Return what is said of a case that is faster than the baseline only where nothing has to be prepared."""
    if finding.verdict != Verdict.FASTER or finding.with_preparing is None:
        return None
    return (
        "gains only where it is called again on inputs that it was prepared for: with its prepare(), which is not "
        f"timed, a call on other ones takes {significant(finding.with_preparing, 2)} times as long as the baseline's "
        "(it says COPIES_INPUTS = True)"
    )
