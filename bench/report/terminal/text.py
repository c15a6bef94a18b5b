"""Sections, tables and remarks as lines of text: wrapped at a terminal, plain where a program reads them."""

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TextIO

from ..parts import Section, Table, printable
from . import text_table
from .screen import Screen, is_quiet, screen_of

#: By so many columns the lines of a paragraph are moved in at a terminal, but for the first.
_HANGING = 2

#: What a line is not broken within: an interval; a number and its unit.
_WHOLE = re.compile(r"\[[\d., %]+\]|\d (?:%|[kMGT]?i?B\b|[kMGT]?FLOP|[mun]?s\b|rounds?\b|threads?\b)")

#: A space for textwrap that is none to break at; shown as a space.
_NO_BREAK = "\N{NO-BREAK SPACE}"

#: What of a report a terminal shows first and last.
_LAST = ("part", "answer", "warnings")


def say(text: str, hanging: int | None = None) -> None:
    """Print a line; at a terminal wrapped, all lines but the first `hanging` columns in, unless that is None."""
    _write(sys.stdout, _line(text, screen_of(sys.stdout), hanging))


def note(text: str) -> None:
    """Print a remark to stderr, unless the user wants quiet; where it cannot be written, nothing depends on it."""
    if not is_quiet():
        with suppress(OSError):
            _write(sys.stderr, f"implbench: {printable(text)}")


class Notes(list[str]):
    """Remarks that were made, each once: an index that is made anew says all of them again."""

    def __call__(self, text: str) -> None:
        """Make a remark, unless it was made before."""
        if text not in self:
            self.append(text)
            note(text)


def show(sections: Sequence[Section]) -> None:
    """Print paragraphs and tables of sections: wrapped at a terminal, a line each elsewhere."""
    _write(sys.stdout, rendered(sections, screen_of(sys.stdout)))


def show_table(table: Table) -> None:
    """Print a table: with rules at a terminal, else columns of plain text."""
    show([Section(title=table.title, tables=(table,))])


def rendered(sections: Sequence[Section], screen: Screen) -> str:
    """Return sections as `screen` shows them; a program gets neither headings nor empty lines, and the answer first."""
    if screen.width is None:
        return "\n".join(text for section in sections for text in _plain(section))
    ordered = sorted(sections, key=lambda section: _LAST.index(section.kind))
    return "\n\n".join(text for section in ordered for text in _blocks(section, screen))


def _plain(section: Section) -> Iterator[str]:
    yield from map(printable, section.paragraphs)
    yield from (text_table.plain(table.for_people()) for table in section.tables)


def _blocks(section: Section, screen: Screen) -> Iterator[str]:
    """Yield what stands between empty lines: heading and paragraphs, then each table under its title."""
    if section.paragraphs:
        lines = [_line(text, screen, _HANGING) for text in section.paragraphs]
        if section.kind == "warnings" and screen.colour:
            lines = [f"\x1b[33m{line}\x1b[0m" for line in lines]
        yield "\n".join([_heading(section.title, screen), *lines])
    for table in section.tables:
        titled = section.paragraphs and table.title == section.title
        title = [] if titled else [_heading(table.title, screen)]
        yield "\n".join([*title, text_table.drawn(table.for_people(), screen)])


def _heading(text: str, screen: Screen) -> str:
    line = _line(text, screen, _HANGING)
    return f"\x1b[1m{line}\x1b[0m" if screen.colour else line


def _line(text: str, screen: Screen, hanging: int | None) -> str:
    safe = printable(text)
    if screen.width is None or hanging is None:
        return safe
    width = max(screen.width, hanging + 20)
    safe = _WHOLE.sub(lambda found: found[0].replace(" ", _NO_BREAK), safe)
    lines = textwrap.wrap(safe, width, subsequent_indent=" " * hanging, break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines).replace(_NO_BREAK, " ")


def _write(stream: TextIO, text: str) -> None:
    """Print text; what the stream's encoding lacks appears as its code."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=stream is sys.stderr)
