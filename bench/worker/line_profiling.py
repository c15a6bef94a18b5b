"""Which lines of the user's own code an evaluation spends its time in; apart from all that is timed.

Python tells of each line when it begins (`sys.settrace`). What a line takes is the CPU time until the next begins in
any function that is watched, so that what it calls in NumPy or in C is its own. To be told of a line takes longer than
many a line itself: that much is taken off, as often as something was told. Lines that cannot be told apart from it
count by how often they began and by their instructions, and take together what is left of an evaluation that nobody
watches.

One that takes too long to be watched is watched in its beginning alone, and goes on unwatched: what that takes tells
which part of its time the beginning is.
"""

import linecache
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from msgspec import Struct

from ..machine import usage
from ..machine.collector import collector_off
from ..store.profile_records import LONGEST_NAME, MOST_LINES, Line
from ..text import speakable
from .hooks import is_watched
from .line_sampling import Place, shares_below
from .line_steps import steps_of
from .outcome import shortened
from .profiling import named, roots

#: An evaluation is timed so often, or for so long, and then watched for so long at most, in CPU time.
TIMED, TIMED_NS, LONGEST_NS = 5, 500_000_000, 15_000_000_000

#: Of a beginning that is a smaller part of an evaluation than this nothing is told: so little may be noise.
LEAST_WATCHED = 0.02

#: Lines of a loop that do nothing, to see what it takes to be told of one; by which part that varies at most.
CALIBRATED, VARIES = 20_000, 0.5

#: Of a line that was told so often the mean is known.
OFTEN = 100

#: An evaluation that computes for less than this part of its time waits, which no line shows.
LEAST_COMPUTING = 0.8

#: Code that lies in the user's folders and is not the user's own.
_INSTALLED = f"{os.sep}site-packages{os.sep}"

_HARNESS = f"{Path(__file__).resolve().parents[1]}{os.sep}"

_clock = time.thread_time_ns


class LineProfile(Struct, frozen=True, kw_only=True):
    """Where the time of an evaluation goes."""

    lines: tuple[Line, ...]
    """The largest share first."""
    watched: float
    """For which part of its time, the first, it was watched: of that the shares are."""


class _Spent:
    """What was put down to a line."""

    __slots__ = ("foreign", "ns", "times", "told")

    def __init__(self) -> None:
        self.ns = self.times = self.told = self.foreign = 0


