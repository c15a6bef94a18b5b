"""A report as one page of Markdown."""

import re
from collections.abc import Iterator, Sequence

from ..store.records import Run
from ..text import headed
from .parts import ARROW, CODE, Column, Section, Table, file_name, plain
from .phrases import counted

#: What Markdown would read as more than text: of brackets only what could become a link, of underscores only those that
#: do not stand within a word.
_MARKUP = re.compile(r"[\\*|~$]|\](?=[(\[:])|(?<![^\W_])_|_(?![^\W_])")
#: An arrow stays one: without a < nothing begins that a > could end.
_HTML = str.maketrans({"<": "&lt;", "&": "&amp;", "`": "&#96;"})

#: What would make a list, a heading's line or a rule of a paragraph's beginning.
_BLOCK = re.compile(r"^(\d{1,9})([.)])|^([-+=#>])")


def page(run: Run, found: tuple[Section, ...]) -> str:
    """Return the page of a run's report."""
    return titled_page(headed(run.problem.name, run.problem.title), found)


def titled_page(title: str, found: tuple[Section, ...], *, files: bool = True) -> str:
    """Return a page: a heading, the answer at once below it, then a heading for each further section.

    Without `files` the page stands alone: it neither names files beside it nor shows figures.
    """
    parts = [f"# {escaped(title)}"]
    for index, section in enumerate(found):
        if index > 0:
            parts.append(f"## {escaped(section.title)}")
        parts += _shown(section, files=files) if files else _whole(section, files=False)
        downloads = [f"[{name}]({name})" for name in _downloads(section)] if files else []
        if downloads:
            parts.append(f"Files: {', '.join(downloads)}")
    return "\n\n".join(parts) + "\n"


def _whole(section: Section, *, files: bool) -> list[str]:
    """Return all of a section: text, figures, tables."""
    tables, text = _tables(section, files=files), [*map(_paragraph, section.paragraphs)]
    if section.folds and tables:
        number = len(section.tables)
        summary = section.tables[0].title if number == 1 else f"{section.title}: {number} tables"
        text, tables = text[:-1], _folded(summary, [*text[-1:], *tables])
    return [*text, *(_figures(section) if files else ()), *tables]


def _shown(section: Section, *, files: bool) -> list[str]:
    """Return a section of which a part has to be opened."""
    seen = section.told or "" if section.shown == "figures" else ""
    text, figures = [_paragraph(one) for one in section.paragraphs if one not in seen], [*_figures(section)]
    tables = _tables(section, files=files)
    told = [_paragraph(section.told)] if section.told else []
    match section.shown:
        case "results" if text:
            return [*told, *figures, *tables, *_folded("How to read this", text)]
        case "figures" if figures and (text or tables):
            return [*told, *figures, *_folded("How to read this, and the numbers", [*text, *tables])]
        case "title" if text or figures or tables:
            counts = ((len(section.figures), "figure"), (len(section.tables), "table"))
            what = " and ".join(counted(number, noun) for number, noun in counts if number)
            return [*told, *_folded(what or section.title, [*text, *figures, *tables])]
    return _whole(section, files=files)


def _tables(section: Section, *, files: bool) -> list[str]:
    return [text for table in section.tables for text in _table(table, section, files=files)]


def _figures(section: Section) -> Iterator[str]:
    for figure in section.figures:
        yield f"![{_alternative(figure.caption)}]({file_name(figure.name)}.svg)"


def _table(table: Table, section: Section, *, files: bool) -> Iterator[str]:
    """Yield a table, below its title where the section has others."""
    if len(section.tables) > 1:
        yield f"### {escaped(table.title)}"
    yield _markdown_table(table.for_page().at_once() if files else table.for_people())
    if files and table.further:
        yield _paragraph(table.further)


def _folded(summary: str, parts: Sequence[str]) -> list[str]:
    """Return what is shown only to who opens it, where a page may hold that much of HTML, as pull requests may."""
    return [f"<details>\n<summary>{plain(summary).translate(_HTML)}</summary>", *parts, "</details>"]


def _downloads(section: Section) -> Iterator[str]:
    for table in section.tables:
        yield f"{file_name(table.name)}.csv"
    for figure in section.figures:
        yield f"{file_name(figure.name)}.svg"
        yield f"{file_name(figure.name)}.png"


def escaped(text: str) -> str:
    """Return text so that Markdown shows it as it is, but for code between single backticks, which becomes code."""
    parts = CODE.split(plain(text))
    for index, part in enumerate(parts):
        # Within code nothing is read but the bar, which would end a table's cell even there.
        shown = part if index % 2 else _MARKUP.sub(r"\\\g<0>", part.translate(_HTML)).replace(*ARROW)
        parts[index] = shown.replace("|", "\\|") if index % 2 else shown
    return "".join(parts)


def _paragraph(text: str) -> str:
    """Return a paragraph that cannot become a list, a rule or a heading."""
    return _BLOCK.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", escaped(text))


def _alternative(text: str) -> str:
    """Return the text that stands for a picture: without code, its brackets escaped."""
    return re.sub(r"\\?([\[\]])", r"\\\1", escaped(text.replace("`", "")))


def _cell(text: str, column: Column) -> str:
    """Return the text of a cell, in which a number stays in one line with its interval and its unit."""
    return escaped(text).replace(" ", "\N{NO-BREAK SPACE}") if column.right else escaped(text)


def _markdown_table(table: Table) -> str:
    lines = [
        [_cell(column.header, column) for column in table.columns],
        ["---:" if column.right else ":---" for column in table.columns],
        *([_cell(cell.text, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
