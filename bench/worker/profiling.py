"""Which Python functions an evaluation spends its time in, as a profiler sees it; apart from all that is timed.

Times are estimates: the profiler's own work at each call is among them, so a function that is called often looks slower
than it is. What a function calls that is not written in Python counts as its own.
"""

import cProfile
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..machine import usage
from ..machine.collector import collector_off
from ..store.profile_records import LONGEST_NAME, MOST_FUNCTIONS, Profiled
from ..text import speakable
from .hooks import is_watched
from .outcome import shortened

#: Evaluations are profiled in tries that take so long each, one evaluation at least, until they took so long together;
#: by the clock on the wall, on however busy a machine, no longer than that.
TRY_NS, ENOUGH_NS, LONGEST_NS = 2_000_000, 50_000_000, 500_000_000

#: The harness's own functions, which call the implementation's, are left out.
_HARNESS = f"{Path(__file__).resolve().parents[1]}{os.sep}"

#: What is a function of its own to some versions of Python; its time is that of the function around it.
_WITHIN = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})

#: Name and file of a function -> its calls and its own seconds.
_Totals = dict[tuple[str, str], tuple[int, float]]


class _Try(Struct, frozen=True, kw_only=True):
    """Evaluations, profiled together."""

    evaluations: int
    wall_ns: int
    waited_ns: int
    """Of that, while others had the CPU."""
    totals: _Totals

    @property
    def evaluation_ns(self) -> float:
        """What one took, but for the waiting."""
        return (self.wall_ns - self.waited_ns) / self.evaluations

    @property
    def ns_of_second(self) -> float:
        """Nanoseconds of one evaluation in a second of all of them: waiting befalls every function alike."""
        return 1e9 / self.evaluations * (1 - self.waited_ns / self.wall_ns)


def profiled(
    step: Callable[[], object], before: Callable[[], object], folders: Sequence[Path]
) -> tuple[Profiled, ...] | None:
    """Return the functions in which an evaluation spends the most time of its own, the largest first.

    Parameters
    ----------
    step
        One whole evaluation. What it raises passes through; nothing is profiled any more then.
    before
        What is done before each, and not profiled.
    folders
        Where its code lies, beside the folders that modules are imported from: files are named from there.

    Returns
    -------
    tuple of Profiled or None
        None where something else watches the interpreter, or it has Python threads: what these do cannot be told apart.
    """
    if is_watched() or threading.active_count() > 1:
        return None
    tries: list[_Try] = []
    began = time.monotonic_ns()
    with collector_off(), _threads_seen() as threads, usage.waiting() as waited_ns:
        while not tries or (
            sum(one.wall_ns - one.waited_ns for one in tries) < ENOUGH_NS and time.monotonic_ns() - began < LONGEST_NS
        ):
            tries.append(_tried(step, before, waited_ns))
            if threads or threading.active_count() > 1:
                return None
    return _largest(min(tries, key=lambda one: one.evaluation_ns), roots(folders))


@contextmanager
def _threads_seen() -> Iterator[list[bool]]:
    """Give a list that is no longer empty once a thread was started that runs Python."""
    seen: list[bool] = []

    def note(_frame: object, _event: str, _argument: object) -> None:
        seen.append(True)
        sys.setprofile(None)  # of that thread

    usual = threading.getprofile()
    threading.setprofile(note)
    try:
        yield seen
    finally:
        threading.setprofile(usual)


def _tried(step: Callable[[], object], before: Callable[[], object], waited_ns: Callable[[], int]) -> _Try:
    profiler = cProfile.Profile(builtins=False, subcalls=False)
    evaluations, wall, waited, began = 0, 0, 0, time.monotonic_ns()
    while not evaluations or time.monotonic_ns() - began < TRY_NS:
        before()
        started, waiting = time.perf_counter_ns(), waited_ns()
        profiler.enable()
        try:
            result = step()
        finally:
            profiler.disable()
        waited += waited_ns() - waiting
        wall += time.perf_counter_ns() - started
        evaluations += 1
        del result
    return _Try(evaluations=evaluations, wall_ns=max(1, wall), waited_ns=min(waited, wall), totals=_totals(profiler))


def _totals(profiler: cProfile.Profile) -> _Totals:
    found: _Totals = {}
    for entry in profiler.getstats():
        code: Any = entry.code
        if isinstance(code, str) or code.co_filename.startswith(_HARNESS):
            continue
        around, _, inner = code.co_qualname.rpartition(".<locals>.")
        is_within = inner in _WITHIN and bool(around)
        key = around if is_within else code.co_qualname, code.co_filename  # those of one name are told together
        calls, seconds = found.get(key, (0, 0.0))
        found[key] = calls + (0 if is_within else entry.callcount), seconds + max(0.0, entry.inlinetime)
    return found


def roots(folders: Sequence[Path], *, imported: bool = True) -> list[str]:
    """Return the folders that files are named from, the longest first, each with a separator at its end.

    These are those given and, if so, those that modules are imported from.
    """
    further = filter(None, sys.path) if imported else ()
    places = {os.path.abspath(place) for place in (*map(str, folders), *further)}  # noqa: PTH100
    return sorted((f"{place.rstrip(os.sep)}{os.sep}" for place in places), key=len, reverse=True)


def _largest(one: _Try, roots: Sequence[str]) -> tuple[Profiled, ...]:
    ordered = sorted(one.totals.items(), key=lambda item: -item[1][1])[:MOST_FUNCTIONS]
    return tuple(
        Profiled(
            name=_short(name),
            file=_short(named(file, roots)),
            calls=calls / one.evaluations,
            own_ns=round(seconds * one.ns_of_second),
        )
        for (name, file), (calls, seconds) in ordered
    )


def named(file: str, roots: Sequence[str]) -> str:
    """Return a file's path from where it is imported, its name alone where it lies elsewhere; else what it says."""
    root = next((one for one in roots if file.startswith(one)), None)
    if root is not None:
        return file.removeprefix(root)
    return os.path.basename(file) if os.path.isabs(file) else file  # noqa: PTH117, PTH119


def _short(text: str) -> str:
    return shortened(speakable(text), LONGEST_NAME)
