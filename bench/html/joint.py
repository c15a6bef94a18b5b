"""Several runs of one problem as one HTML page: ratios side by side."""

from pathlib import Path

from ..analyse.joint import Together
from ..report.charts import joint as charts
from ..report.csv import csv
from ..report.files import folder_of_several
from ..report.parts import Section, code, file_name
from ..report.sections import joint as sections
from ..store.documents import write_atomically
from . import PAGE
from .outline import Part
from .payload import bare
from .rendering import render

#: Ids of the sections' elements, in their order.
_IDS = ("answer", "speedups", "times", "differences")


def write(found: Together, folder: Path) -> Path:
    """Write the page beside the other files of the joint report in `folder`, and return its path.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    path = folder_of_several(found, folder) / PAGE
    write_atomically(path, together_page(found).encode())
    return path


def together_page(found: Together) -> str:
    """Return the page of several runs."""
    parts = tuple(_part(name, section, found) for name, section in zip(_IDS, sections.sections(found), strict=True))
    files = {f"{file_name(table.name)}.csv": csv(table) for part in parts for table in part.tables}
    data = bare(sections.title(found), [chart for part in parts for chart in part.charts], files)
    return render(
        "together.html.j2",
        sections.title(found),
        data,
        entries=[*((part.id, part.title) for part in parts), ("data-files", "Data")],
        answer=parts[0],
        parts_of_page=parts[1:],
        runs=[code(run.id) for run in found.runs],
        files=[*files],
    )


def _part(name: str, section: Section, found: Together) -> Part:
    drawn = charts.charts(found) if name == "speedups" else ()
    return Part(id=name, title=section.title, paragraphs=section.paragraphs, charts=drawn, tables=section.tables)