class _Watch:
    """Puts down what each line takes, while it watches."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        """Take whether a file is the user's own."""
        self.lines: dict[Place, _Spent] = defaultdict(_Spent)
        self.rest_ns = 0
        """How long the evaluation went on when it was watched no more."""
        self._watching = False
        self._known: dict[CodeType, bool] = {}
        self._is_own = is_own
        self._outside = _Spent()
        self._at_work, self._above = self._outside, list[_Spent]()
        self._since_ns = self._ends_ns = 0

    def run(self, step: Callable[[], object]) -> None:
        """Watch an evaluation until it ends or has taken too long; then it goes on unwatched."""
        self._since_ns = _clock()
        self._ends_ns = self._since_ns + LONGEST_NS
        self._watching = True
        sys.settrace(self._called)
        try:
            step()
        finally:
            sys.settrace(None)
            last_ns = _clock() - self._since_ns
            if self._watching:
                self._at_work.ns += last_ns
            else:
                self.rest_ns = last_ns

    @property
    def codes(self) -> tuple[CodeType, ...]:
        """That of the user's own functions which were called."""
        return tuple(code for code, is_own in self._known.items() if is_own)

    @property
    def outside_ns(self) -> int:
        """What was put down to no line."""
        return self._outside.ns

    def _told(self, spent: _Spent) -> None:
        """Go from the line at work to another."""
        now_ns = _clock()
        self._at_work.ns += now_ns - self._since_ns
        self._at_work.told += 1
        self._at_work = spent
        self._since_ns = now_ns
        if now_ns > self._ends_ns:
            self._watching = False
            sys.settrace(None)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code not in self._known:
            self._known[code] = self._is_own(code.co_filename)
        if not self._known[code]:
            self._at_work.foreign += 1  # its time goes on as that of the line which has called it
            if not self._at_work.foreign % OFTEN:
                self._told(self._at_work)
            return None
        self._above.append(self._at_work)
        self._told(self.lines[code.co_filename, frame.f_lineno])
        return self._line

    def _line(self, frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        if event == "line":
            spent = self.lines[frame.f_code.co_filename, frame.f_lineno]
            spent.times += 1
            self._told(spent)
        elif event == "return":
            self._told(self._above.pop() if self._above else self._outside)
        return self._line


def profiled_lines(
    step: Callable[[], object], before: Callable[[], object], folders: Sequence[Path]
) -> LineProfile | None:
    """Return the lines in which an evaluation spends the most time.

    Parameters
    ----------
    step
        One whole evaluation. What it raises passes through.
    before
        What is done before each, unwatched.
    folders
        Where the user's own code lies.

    Returns
    -------
    LineProfile or None
        None where something else watches the interpreter, it has Python threads, or an evaluation waits, as for a disk
        or for threads that compute, or was watched for a beginning that is next to none of it.
    """
    if sys.gettrace() is not None or is_watched() or threading.active_count() > 1:
        return None
    own = roots(folders, imported=False)

    def is_own(file: str) -> bool:
        return file.startswith((*own,)) and not file.startswith(_HARNESS) and _INSTALLED not in file

    watch, below = _Watch(is_own), None
    with collector_off():
        alone_ns, computing = _alone(step, before)
        if computing < LEAST_COMPUTING:
            return None
        before()
        watch.run(step)
        if not watch.rest_ns and any(one.foreign for one in watch.lines.values()):
            below = shares_below(step, before, is_own)
    watched_ns = max(1, alone_ns - watch.rest_ns)
    if not watch.lines or watched_ns < LEAST_WATCHED * alone_ns:
        return None
    shares = _shares(watch.lines, watched_ns, steps_of(watch.codes), below)
    return LineProfile(lines=_largest(shares, watch.lines, roots(folders)), watched=watched_ns / alone_ns)


def _alone(step: Callable[[], object], before: Callable[[], object]) -> tuple[int, float]:
    """Return the CPU time of an evaluation that nobody watches, the least of a few, and its part of the time it takes.

    While others have the CPU no time passes for it. Of a long evaluation one is enough.
    """
    found: list[tuple[int, int]] = []
    with usage.waiting() as waited_ns:
        while not found or (len(found) < TIMED and sum(wall_ns for _, wall_ns in found) < TIMED_NS):
            before()
            waited, started_ns, began_ns = waited_ns(), time.monotonic_ns(), _clock()
            step()
            cpu_ns = _clock() - began_ns
            found.append((cpu_ns, time.monotonic_ns() - started_ns - (waited_ns() - waited)))
    return max(1, min(found)[0]), max(cpu_ns / max(1, wall_ns) for cpu_ns, wall_ns in found)


def _cost_ns() -> float:
    """Return what it takes to be told of a line, from a loop that does nothing."""

    def idle() -> None:
        for _ in range(CALIBRATED):
            pass

    alone_ns, _ = _alone(idle, lambda: None)
    watch = _Watch(lambda file: file == __file__)
    watch.run(idle)
    spent = watch.lines.values()
    return max(0.0, (sum(one.ns for one in spent) - alone_ns) / max(1, sum(one.told for one in spent)))


def _foreign_ns() -> float:
    """Return what it takes to be told of a call of others' code, from one that does nothing."""

    def nothing() -> None: ...

    def idle() -> None:
        for _ in range(CALIBRATED):
            nothing()

    alone_ns, _ = _alone(idle, lambda: None)
    watch = _Watch(lambda _file: False)
    watch.run(idle)
    return max(0.0, (watch.outside_ns - alone_ns) / CALIBRATED)


def _shares(
    lines: dict[Place, _Spent], unwatched_ns: int, steps: Mapping[Place, int], below: Mapping[Place, float] | None
) -> dict[Place, float]:
    """Return the share of each line of what takes so long unwatched.

    That is by its own time where it shows, else of what is left, by how often it began and what it does. Where it is
    known what passes `below` lines, in others' code, that is a line's too, and what it does itself does not show.
    """
    foreign_ns = _foreign_ns() if below is None and any(one.foreign for one in lines.values()) else 0.0
    below = below or {}
    spent_ns = {place: one.ns - foreign_ns * one.foreign for place, one in lines.items()}
    means = [max(0.0, spent_ns[place]) / one.told for place, one in lines.items() if one.told >= OFTEN]
    told = sum(one.told for one in lines.values())
    excess_ns = (sum(spent_ns.values()) - unwatched_ns) / told if told >= OFTEN else 0.0
    each_ns = max(_cost_ns(), min(means, default=0.0), excess_ns)  # in a loop alone more is in the caches
    cost_ns = {place: each_ns * one.told + foreign_ns * one.foreign for place, one in lines.items()}
    own_ns = {place: one.ns - cost_ns[place] for place, one in lines.items()}
    shown = {place: ns for place, ns in own_ns.items() if ns > VARIES * cost_ns[place] and place not in below}
    below_ns = {place: unwatched_ns * share for place, share in below.items()}
    known_ns = sum(shown.values()) + sum(below_ns.values())
    total_ns = max(unwatched_ns, known_ns)
    left_ns = total_ns - known_ns
    made = {place: one.times * max(1, steps[place]) for place, one in lines.items() if place not in shown}
    all_made = sum(made.values())
    return {
        place: (shown[place] if place in shown else left_ns * made[place] / all_made + below_ns.get(place, 0))
        / total_ns
        for place in lines
    }


def _largest(shares: dict[Place, float], lines: dict[Place, _Spent], folders: Sequence[str]) -> tuple[Line, ...]:
    ordered = sorted(shares.items(), key=lambda item: -item[1])[:MOST_LINES]
    return tuple(
        Line(
            file=_short(named(file, folders)),
            number=number,
            text=_short(linecache.getline(file, number).strip()),
            times=lines[file, number].times,
            share=min(1.0, share),
        )
        for (file, number), share in ordered
        if share > 0
    )


def _short(text: str) -> str:
    return shortened(speakable(text), LONGEST_NAME)
