"""Runs into what is shown: one module a section, each a pure function of an analysis.

To add one: a module with ``section(analysis) -> Section | None``, and its place in the list below.
"""

from collections.abc import Callable

from ...analyse.analysis import Analysis
from ..parts import Section
from . import (
    accuracy,
    answer,
    cases,
    conditions,
    counts,
    environment,
    explanation,
    layouts,
    roofline,
    samples,
    speedup,
    startup,
    sweep,
    threats,
    time_spent,
)

#: In reading order: the answer, the reasons to believe it, the reasons not to, and how to repeat it.
_ORDER: tuple[Callable[[Analysis], Section | None], ...] = (
    answer.section,
    sweep.section,
    cases.section,
    speedup.section,
    layouts.section,
    conditions.section,
    roofline.section,
    explanation.section,
    counts.section,
    startup.section,
    accuracy.section,
    samples.section,
    threats.section,
    environment.section,
    time_spent.section,
)


#: What draws a figure for each size: where a run has many, those of the sweep stand for them.
OF_ONE_SIZE = (speedup.section, samples.section, samples.words, accuracy.section, startup.section)


def sections(analysis: Analysis) -> tuple[Section, ...]:
    """Return the sections of a report that have something to say, in reading order."""
    left_out = OF_ONE_SIZE if analysis.sweeps else ()
    return tuple(found for make in _ORDER if make not in left_out and (found := make(analysis)) is not None)


def brief(analysis: Analysis) -> tuple[Section, ...]:
    """Return what a terminal shows: the answer, a table that fits it, the layouts, and what threatens the numbers."""
    over_sizes = sweep.brief(analysis)
    if over_sizes is not None:
        found_over_sizes = (
            answer.section(analysis),
            over_sizes,
            threats.of_run(analysis),
            time_spent.section(analysis),
        )
        return tuple(one for one in found_over_sizes if one is not None)
    found: list[Section | None] = [answer.section(analysis)]
    found += [Section(title="Cases", tables=(cases.summary_table(group),)) for group in analysis.groups]
    side_by_side = layouts.section(analysis)
    if side_by_side is not None:
        tables = tuple(table.for_people() for table in side_by_side.tables)
        found.append(Section(title=side_by_side.title, paragraphs=side_by_side.paragraphs, tables=tables))
    found += [roofline.brief(analysis), threats.section(analysis), time_spent.section(analysis)]
    return tuple(one for one in found if one is not None)


__all__ = ["OF_ONE_SIZE", "brief", "sections"]
