"""What the workers of a first round are asked for behind their bursts, untimed: what an evaluation does."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from ..store.records import Role
from ..worker.untimed import Count, Counted, Part, Track, Tracked
from .asking import Asking
from .ended import Ended
from .memory_pages import MemoryPages
from .recording import Active, counted

#: Arms of which nothing is counted: what the baseline does, its second arm does too.
UNCOUNTED = (Role.AGAIN, Role.LIMIT)

#: What takes longer is not counted beside a run: counting slows it down some times, and calls it three times.
LONGEST_COUNTED_NS = 20_000_000

#: What is asked for where an evaluation is to be explained -> in words. A worker that takes too long over one is ended:
#: what may take longest comes last.
PARTS: Mapping[Part, str] = MappingProxyType(
    {
        "costs": "measuring what a call of NumPy costs",
        "lines": "watching the lines of {}",
        "counts": "counting what {} does",
        "functions": "profiling {}",
        "calls": "seeing what {} calls NumPy for",
    }
)

#: What is asked for else; and of what takes so long that several evaluations, slower ones, do not fit one time limit.
UNEXPLAINED: tuple[Part, ...] = ("counts",)
OF_LONG: tuple[Part, ...] = ("costs", "calls")
LONGEST_PROFILED_NS = 15_000_000_000

#: Why there is no page of an implementation that brings a clock of its own.
ELSEWHERE = "it computes in another program, whose memory is not seen"

#: Why there is none of a worker that has died of being counted.
ENDED = "its worker ended while it was counted what it does"


class Untimed(Struct, frozen=True, kw_only=True):
    """To count what an evaluation does, and more where that is asked for."""

    explains: bool = False
    """Whether to see what NumPy is called for and to measure what that costs, too; of long calls as well."""
    pages: MemoryPages | None = None
    """Where memray is to draw what is allocated."""


class Counting:
    """Asks workers for it. The case is ok whatever comes of that."""

    def __init__(self, untimed: Untimed | None, asking: Asking, scratch: Path) -> None:
        self._untimed = untimed
        self._asking = asking
        self._file = scratch / "allocations.memray"

    @property
    def explains(self) -> bool:
        """Whether costs are timed in a first round."""
        return self._untimed is not None and self._untimed.explains

    def ask(self, one: Active, python: str) -> None:
        """Ask a worker, which runs in this interpreter, for what an evaluation does."""
        if self._untimed is None or one.arm.role in UNCOUNTED:
            return
        with one.spending("counting_ns"):
            if self.explains or one.call_ns <= LONGEST_COUNTED_NS:
                self._count(one)
            if self._untimed.pages:
                self._track(one, self._untimed.pages, python)

    def _count(self, one: Active) -> None:
        """Ask for each part, until all is told or the worker has ended over one."""
        explained = PARTS if one.call_ns <= LONGEST_PROFILED_NS else OF_LONG
        for part in explained if self.explains else UNEXPLAINED:
            self._asking.tell(PARTS[part].format(one.arm.name))
            with suppress(Ended):
                one.record = counted(one.record, self._asking.answer(one, Count(part=part), Counted))
            if one.process.ended:
                return

    def _track(self, one: Active, pages: MemoryPages, python: str) -> None:
        """Have memray write down what an evaluation allocates, and draw that."""
        case = one.arm.case
        reason = ELSEWHERE if one.record.own_clock else ENDED if one.process.ended else None
        if reason:
            pages.leave(case, reason)
            return
        self._asking.tell(f"drawing what {one.arm.name} allocates")
        try:
            found = self._asking.answer(one, Track(file=self._file), Tracked)
            pages.draw(case, self._file, found, python=python)
        except Ended as ended:
            pages.leave(case, ended.reason)
        finally:
            self._file.unlink(missing_ok=True)
