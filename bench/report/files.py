"""A run's report as files: one page of Markdown, its tables as CSV, its figures as SVG and PNG.

Everything is made in memory first and then written, each file whole or not at all.
"""

import hashlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from ..analyse.analysis import Analysis
from ..analyse.joint import Together
from ..store.documents import write_atomically
from ..store.records import Run
from .csv import csv
from .figures.drawing import draw
from .figures.style import style
from .markdown import page, titled_page
from .parts import Figure, Section, file_name, plain
from .phrases import group_label
from .sections import joint, sections

PAGE = "report.md"


def write(analysis: Analysis, folder: Path) -> tuple[Path, ...]:
    """Write the report of a run to a folder of its own in `folder`.

    Parameters
    ----------
    analysis
        What the run says; nothing in the run is trusted.
    folder
        Where reports are kept.

    Returns
    -------
    tuple of Path
        The files, the page first.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    found = sections(analysis)
    return _written(folder_of(analysis.run, folder), page(analysis.run, found), found, of=about(analysis))


def write_together(found: Together, folder: Path) -> tuple[Path, ...]:
    """Write the joint report of several runs to a folder of its own in `folder`, and return the files, the page first.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    made = joint.sections(found)
    return _written(
        folder_of_several(found, folder), titled_page(joint.title(found), made), made, of=joint.title(found)
    )


def _written(place: Path, text: str, found: tuple[Section, ...], *, of: str) -> tuple[Path, ...]:
    """Write a page with its files; `of` is what each picture says of its origin."""
    files = dict(_files(found, of))
    files[PAGE] = text.encode()
    paths = [place / name for name in sorted(files, key=lambda name: (name != PAGE, name))]
    for path in paths:
        write_atomically(path, files[path.name])
    return tuple(paths)


def folder_of(run: Run, folder: Path) -> Path:
    """Return the folder of a run's report within that of all reports."""
    return folder / file_name(run.id or f"{run.created}-{run.problem.name}")


def folder_of_several(found: Together, folder: Path) -> Path:
    """Return the folder of a joint report: named from the first run, how many more there are, and a digest of all."""
    ids = [run.id for run in found.runs]
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:8]
    return folder / file_name(f"{ids[0]}-and-{len(ids) - 1}-more-{digest}")


def _files(found: tuple[Section, ...], of: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and contents of all files but the page."""
    for section in found:
        for table in section.tables:
            yield f"{file_name(table.name)}.csv", csv(table).encode()
        for figure in section.figures:
            for kind in ("svg", "png"):
                yield f"{file_name(figure.name)}.{kind}", picture(figure, kind, of)


def about(analysis: Analysis) -> str:
    """Return what a picture says of its origin, for it may be shown elsewhere: problem, condition, machine and day."""
    run, groups = analysis.run, analysis.groups
    condition = f", {group_label(groups[0])}" if len(groups) == 1 else ""
    cpu = run.environment.get("cpu")
    model = cpu.get("model") if isinstance(cpu, Mapping) else None
    return f"{plain(run.problem.name)}{condition}; {plain(str(model or 'unknown CPU'))}; {plain(run.created[:10])}"


def picture(figure: Figure, kind: str, of: str = "") -> bytes:
    """Return a figure as ``svg`` or ``png``, with what it says of its origin: the same bytes for the same run."""
    buffer = BytesIO()
    title = plain(figure.caption).replace("`", "")
    metadata = {"Title": title, "Date": None} if kind == "svg" else {"Title": title}
    with style():
        draw(figure.charts, figure.columns, of).savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()
