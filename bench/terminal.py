"""Text for people at a terminal; plain lines where the output is a file or a pipe."""

import shutil
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .document import Section, Table
from .runner import Listener, Progress

#: Without a terminal, progress is a line every so often.
PLAIN_INTERVAL_S = 10.0

#: Control characters that could move the cursor or change colours, as text.
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def say(text: str) -> None:
    """Print a line; control characters in it appear as text."""
    print(text.translate(_CONTROL))


def show(sections: Sequence[Section]) -> None:
    """Print paragraphs and tables of sections, wrapped at a terminal and a line each elsewhere."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for section in sections:
        for paragraph in section.paragraphs:
            say(textwrap.fill(paragraph, width, break_on_hyphens=False) if width else paragraph)
        for table in section.tables:
            show_table(table)


def show_table(table: Table) -> None:
    """Print a table: with rules at a terminal, else columns of plain text."""
    if not sys.stdout.isatty():
        _show_plain(table)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    rich_table = RichTable(title=Text(table.title.translate(_CONTROL)), box=box.SIMPLE, title_justify="left")
    for column in table.columns:
        rich_table.add_column(Text(column.header), justify="right" if column.right else "left", overflow="fold")
    for row in table.rows:
        rich_table.add_row(*(Text(cell.text.translate(_CONTROL)) for cell in row))
    Console().print(rich_table)


def _show_plain(table: Table) -> None:
    """Print columns that are as wide as their widest cell, two spaces apart."""
    say(table.title)
    texts = [[column.header for column in table.columns], *([cell.text for cell in row] for row in table.rows)]
    lines = [[text.translate(_CONTROL) for text in line] for line in texts]
    widths = [max(len(line[index]) for line in lines) for index in range(len(table.columns))]
    for line in lines:
        cells = [
            text.rjust(width) if column.right else text.ljust(width)
            for text, width, column in zip(line, widths, table.columns, strict=True)
        ]
        say("  ".join(cells).rstrip())


@contextmanager
def progress(title: str) -> Iterator[Listener]:
    """Give a listener that shows on stderr what is being done and the time left.

    The runner calls it between bursts only, and nothing is drawn in between: no thread, no timer.
    """
    if sys.stderr.isatty():
        with _live(title) as listener:
            yield listener
    else:
        yield _Plain(title)


class _Plain:
    """A line when a round is done, and not more than one every PLAIN_INTERVAL_S."""

    def __init__(self, title: str) -> None:
        self._last = 0.0
        print(f"implbench: {title}".translate(_CONTROL), file=sys.stderr)

    def __call__(self, now: Progress) -> None:
        if time.monotonic() - self._last >= PLAIN_INTERVAL_S:
            self._last = time.monotonic()
            print(f"implbench: {_text(now)}".translate(_CONTROL), file=sys.stderr, flush=True)


@contextmanager
def _live(title: str) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    bar = RichProgress(
        BarColumn(bar_width=20),
        TextColumn("{task.description}", markup=False),
        console=console,
        auto_refresh=False,
        transient=True,
    )
    with bar:
        task = bar.add_task(title)

        def listener(now: Progress) -> None:
            bar.update(task, description=_text(now), completed=now.rounds_done, total=now.rounds_expected)
            bar.refresh()

        yield listener


def _text(now: Progress) -> str:
    """Return as in ``round 3 of 9, 41 s left: pass 2 of 6``."""
    total = f" of {now.rounds_expected}" if now.rounds_expected else ""
    left = f", {now.left_s:.0f} s left" if now.left_s is not None else ""
    return f"round {now.rounds_done + 1}{total}{left}: {now.doing}"
