"""What a report is made of: sections with text, tables and figures, decided once and drawn by any format.

Text may hold code between single backticks (`code` makes it); everything else in it is meant literally. Whatever comes
from a user's file goes through `plain` or `code` before it is shown.
"""

import re
import unicodedata
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ..units import DASH
from .chart import Chart

#: What a cell holds for a program; None is unknown.
Value = str | float | int | bool | None

#: ANSI escape sequences: CSI (colours, cursor), OSC (titles, links) up to its end, and the two-character ones.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]"
)

#: Code between single backticks, in text that `code` may have been put into.
CODE = re.compile(r"(`[^`]+`)")

#: What stands for "becomes" in text, and the one character that a page shows, for a line may be broken within the two.
ARROW = (" -> ", " \N{RIGHTWARDS ARROW} ")

#: Control, format (as those that turn the writing direction) and surrogate characters.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})

#: Rows of a table that a page shows; the table's file holds all.
MOST_ROWS = 200

#: No file gets a longer name.
_LONGEST_NAME = 120


def plain(text: str) -> str:
    """Return `text` as one line without escape sequences and invisible characters; runs of white space become one."""
    spaced = " ".join(_ESCAPES.sub("", text).split())
    if spaced.isprintable():  # nearly always, and found out several times as fast; what is invisible is not printable
        return spaced
    return "".join(character for character in spaced if unicodedata.category(character) not in _INVISIBLE)


def printable(text: str) -> str:
    """Return `text` with all that could move a cursor, change a colour or turn the writing direction as its code."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def code(name: str) -> str:
    """Return a name as code for a sentence: between backticks, with none inside."""
    return f"`{plain(name).replace('`', chr(39)) or DASH}`"


def file_name(text: str) -> str:
    """Return a file's name made of `text`: no separators, nothing hidden, not too long."""
    safe = re.sub(r"[^A-Za-z0-9._=-]+", "-", text).strip("-.")[:_LONGEST_NAME]
    return safe or "unnamed"


class Column(Struct, frozen=True, kw_only=True):
    """One column of a table, with its unit in the header."""

    name: str
    """For programs: the CSV's header, with unit and direction, as ``seconds_per_call``."""
    header: str
    """For people, with the unit, as ``time [ms]``."""
    right: bool = True
    """Whether it is aligned to the right, as numbers are."""
    shown: bool = True
    """Whether people see it; the CSV holds every column."""
    dispensable: int = 0
    """What a narrow terminal leaves out, the largest first; 0 is always there."""
    bar: bool = False
    """Whether a terminal draws it as bars too: a ratio, on a log axis from 1 on."""
    further: bool = False
    """Whether a page shows it only to who wants all columns."""


class Cell(Struct, frozen=True, kw_only=True):
    """A value for programs and its text for people."""

    value: Value
    text: str
    strong: bool = False
    """Whether it stands out, as the name of the fastest does."""

    @classmethod
    def of(cls, value: Value) -> "Cell":
        """Return a cell whose text is the value itself; a dash for None and for empty text."""
        text = "" if value is None else plain(str(value))
        return cls(value=value, text=text or DASH)

    @classmethod
    def whole(cls, value: int | None) -> "Cell":
        """Return a cell of a whole number, as in ``90,000``; a dash for None."""
        return cls(value=value, text=DASH if value is None else f"{value:,}")


class Table(Struct, frozen=True, kw_only=True):
    """Rows of cells, one for each column."""

    name: str
    """Name of its file, as ``cases``."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def for_people(self) -> "Table":
        """Return the table without the columns that are for programs only."""
        kept = [index for index, column in enumerate(self.columns) if column.shown]
        return replace(
            self,
            columns=tuple(self.columns[index] for index in kept),
            rows=tuple(tuple(row[index] for index in kept) for row in self.rows),
        )

    def for_page(self) -> "Table":
        """Return the table as a page shows it that has a file of the whole table beside it."""
        return replace(self, rows=self.rows[:MOST_ROWS]).for_people()

    def at_once(self) -> "Table":
        """Return the table without the columns that are shown only to who asks for them; its file has them."""
        kept = [index for index, column in enumerate(self.columns) if not column.further]
        columns = tuple(self.columns[index] for index in kept)
        return replace(self, columns=columns, rows=tuple(tuple(row[index] for index in kept) for row in self.rows))

    @property
    def further(self) -> str:
        """A sentence on the rows that a page does not show; empty where it shows all."""
        count = len(self.rows) - MOST_ROWS
        return f"Further rows, not shown here: {count:,}; all are in `{file_name(self.name)}.csv`." if count > 0 else ""


class Figure(Struct, frozen=True, kw_only=True):
    """A picture that is drawn when a format asks for it."""

    name: str
    """Name of its file without ending, as ``speedup``."""
    caption: str
    """What is to be seen, in a sentence; also the text for those who cannot see it."""
    charts: tuple[Chart, ...]
    """Its panels, without views."""
    columns: int = 1
    """So many panels stand beside each other."""


class Section(Struct, frozen=True, kw_only=True):
    """One subject of a report."""

    title: str
    kind: Literal["answer", "part", "warnings"] = "part"
    """What it is to a report: a terminal shows the answer last, and after it the warnings, where they are seen."""
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    folds: bool = False
    """Whether a page of Markdown shows its tables, and the paragraph before them, only to who opens them."""
    shown: Literal["whole", "results", "figures", "title"] = "whole"
    """What of it a page of Markdown shows to who opens nothing: all, its tables and figures, these alone, or no more
    than its title and its gist."""
    told: str | None = None
    """The gist in a sentence."""
