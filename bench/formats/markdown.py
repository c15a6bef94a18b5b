"""Markdown for a pull request or an issue: the answer, the table of every case, and what threatens the numbers."""

from collections.abc import Sequence

from ..analyse.analysis import Analysis
from ..report.markdown import titled_page
from ..report.parts import Section
from ..report.sections import answer, cases, threats
from ..store.records import Run
from ..text import headed

#: Cases without a time are in its tables.
HAS_OUTCOMES = True


def export(runs: Sequence[Run]) -> bytes:
    """Return one page, a part for each run; cases without a time are in its table, with their outcome."""
    return "\n".join(titled_page(_title(run), _sections(run), files=False) for run in runs).encode()


def _title(run: Run) -> str:
    return headed(run.problem.name, run.problem.title)


def _sections(run: Run) -> tuple[Section, ...]:
    analysis = Analysis(run)
    tables = tuple(cases.summary_table(group) for group in analysis.groups)
    return answer.section(analysis), Section(title="Cases", tables=tables), threats.section(analysis)
