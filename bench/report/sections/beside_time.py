"""What stands beside the time in the table of cases: memory, page faults, quality and errors, each as a cell."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Ratio
from ...stats.peak_ratios import LEAST_BYTES
from ...text import repeats
from ...units import DASH, amount, significant
from ..estimates import value_cell
from ..parts import Cell, plain


def peak_text(peak_bytes: float | None) -> str:
    """Return a peak of memory as in ``50.1 MB``; what is too little to be measured as less than that."""
    if peak_bytes is not None and peak_bytes < LEAST_BYTES:
        return f"<{amount(LEAST_BYTES, 'B')}"
    return amount(peak_bytes, "B")


def memory(ok: Finding | None) -> Cell:
    """Return the peak of a case's memory."""
    found = ok.peak_bytes if ok else None
    return value_cell(found, peak_text(found.value if found else None))


def memory_ratio(ok: Finding | None) -> Ratio | None:
    """Return peak / peak of the baseline; None for the baseline, and where there is too little for a ratio."""
    return Ratio.of(ok.peak_log_ratio) if ok and ok.peak_log_ratio else None


def has_memory(groups: Iterable[GroupFindings]) -> bool:
    """Return whether anybody looked at the memory of any case."""
    return any(one.peak_bytes or one.peak_unknown for group in groups for one in group.ok)


def memory_sentence(groups: Sequence[GroupFindings]) -> str:
    """Return what the memory is, and why that of some is unknown, after a space; empty where nobody looked."""
    if not has_memory(groups):
        return ""
    unknown = dict.fromkeys(one.peak_unknown for group in groups for one in group.ok if one.peak_unknown)
    told = "".join(f" A dash there: {plain(reason)}." for reason in unknown)
    return (
        " Memory is the most that was resident in the process during a call, beyond what was before its first call: "
        f"median over rounds.{told}"
    )


def what(title: str, finding: Finding | None, name: str) -> Cell:
    """Return what a case is, and what is done inside the clock for its result to be there; no `name` again."""
    consumed = finding.consumed if finding else None
    found = Cell.of(f"{title} ({consumed})" if consumed else title)
    return replace(found, text="") if repeats(title, name) and not consumed else found


def quality(ok: Finding | None) -> Cell:
    """Return the problem's own figure of how good a result is."""
    found = ok.quality if ok else None
    return Cell(value=found, text=DASH if found is None else f"{found:.6g}")


def faults(ok: Finding | None) -> Cell:
    """Return the minor page faults of a call."""
    found = ok.faults_per_call if ok else None
    return Cell(value=found, text=DASH if found is None else f"{found:.0f}")


def error(finding: Finding | None) -> Cell:
    """Return the largest error over its tolerance, of a case that was started."""
    found = finding.error_over_tolerance if finding else None
    if found is not None and not 1e-3 <= found < 1e6:
        return Cell(value=found, text="<0.001" if found < 1 else f"{found:.1e}")
    return Cell(value=found, text=significant(found, 2))


def ulp(finding: Finding | None) -> Cell:
    """Return the largest error in units in the last place; large where a number is small beside what it was made of."""
    found = finding.max_ulp if finding else None
    return Cell(value=found, text=f"{found:.1e}" if found is not None and found >= 1e6 else significant(found, 2))
