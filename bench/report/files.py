"""A run's report as files: one page of Markdown, its tables as CSV, its figures as SVG and PNG.

Everything is made in memory first and then written, each file whole or not at all.
"""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

from ..analyse.analysis import Analysis
from ..analyse.joint import Together
from ..store.documents import write_atomically
from ..store.records import Run
from .document import CODE, Figure, Section, Table, Value, plain
from .figures.drawing import draw
from .figures.style import style
from .sections import joint, sections

PAGE = "report.md"

#: What Markdown would read as more than text: of brackets only what could become a link, of underscores only those that
#: do not stand within a word.
_MARKUP = re.compile(r"[\\*|~$]|\](?=[(\[:])|(?<![^\W_])_|_(?![^\W_])")
_HTML = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", "`": "&#96;"})

#: What would make a list, a heading's line or a rule of a paragraph's beginning.
_BLOCK = re.compile(r"^(\d{1,9})([.)])|^([-+=#])")

#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")

#: No file gets a longer name.
_LONGEST_NAME = 120


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
    return _written(folder_of(analysis.run, folder), page(analysis.run, found), found)


def write_together(found: Together, folder: Path) -> tuple[Path, ...]:
    """Write the joint report of several runs to a folder of its own in `folder`, and return the files, the page first.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    made = joint.sections(found)
    return _written(folder_of_several(found, folder), titled_page(joint.title(found), made), made)


def _written(place: Path, text: str, found: tuple[Section, ...]) -> tuple[Path, ...]:
    files = dict(_files(found))
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


def _files(found: tuple[Section, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield name and contents of all files but the page."""
    for section in found:
        for table in section.tables:
            yield f"{file_name(table.name)}.csv", csv(table).encode()
        for figure in section.figures:
            for kind in ("svg", "png"):
                yield f"{file_name(figure.name)}.{kind}", picture(figure, kind)


def page(run: Run, found: tuple[Section, ...]) -> str:
    """Return the page of a run's report."""
    return titled_page(f"{run.problem.name}: {run.problem.title}", found)


def titled_page(title: str, found: tuple[Section, ...], *, files: bool = True) -> str:
    """Return a page: a heading, the answer at once below it, then a heading for each further section.

    Without `files` the page stands alone: it neither names files beside it nor shows figures.
    """
    parts = [f"# {markdown(title)}"]
    for index, section in enumerate(found):
        if index > 0:
            parts.append(f"## {markdown(section.title)}")
        parts += [_paragraph(text) for text in section.paragraphs]
        for figure in section.figures if files else ():
            name = file_name(figure.name)
            parts.append(f"![{_alternative(figure.caption)}]({name}.svg)")
        for table in section.tables:
            if len(section.tables) > 1:
                parts.append(f"### {markdown(table.title)}")
            parts.append(_markdown_table(table.for_people()))
        downloads = [f"[{name}]({name})" for name in _downloads(section)] if files else []
        if downloads:
            parts.append(f"Files: {', '.join(downloads)}")
    return "\n\n".join(parts) + "\n"


def _downloads(section: Section) -> Iterator[str]:
    for table in section.tables:
        yield f"{file_name(table.name)}.csv"
    for figure in section.figures:
        yield f"{file_name(figure.name)}.svg"
        yield f"{file_name(figure.name)}.png"


def markdown(text: str) -> str:
    """Return text so that Markdown shows it as it is, but for code between single backticks, which becomes code."""
    parts = CODE.split(plain(text))
    for index, part in enumerate(parts):
        # Within code nothing is read but the bar, which would end a table's cell even there.
        parts[index] = part.replace("|", "\\|") if index % 2 else _MARKUP.sub(r"\\\g<0>", part.translate(_HTML))
    return "".join(parts)


def _paragraph(text: str) -> str:
    """Return a paragraph that cannot become a list, a rule or a heading."""
    return _BLOCK.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", markdown(text))


def _alternative(text: str) -> str:
    """Return the text that stands for a picture: without code, its brackets escaped."""
    return re.sub(r"\\?([\[\]])", r"\\\1", markdown(text.replace("`", "")))


def _markdown_table(table: Table) -> str:
    lines = [
        [markdown(column.header) for column in table.columns],
        ["---:" if column.right else ":---" for column in table.columns],
        *([markdown(cell.text) for cell in row] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def csv(table: Table) -> str:
    """Return all columns of a table, those for programs too; what is unknown is empty."""
    from pandas import DataFrame

    columns = {
        column.name: [_safe(row[index].value) for row in table.rows] for index, column in enumerate(table.columns)
    }
    text = StringIO()
    DataFrame(columns, dtype=object).to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def _safe(value: Value) -> Value:
    """Return a value that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def picture(figure: Figure, kind: str) -> bytes:
    """Return a figure as ``svg`` or ``png``: the same bytes for the same run."""
    buffer = BytesIO()
    title = plain(figure.caption).replace("`", "")
    metadata = {"Title": title, "Date": None} if kind == "svg" else {"Title": title}
    with style():
        draw(figure.charts, figure.columns).savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def file_name(text: str) -> str:
    """Return a file's name made of `text`: no separators, nothing hidden, not too long."""
    safe = re.sub(r"[^A-Za-z0-9._=-]+", "-", text).strip("-.")[:_LONGEST_NAME]
    return safe or "unnamed"
