"""Which part of an evaluation's time passes in others' code below each line of the user's own.

Python code of a library runs some times slower while it is watched for lines, so what it takes is not told by that. A
timer of CPU time interrupts evaluations that nobody watches (`signal.ITIMER_PROF`); each time it is seen below which
line the interpreter is. That is seen when it looks for signals, as it does where a call begins and ends: so what passes
below a line that calls is told well, and the user's own lines beside it are not.
"""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import process_time_ns
from types import CodeType, FrameType

#: CPU time between two looks, as far as the system's clock tick allows (mostly 4 ms); of so much in all, one evaluation
#: at least.
INTERVAL_S, ENOUGH_NS = 0.001, 1_500_000_000

#: Fewer looks tell nothing.
LEAST_LOOKS = 100

#: File and number of a line.
Place = tuple[str, int]


class _Looks:
    """Where evaluations were when the timer went off."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.below: Counter[Place] = Counter()
        """Looks that found others' code below a line."""
        self.total = 0
        self.at_work = False
        self._is_own = is_own
        self._known: dict[CodeType, bool] = {}

    def look(self, _signal: int, frame: FrameType | None) -> None:
        """See where the interpreter is."""
        if not self.at_work:
            return
        self.total += 1
        first = frame
        while frame is not None and not self._owns(frame.f_code):
            frame = frame.f_back
        if frame is not None and frame is not first:
            self.below[frame.f_code.co_filename, frame.f_lineno] += 1

    def _owns(self, code: CodeType) -> bool:
        if code not in self._known:
            self._known[code] = self._is_own(code.co_filename)
        return self._known[code]


def shares_below(
    step: Callable[[], object], before: Callable[[], object], is_own: Callable[[str], bool]
) -> Mapping[Place, float] | None:
    """Return line -> the part of the time that passes in others' code below it.

    Parameters
    ----------
    step
        One whole evaluation. What it raises passes through.
    before
        What is done before each, and not looked at.
    is_own
        Whether a file is the user's own.

    Returns
    -------
    Mapping or None
        None where the timer is somebody else's, or it went off too rarely.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_PROF)[0]:
        return None
    looks = _Looks(is_own)
    with _interrupted(looks.look):
        spent_ns = 0
        while spent_ns < ENOUGH_NS:
            before()
            began_ns = process_time_ns()
            looks.at_work = True
            try:
                step()
            finally:
                looks.at_work = False
            spent_ns += max(1, process_time_ns() - began_ns)
    if looks.total < LEAST_LOOKS:
        return None
    return {place: times / looks.total for place, times in looks.below.items()}


@contextmanager
def _interrupted(look: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have the timer of CPU time interrupt what is done."""
    former = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, former)
