"""Why each implementation is as fast as it is: what it does, what that costs, and what the next one does otherwise."""

from collections.abc import Iterator

from ...analyse.analysis import Analysis
from ...analyse.explanation import Ladder
from ..chart import Chart
from ..charts import ladder, time_shares
from ..parts import Figure, Section
from ..phrases import named
from . import advice, answer, explanation_tables
from .reasons import baseline_sentence, left_out, profilers, sentences
from .subject import Subject


def section(analysis: Analysis) -> Section | None:
    """Return why, with what NumPy is called for; None where nothing was counted."""
    found = analysis.ladders
    if not found:
        return None
    paragraphs = tuple(text for one in found for text in (*sentences(one), *profilers(one), *left_out(one)))
    tables = tuple(
        table
        for one in found
        for table in (*explanation_tables.tables(one, analysis.groups), explanation_tables.calls(one, analysis.groups))
        if table is not None and any(cell.value is not None for row in table.rows for cell in row[1:])
    )
    figures = tuple(_figure(analysis, chart) for chart in time_shares.charts(analysis))
    return Section(title="Why", paragraphs=(*paragraphs, _METHOD), tables=tables, figures=figures)


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return where the time goes, then what each step brings."""
    return (*time_shares.charts(analysis), *ladder.charts(analysis))


def _figure(analysis: Analysis, chart: Chart) -> Figure:
    group = analysis.groups[int(chart.id.rpartition("-")[2])]
    return Figure(name=named("shares", group, analysis.groups), caption=chart.caption, charts=(chart,))


def brief(analysis: Analysis) -> tuple[Section, ...]:
    """Return what a terminal shows: the answer, the tables, and a sentence for each implementation.

    The answer is who is the fastest, and what to do; what that says of the baseline is not said twice.
    """
    found = analysis.ladders
    parts = [
        part
        for one in found
        for part in (
            Section(title="Ladder", tables=tuple(explanation_tables.telling(one, analysis.groups))),
            Section(title="Why", paragraphs=(*_further(one), *profilers(one), *left_out(one))),
        )
    ]
    answered = (answer.section(analysis), advice.section(analysis))
    return (*(one for one in answered if one is not None), *parts)


def _further(ladder: Ladder) -> Iterator[str]:
    """Yield what is said of a ladder beside what the baseline's time goes into."""
    said = tuple(baseline_sentence(ladder))
    yield from (text for text in sentences(ladder) if text not in said)


_METHOD = (
    "Counts are exact, of one evaluation. Shares of the time are estimates: calls times the time of a call on arrays "
    "of one number; page faults times the time of a fault; the time inside matrix products (arithmetic) and inside all "
    "other calls, seen in a pass that was not timed otherwise: memory, where they move their bytes at a quarter of the "
    "rate of an element-wise sum or more, else what NumPy computes (inside). What compiled code does within itself is "
    "put down as the least it can take. In brackets, and in tables with a dash between, the range that the interval of "
    "the min time and the costs, as each worker measured them, leave a share. GB/s are of the bytes that any "
    "implementation must move."
)


SUBJECT = Subject(
    id="why",
    title="Why: where the time goes, and what each step brings",
    section=section,
    charts=charts,
    place=50,
    shown="charts",
    charts_of_one_size=True,
)
