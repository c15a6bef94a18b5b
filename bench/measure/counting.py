"""What the workers of a first round are asked for behind their bursts, untimed: what an evaluation does."""

from contextlib import suppress
from dataclasses import dataclass

from ..store.records import Role
from ..worker.untimed import Count, Counted
from .asking import Asking
from .recording import Active, counted
from .worker_process import Ended

#: Arms of which nothing is counted: what the baseline does, its second arm does too.
UNCOUNTED = (Role.AGAIN, Role.LIMIT)

#: What takes longer is not counted beside a run: counting slows it down some times, and calls it three times.
LONGEST_COUNTED_NS = 20_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Untimed:
    """To count what an evaluation does, and more where that is asked for."""

    explains: bool = False
    """Whether to see what NumPy is called for and to measure what that costs, too; of long calls as well."""


class Counting:
    """Asks workers for it. The case is ok whatever comes of that."""

    def __init__(self, untimed: Untimed | None, asking: Asking) -> None:
        self._untimed = untimed
        self._asking = asking

    @property
    def explains(self) -> bool:
        """Whether costs are timed in a first round."""
        return self._untimed is not None and self._untimed.explains

    def ask(self, one: Active) -> None:
        """Ask a worker for what an evaluation does."""
        if self._untimed is None or one.arm.role in UNCOUNTED:
            return
        with one.spending("counting_ns"):
            if self.explains or one.call_ns <= LONGEST_COUNTED_NS:
                self._asking.tell(f"counting what {one.arm.name} does")
                with suppress(Ended):
                    one.record = counted(one.record, self._asking.answer(one, Count(explained=self.explains), Counted))
