"""A run as one HTML page that asks nothing of any network: sentences and tables stand in it, scripts draw the charts.

    outline (sections -> parts) and charts/ -> payload -> templates/ + assets/ -> rendering -> one file

Without JavaScript every sentence, table and source is there; the charts, the choice of another baseline and the
difference of two sources are not.
"""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from ..analyse.analysis import Analysis
from ..report import json_run
from ..report.csv import csv
from ..report.files import folder_of
from ..report.markdown import titled_page
from ..report.parts import file_name, plain
from ..report.sections import advice, answer, brief
from ..store.documents import write_atomically
from ..text import headed
from . import hot_lines
from .case_table import of_groups
from .outline import Part, Past, doubts, measured, past
from .payload import payload
from .rendering import render, visible

PAGE = "report.html"

_NO_SOURCES = "This run does not hold the sources of its implementations: it was made before runs kept them."
_SOURCES = "As they were when the run was made, each beside its row of the table above; here two of them are compared."


def write(analysis: Analysis, folder: Path, history: Past | None = None) -> Path:
    """Write the page of a run beside the other files of its report in `folder`, and return its path.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    path = folder_of(analysis.run, folder) / PAGE
    write_atomically(path, report_page(analysis, history).encode())
    return path


def report_page(analysis: Analysis, history: Past | None = None, *, up: str | None = None) -> str:
    """Return the page of a run.

    Parameters
    ----------
    analysis
        What the run says; nothing in the run is trusted.
    history
        Earlier runs of its cases, where there are any.
    up
        Where the list of all runs is, as a relative link.
    """
    parts = (*measured(analysis), *past(history))
    last = doubts(analysis)
    files = dict(_files(analysis, (*parts, *last)))
    data = payload(analysis, [chart for part in parts for chart in part.charts], files)
    todo = advice.lines(analysis)
    speedup = next((part for part in parts if part.id == "speedup"), None)
    groups = of_groups(analysis, speedup) if speedup else ()
    return render(
        "report.html.j2",
        headed(analysis.run.problem.name, analysis.run.problem.title),
        data,
        up=up,
        entries=_entries(parts, last, advised=bool(todo)),
        run=analysis.run,
        answer=answer.section(analysis),
        advice=todo,
        baseline=_baseline(analysis),
        groups=groups,
        usual=max((place for place, one in enumerate(analysis.groups) if one.rivals), default=len(groups) - 1),
        measured=parts,
        doubts=last,
        sources=hot_lines.shown(analysis.run, data["sources"]),
        about_sources=_SOURCES if analysis.run.sources else _NO_SOURCES,
        command=plain(shlex.join(analysis.run.settings.command)),
        files=[*files],
    )


def _files(analysis: Analysis, parts: tuple[Part, ...]) -> Iterator[tuple[str, str]]:
    """Yield name and text of what can be downloaded."""
    for part in parts:
        for table in part.tables:
            yield f"{file_name(table.name)}.csv", csv(table)
    title = headed(analysis.run.problem.name, analysis.run.problem.title)
    yield "summary.md", titled_page(title, brief(analysis), files=False)
    yield "summary.json", json.dumps(json_run.of(analysis, None), indent=1, allow_nan=False) + "\n"


def _baseline(analysis: Analysis) -> str:
    """Return the implementation that is the baseline of the first group that has one; nothing where none has."""
    found = (group.baseline.arm.case.implementation for group in analysis.groups if group.baseline)
    return visible(next(found, ""))


def _entries(parts: tuple[Part, ...], last: tuple[Part, ...], *, advised: bool) -> list[tuple[str, str]]:
    """Return the navigation: id and text of the page's sections, in their order."""
    before, after = ([(part.id, part.title) for part in some] for some in (parts, last))
    ends = [("repeat", "To repeat it"), ("data-files", "Data")]
    first = [("answer", "Answer"), *([("advice", "What to do")] if advised else [])]
    return [*first, *before, ("sources", "Sources side by side"), *after, *ends]


__all__ = ["PAGE", "Past", "report_page", "write"]
