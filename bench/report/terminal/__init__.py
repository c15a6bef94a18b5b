"""Text for people at a terminal; plain lines where the output is a file or a pipe."""

import os
import re
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TextIO

from ...measure.progress import Listener, Progress
from ..document import Section, Table, printable
from . import text_table
from .screen import Screen, screen_of

#: Without a terminal, progress is a line every so often.
PLAIN_INTERVAL_S = 10.0

#: By so many columns the lines of a paragraph are moved in at a terminal, but for the first.
_HANGING = 2

#: The section that a terminal shows last: it is in sight when a command has ended.
_LAST = "Answer"

#: What a line is not broken within: an interval; a number and its unit.
_WHOLE = re.compile(r"\[[\d., %]+\]|\d (?:%|[kMGT]?i?B\b|[kMGT]?FLOP|[mun]?s\b|rounds?\b|threads?\b)")

#: A space for textwrap that is none to break at; shown as a space.
_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How the user wants to be talked to."""

    quiet: bool = False
    """Whether stderr is for errors alone: no progress, no notes."""
    colour: bool = True
    """Whether colours may be used where they can be shown."""


_USUAL = Manner()
_MANNER: ContextVar[Manner] = ContextVar("_MANNER", default=_USUAL)


@contextmanager
def speaking(manner: Manner) -> Iterator[None]:
    """Talk in this manner as long as the context lasts."""
    token = _MANNER.set(manner)
    try:
        yield
    finally:
        _MANNER.reset(token)


def say(text: str, hanging: int | None = None) -> None:
    """Print a line; at a terminal wrapped, all lines but the first `hanging` columns in, unless that is None."""
    _write(sys.stdout, _line(text, _screen(sys.stdout), hanging))


def note(text: str) -> None:
    """Print a remark to stderr, unless the user wants quiet."""
    if not _MANNER.get().quiet:
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
    _write(sys.stdout, rendered(sections, _screen(sys.stdout)))


def show_table(table: Table) -> None:
    """Print a table: with rules at a terminal, else columns of plain text."""
    show([Section(title=table.title, tables=(table,))])


def rendered(sections: Sequence[Section], screen: Screen) -> str:
    """Return sections as `screen` shows them; a program gets neither headings nor empty lines, and the answer first."""
    if screen.width is None:
        return "\n".join(text for section in sections for text in _plain(section))
    ordered = sorted(sections, key=lambda section: section.title == _LAST)
    return "\n\n".join(text for section in ordered for text in _blocks(section, screen))


def _plain(section: Section) -> Iterator[str]:
    yield from map(printable, section.paragraphs)
    yield from (text_table.plain(table.for_people()) for table in section.tables)


def _blocks(section: Section, screen: Screen) -> Iterator[str]:
    """Yield what stands between empty lines: heading and paragraphs, then each table under its title."""
    if section.paragraphs:
        lines = [_line(text, screen, _HANGING) for text in section.paragraphs]
        yield "\n".join([_heading(section.title, screen), *lines])
    for table in section.tables:
        told = section.paragraphs and table.title == section.title
        title = [] if told else [_heading(table.title, screen)]
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


def _screen(stream: TextIO) -> Screen:
    return screen_of(stream, os.environ, colour=_MANNER.get().colour)


def _write(stream: TextIO, text: str) -> None:
    """Print text; what the stream's encoding lacks appears as its code."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=stream is sys.stderr)


@contextmanager
def progress(title: str) -> Iterator[Listener]:
    """Give a listener that shows on stderr what is being done and the time left.

    The runner calls it between bursts only, and nothing is drawn in between: no thread, no timer.
    """
    screen = _screen(sys.stderr)
    if _MANNER.get().quiet:
        yield lambda now: None
    elif screen.width is None or not screen.blocks:
        yield _Plain(title)
    else:
        with _live(title, screen) as listener:
            yield listener


class _Plain:
    """A line when a round is done, and not more than one every PLAIN_INTERVAL_S."""

    def __init__(self, title: str) -> None:
        self._last = 0.0
        note(title)

    def __call__(self, now: Progress) -> None:
        if time.monotonic() - self._last >= PLAIN_INTERVAL_S:
            self._last = time.monotonic()
            note(progress_text(now))


@contextmanager
def _live(title: str, screen: Screen) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as RichProgress

    bar = RichProgress(
        BarColumn(bar_width=16),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True, no_color=not screen.colour),
        auto_refresh=False,
        transient=True,
    )
    with bar:
        task = bar.add_task(printable(title), total=None)

        def listener(now: Progress) -> None:
            text = printable(progress_text(now))
            bar.update(task, description=text, completed=now.rounds_done, total=now.rounds_expected)
            bar.refresh()

        yield listener


def progress_text(now: Progress) -> str:
    """Return as in ``round 3 of 9, 41 s left: pass 2 of 6``."""
    total = f" of {now.rounds_expected}" if now.rounds_expected else ""
    left = f", {now.left_s:.0f} s left" if now.left_s is not None else ""
    return f"round {now.rounds_done + 1}{total}{left}: {now.doing}"
