"""What comes before the first result: preparing (converting, compiling, moving to a device) and the first call."""

from math import floor

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...units import DASH, time_text
from ..estimates import value_of
from ..parts import Cell, Column, Section, Table, code
from ..phrases import label, named, titled
from .subject import Subject

_COLUMNS = (
    Column(name="implementation", header="implementation", right=False),
    Column(name="prepare_seconds", header="prepare"),
    Column(name="transfer_seconds", header="transfer in it"),
    Column(name="first_call_seconds", header="first call"),
    Column(name="seconds_per_call", header="a later call"),
    Column(name="calls_to_pay_off", header="pays off after [calls]"),
)


def section(analysis: Analysis) -> Section | None:
    """Return a table for each group with a case whose start is known."""
    tables = tuple(table for group in analysis.groups if (table := _table(group, analysis.groups)).rows)
    if not tables:
        return None
    text = (
        "None of this is in the times above. Preparing is what an implementation does with its inputs before the clock "
        "starts: converting, compiling, moving them to a device. Both are medians over fresh processes; importing a "
        "library is in neither. A compiled program that is kept on disk makes later starts shorter than the first. "
        "It pays off after so many calls: then all of it together takes less time than the baseline does."
    )
    cold = tuple(f"{said} The calls to pay off count the first." for said in compiled(analysis))
    return Section(title="Before the first result", paragraphs=(text, *cold), tables=tables)


def compiled(analysis: Analysis) -> tuple[str, ...]:
    """Return of whom the first process compiled and later ones found that on disk, and what that took."""
    return tuple(
        f"{code(label(one.arm.case, group))} compiled in its first round, {time_text(one.cold_start_s)} to the first "
        f"result; later rounds found the compiled code on disk and took {time_text(_warm_start_s(one))}."
        for group in analysis.groups
        for one in group.ok
        if one.cold_start_s is not None
    )


def _warm_start_s(finding: Finding) -> float:
    return (finding.prepare_s or 0.0) + (finding.first_call_s or 0.0)


def _table(group: GroupFindings, groups: tuple[GroupFindings, ...]) -> Table:
    known = [finding for finding in group.ok if finding.prepare_s is not None and finding.first_call_s is not None]
    return Table(
        name=named("start", group, groups),
        title=titled("Before the first result", group, groups),
        columns=_COLUMNS,
        rows=tuple(_row(one, group) for one in known),
    )


def _row(finding: Finding, group: GroupFindings) -> tuple[Cell, ...]:
    later = value_of(finding.seconds_per_call)
    times = (finding.prepare_s, finding.transfer_s, finding.first_call_s, later)
    calls = calls_to_pay_off(finding, group.baseline)
    return (
        Cell.of(label(finding.arm.case, group)),
        *(Cell(value=seconds, text=DASH if seconds is None else time_text(seconds)) for seconds in times),
        Cell(value=calls, text=DASH if calls is None else f"{calls:,}"),
    )


def calls_to_pay_off(finding: Finding, baseline: Finding | None) -> int | None:
    """Return the least k for which preparing, the first call and k - 1 more take less time than the baseline.

    None for the baseline itself, for what never pays off, and where a time is unknown.
    """
    if baseline is None or finding.arm.baseline:
        return None
    start, later = _start(finding)
    other_start, other_later = _start(baseline)
    if start is None or other_start is None or later is None or other_later is None:
        return None
    if start < other_start:
        return 1
    return floor((start - other_start) / (other_later - later)) + 2 if later < other_later else None


def _start(finding: Finding) -> tuple[float | None, float | None]:
    """Return the seconds until the first result, and of a later call."""
    later = value_of(finding.seconds_per_call)
    if finding.cold_start_s is not None:
        return finding.cold_start_s, later
    if finding.prepare_s is None or finding.first_call_s is None:
        return None, later
    return finding.prepare_s + finding.first_call_s, later


SUBJECT = Subject(
    id="start",
    title="Before the first result",
    section=section,
    place=100,
    shown="title",
    is_of_one_size=True,
)
