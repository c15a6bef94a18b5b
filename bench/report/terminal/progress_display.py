"""What is being done, what came of it so far and the time that is still needed, on stderr while a command measures."""

import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...measure.progress import Listener, Progress
from ...problems.case import END_OF_ID
from ...store.records import Run
from ...units import duration
from ..parts import printable
from .screen import Screen, is_quiet, screen_of
from .text import note, rendered

if TYPE_CHECKING:
    from rich.text import Text

#: Without a terminal, progress is a line every so often.
PLAIN_INTERVAL_S = 10.0

#: The table is made anew every so often at most, and takes at most such a part of the time.
TABLE_INTERVAL_S, TABLE_PART = 0.25, 0.05

#: What the table ends with.
_HINT = "Ctrl-C ends it here and keeps what is known."

#: How far a round is counts for nobody: the bar and the time left say it.
_PASS = re.compile(r"^pass \d+ of \d+")


@contextmanager
def progress(title: str) -> Iterator[Listener]:
    """Give a listener that shows on stderr what is being done, what came of it and the time left.

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


class _Words:
    """What is being done, as people say it."""

    def __init__(self) -> None:
        self._labels: Mapping[str, str] = {}

    def __call__(self, now: Progress) -> str:
        """Return what is being done, with what people call arms and groups in the place of their names."""
        if not self._labels and now.so_far is not None:
            from ..sections import live

            self._labels = live.labels(now.so_far())
        doing = _PASS.sub("timing", now.doing)
        for name, label in self._labels.items():
            doing = doing.replace(name, label)
        return END_OF_ID.sub("]", doing)  # who waits wants to know which function it is


class _Plain:
    """A line when a round is done, and not more than one every PLAIN_INTERVAL_S."""

    def __init__(self, title: str) -> None:
        self._last = 0.0
        self._words = _Words()
        note(title)

    def __call__(self, now: Progress) -> None:
        if time.monotonic() - self._last >= PLAIN_INTERVAL_S:
            self._last = time.monotonic()
            note(progress_text(replace(now, doing=self._words(now))))


@contextmanager
def _live(title: str, screen: Screen) -> Iterator[Listener]:
    """Show a line and, of a run, a table below it; all of it is wiped away in the end."""
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True, no_color=not screen.colour)
    bar = RichProgress(BarColumn(bar_width=16), TextColumn("{task.description}", markup=False), console=console)
    task = bar.add_task(printable(title), total=None)
    table, words = _Table(screen), _Words()
    with Live(bar.get_renderable(), console=console, auto_refresh=False, transient=True) as shown:

        def listener(now: Progress) -> None:
            lines = table.lines(now)
            text = printable(live_text(replace(now, doing=words(now)), table.spent_s))
            done, total = _share(now, table.spent_s)
            bar.update(task, description=text, completed=done, total=total)
            shown.update(Group(bar.get_renderable(), *lines), refresh=True)

        yield listener


class _Table:
    """The figures so far, made anew as often as that costs next to nothing."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._started = time.monotonic()
        self._due = 0.0
        self._takes_s = inf
        self._lines: tuple[Text, ...] = ()

    @property
    def spent_s(self) -> float:
        """Time since the start."""
        return time.monotonic() - self._started

    def lines(self, now: Progress) -> "tuple[Text, ...]":
        """Return what stands below the line; nothing before the first worker has answered."""
        begun = time.monotonic()
        if now.so_far is not None and begun >= self._due:
            self._lines = self._made(now.so_far())
            self._takes_s = min(self._takes_s, time.monotonic() - begun)  # not of a first one, which imports
            self._due = begun + max(TABLE_INTERVAL_S, self._takes_s / TABLE_PART)
        return self._lines

    def _made(self, run: Run) -> "tuple[Text, ...]":
        from rich.text import Text

        from ...analyse.analysis import Analysis
        from ..sections import live

        if not run.rounds:
            return ()
        text = rendered([live.section(Analysis(run))], self._screen)
        return (Text(""), Text.from_ansi(text), Text(""), Text(_HINT, style="dim"))


def progress_text(now: Progress) -> str:
    """Return as in ``round 3 of 9, 41 s left: timing``."""
    total = f" of {now.rounds_expected}" if now.rounds_expected else ""
    left = f", {_left(now.left_s)}" if now.left_s is not None else ""
    return f"round {now.rounds_done + 1}{total}{left}: {now.doing}"


def live_text(now: Progress, spent_s: float) -> str:
    """Return as in ``round 3 of 9, 24 s so far, about 41 s left: timing``."""
    total = f" of {now.rounds_expected}" if now.rounds_expected else ""
    planned = f" of about {duration(now.planned_s)}" if now.planned_s and now.planned_s > spent_s else " so far"
    rest = planned if now.left_s is None else f" so far, {_left(now.left_s, about='about ')}"
    return f"round {now.rounds_done + 1}{total}, {duration(spent_s)}{rest}: {now.doing}"


def _left(left_s: float, about: str = "") -> str:
    return f"{about}{duration(left_s)} left" if left_s > 0 else "longer than planned"


def _share(now: Progress, spent_s: float) -> tuple[float, float | None]:
    """Return what is done and what will be: of the rounds, or of the time where their number is not known."""
    if now.rounds_expected is None and now.left_s is not None:
        return spent_s, spent_s + max(0.0, now.left_s)
    return now.rounds_done, now.rounds_expected
