"""Environments side by side: what differs between them, and what that does to each implementation."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.environments import Change, differences
from ...analyse.findings import GroupFindings
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Section, Table, code, plain
from ..phrases import named, ratio_text, times_text, titled
from .subject import Subject

_EXPLAINED = (
    "The same implementation in two environments, measured in the same rounds, in turns: speed-up is its time in the "
    "first environment / its time in the other."
)


def section(analysis: Analysis) -> Section | None:
    """Return what differs, and the ratio of each implementation to itself; None where there is one environment."""
    if len(analysis.run.environments) < 2:
        return None
    found = [(group, analysis.changes(group)) for group in analysis.groups]
    tables = (_table(group, each, analysis.groups) for group, each in found if each)
    return Section(
        title="Environments side by side", paragraphs=(_EXPLAINED,), tables=(_differences(analysis), *tables)
    )


def sentences(found: Sequence[Change]) -> list[str]:
    """Return what each environment does to each implementation, as an answer."""
    texts: dict[str, list[str]] = {}
    for one in found:
        before, after = one.before.arm.case, one.after.arm.case
        text = f"{code(after.implementation)} {times_text(one.speedup)} as fast ({one.verdict.value})"
        texts.setdefault(f"{plain(after.environment)} against {plain(before.environment)}", []).append(text)
    return [f"{change}: {', '.join(each)}." for change, each in texts.items()]


def _differences(analysis: Analysis) -> Table:
    """Return a column for each environment, with what is not the same in all."""
    labels = [plain(one.label) for one in analysis.run.environments]
    return Table(
        name="environments",
        title="What differs between the environments",
        columns=(
            Column(name="subject", header="", right=False),
            *(Column(name=label, header=label, right=False) for label in labels),
        ),
        rows=tuple((Cell.of(subject), *map(Cell.of, texts)) for subject, texts in differences(analysis.run).items()),
    )


def _table(group: GroupFindings, found: Sequence[Change], groups: Sequence[GroupFindings]) -> Table:
    """Return a row for each implementation in each further environment."""
    return Table(
        name=named("by-environment", group, groups),
        title=titled("Each implementation against itself in another environment", group, groups),
        columns=(
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=len(group.layouts) > 1),
            Column(name="before", header="from", right=False),
            Column(name="after", header="to", right=False),
            Column(name="speedup", header="speed-up"),
            *bound_columns("speedup"),
            Column(name="verdict", header="verdict", right=False),
        ),
        rows=tuple(_row(one) for one in found),
    )


def _row(one: Change) -> tuple[Cell, ...]:
    before, after = one.before.arm.case, one.after.arm.case
    return (
        Cell.of(after.implementation),
        Cell.of(after.layout),
        Cell.of(before.environment),
        Cell.of(after.environment),
        value_cell(one.speedup, ratio_text(one.speedup)),
        *bound_cells(one.speedup),
        Cell.of(one.verdict.value),
    )


SUBJECT = Subject(
    id="environments",
    title="Environments side by side",
    section=section,
    place=75,
)
