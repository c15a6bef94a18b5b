"""Whose times are not, or perhaps not, those of computing from what it is given."""

from collections.abc import Iterator

from ...analyse import remembering
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Verdict
from ...units import significant
from ..parts import code, plain
from ..phrases import label


def sentences(group: GroupFindings) -> Iterator[str]:
    """Yield who may remember, and whose gain is another on contents that it has not met."""
    for one in group.ok:
        name = code(label(one.arm.case, group))
        if said := remembering.warning(group.rounds.workers(one.arm).values()):
            yield f"Warning: {name}: {plain(said)}."
        elif said := gain_on_new(one):
            yield f"Warning: {name} {said}."


def gain_on_new(finding: Finding) -> str | None:
    """Return what is said of a case whose gain is far less on contents that it has not met."""
    found, speedup = finding.on_new, finding.speedup_over_baseline
    if found is None or speedup is None or speedup.value <= 1:
        return None
    if speedup.interval is not None and finding.verdict != Verdict.FASTER:
        return None
    if found.prepares:
        return (
            "gains only where it is called again on inputs that it was prepared for: with its prepare(), which is not "
            f"timed, a call on other ones takes {significant(found.share, 2)} times as long as the baseline's "
            "(it says COPIES_INPUTS = True)"
        )
    return (
        f"is {significant(1 / found.share, 2)} times as fast as the baseline on contents that it has not met before: "
        "the rest of its gain comes with contents that come again, whose branches the CPU learns, or whose results are "
        "kept"
    )


def gains_by_preparing(finding: Finding) -> bool:
    """Return whether a case is faster than the baseline only where nothing has to be prepared."""
    return gain_on_new(finding) is not None and finding.on_new is not None and finding.on_new.prepares
