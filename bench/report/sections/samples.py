"""The fastest sample of every burst of every case in the order of time, so that drift and two-fold times show."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from .. import bimodal
from ..chart import Chart
from ..charts.drawn import left_out
from ..charts.samples import OF_BURSTS, by_group, charts, explained, most_cases
from ..parts import Figure, Section, code
from ..phrases import label, named, titled
from .subject import Subject

_TITLE = "Samples by round"

#: Above so many panels they stand in two columns.
_ONE_COLUMN = 6


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group with a time, and what is two-fold in words."""
    panels = [[one.in_view(OF_BURSTS) for one in made] for made in by_group(analysis)]
    figures = tuple(
        _figure(analysis, group, made)
        for group, made in zip(analysis.groups, panels, strict=True)
        if any(series.xs[1:] for chart in made for series in chart.series)  # one value a case is no series
    )
    return Section(title=_TITLE, paragraphs=_said(analysis), figures=figures) if figures else None


def words(analysis: Analysis) -> Section | None:
    """Return what is two-fold, without figures: for a page, whose charts are made apart."""
    paragraphs = _said(analysis)
    return Section(title=_TITLE, paragraphs=paragraphs) if paragraphs else None


def _said(analysis: Analysis) -> tuple[str, ...]:
    return (*_twofold(analysis), *_left_out(analysis))


def _twofold(analysis: Analysis) -> tuple[str, ...]:
    return tuple(
        f"{code(label(one.arm.case, group))} is {bimodal.text(one.bimodal)}."
        for group in analysis.groups
        for one in group.ok
        if one.bimodal
    )


def _left_out(analysis: Analysis) -> tuple[str, ...]:
    """Return for each group which of its cases have a chart, where not all have."""
    most = most_cases(analysis)
    found = ((group, left_out(group, most)) for group in analysis.groups)
    return tuple(f"{titled(_TITLE, group, analysis.groups)}.{text}" for group, text in found if text)


def _figure(analysis: Analysis, group: GroupFindings, made: Sequence[Chart]) -> Figure:
    bursts = sum(len(series.xs) for chart in made for series in chart.series)
    each = "" if any(chart.note for chart in made) else "each of "
    caption = (
        f"{titled(_TITLE, group, analysis.groups)}: time a call of {each}{bursts} bursts (the fastest of "
        "its samples) in the order of time, one panel a case, each with its own log axis; the bars are medians of "
        "rounds."
    )
    columns = 1 if len(made) <= _ONE_COLUMN else 2
    return Figure(name=named("samples", group, analysis.groups), caption=caption, charts=tuple(made), columns=columns)


SUBJECT = Subject(
    id="samples",
    title="Samples by round and by time",
    section=section,
    page_section=words,
    charts=charts,
    explained=explained,
    place=120,
    shown="title",
    is_of_one_size=True,
    charts_of_one_size=True,
)
