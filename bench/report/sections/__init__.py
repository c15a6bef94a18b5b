"""Runs into what is shown: one module a section, each a pure function of an analysis.

To add one: a module here with ``section(analysis) -> Section | None`` and a ``SUBJECT``, which says what it is about
and, where that matters, its place. Nothing else has to know of it: a report and a page find it here.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

from msgspec.structs import replace

from ...analyse.analysis import Analysis
from ..parts import Section
from . import advice, answer, cases, environments, layouts, machines, roofline, sweep, threats, time_spent
from .subject import Shown, Subject

#: So many threats are shown whole in Markdown; of more, as over many sizes, the gist.
_FEW_THREATS = 12

#: What a page shows of a part at once -> what Markdown does.
_IN_MARKDOWN: Mapping[Shown, Literal["whole", "results", "figures", "title"]] = {
    "whole": "whole",
    "charts": "figures",
    "title": "title",
}


@cache
def subjects() -> tuple[Subject, ...]:
    """Return what the modules here are about."""
    modules = (import_module(f".{found.name}", __name__) for found in iter_modules(__path__))
    found = (getattr(module, "SUBJECT", None) for module in modules)
    return tuple(one for one in found if isinstance(one, Subject))


def sections(analysis: Analysis) -> tuple[Section, ...]:
    """Return the sections of a report that have something to say: the answer, why to believe it, why not, and where."""
    places = [(one.place, one.id, one) for one in subjects() if one.in_report]
    shown = [
        one
        for _place, _id, one in sorted(places, key=lambda found: found[:2])
        if not (one.is_of_one_size and analysis.sweeps)
    ]
    return tuple(_in_part(one, said, analysis) for one in shown if (said := one.section(analysis)) is not None)


def _in_part(subject: Subject, said: Section, analysis: Analysis) -> Section:
    """Return a section with what of it Markdown shows at once, as a page: few threats whole, of sizes no cases."""
    if subject.id == threats.SUBJECT.id and len(said.paragraphs) <= _FEW_THREATS:
        return said
    shown = _IN_MARKDOWN[subject.shown]
    if subject.id == cases.SUBJECT.id:
        shown = "title" if analysis.sweeps else "results"
    return replace(said, shown=shown, told=subject.told(analysis))


def brief(analysis: Analysis) -> tuple[Section, ...]:
    """Return what a terminal shows: the answer, a table that fits it, the layouts, and what threatens the numbers."""
    over_sizes = sweep.brief(analysis)
    if over_sizes is not None:
        found_over_sizes = (
            answer.section(analysis),
            advice.section(analysis),
            threats.warnings(analysis),
            over_sizes,
            threats.brief(analysis, of_groups=False),
            time_spent.section(analysis),
        )
        return tuple(one for one in found_over_sizes if one is not None)
    found: list[Section | None] = [answer.section(analysis), advice.section(analysis), threats.warnings(analysis)]
    found += [Section(title="Cases", tables=(cases.summary_table(group),)) for group in analysis.groups]
    for side_by_side in (machines.section(analysis), layouts.section(analysis), environments.section(analysis)):
        if side_by_side is not None:
            tables = tuple(table.for_people() for table in side_by_side.tables)
            found.append(replace(side_by_side, tables=tables, figures=()))
    found += [roofline.brief(analysis), threats.brief(analysis, of_groups=True), time_spent.section(analysis)]
    return tuple(one for one in found if one is not None)


__all__ = ["Subject", "brief", "sections", "subjects"]
