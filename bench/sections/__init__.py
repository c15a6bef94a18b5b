"""Runs into what is shown: one module a section, each a pure function of a run and its findings.

To add one: a module with ``section(run, groups) -> Section | None``, and its place in the list below.
"""

from collections.abc import Callable

from ..document import Section
from ..measurement import Run
from ..verdict import GroupFindings
from . import answer, cases, environment, layouts, samples, speedup, threats

#: In reading order: the answer, the reasons to believe it, the reasons not to, and how to repeat it.
_ORDER: tuple[Callable[[Run, tuple[GroupFindings, ...]], Section | None], ...] = (
    answer.section,
    cases.section,
    speedup.section,
    layouts.section,
    samples.section,
    threats.section,
    environment.section,
)


def sections(run: Run, groups: tuple[GroupFindings, ...]) -> tuple[Section, ...]:
    """Return the sections of a report that have something to say, in reading order."""
    return tuple(found for make in _ORDER if (found := make(run, groups)) is not None)


def brief(run: Run, groups: tuple[GroupFindings, ...]) -> tuple[Section, ...]:
    """Return what a terminal shows: the answer, a table that fits it, the layouts, and what threatens the numbers."""
    found = [answer.section(run, groups)]
    found += [Section(title="Cases", tables=(cases.summary_table(group),)) for group in groups]
    side_by_side = layouts.section(run, groups)
    if side_by_side is not None:
        tables = tuple(table.for_people() for table in side_by_side.tables)
        found.append(Section(title=side_by_side.title, paragraphs=side_by_side.paragraphs, tables=tables))
    found.append(threats.section(run, groups))
    return tuple(one for one in found if one is not None)


__all__ = ["brief", "sections"]
