"""What is being done, and the time that is still needed, on stderr while a command measures."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ...measure.progress import Listener, Progress
from ..parts import printable
from .screen import Screen, is_quiet, screen_of
from .text import note

#: Without a terminal, progress is a line every so often.
PLAIN_INTERVAL_S = 10.0


@contextmanager
def progress(title: str) -> Iterator[Listener]:
    """Give a listener that shows on stderr what is being done and the time left.

    The runner calls it between bursts only, and nothing is drawn in between: no thread, no timer.
    """
    screen = screen_of(sys.stderr)
    if is_quiet():
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
