"""Workers of a round, asked; and how a case that ends over it is recorded."""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from ..store.records import Role
from ..store.worker_records import Outcome
from ..worker.protocol import Answer, Order, TimeBurst
from .ended import Ended
from .recording import Active, Past
from .verifiers import asked

#: What is done for an arm.
Done = TypeVar("Done")


class Asking:
    """Asks workers, knowing whom something from outside has ended before."""

    def __init__(self, timeout_s: float, listen: Callable[[str], None], past: Past) -> None:
        self._timeout_s = timeout_s
        self._listen = listen
        self._doing = ""
        self._past = past
        self._silent: set[str] = set()

    def tell(self, doing: str) -> None:
        """Tell what is being done."""
        self._doing = doing
        self._listen(doing)

    def ask(self, active: Active, order: Order, expected: type[Answer]) -> Answer | None:
        """Return the worker's reply; None when its case ended with another outcome than ok, which is recorded."""
        return self.unless_ended(active, lambda: self.answer(active, order, expected))

    def answer(self, active: Active, order: Order, expected: type[Answer]) -> Answer:
        """Return the worker's reply; Ended when its case ended."""
        still = None if isinstance(order, TimeBurst) else lambda: self._listen(self._doing)
        return asked(active.process, active.arm.name, order, expected, self._timeout_s, meanwhile=still)

    def unless_ended(self, active: Active, do: Callable[[], Done]) -> Done | None:
        """Return what was done; None when a worker's case ended with another outcome than ok, which is recorded."""
        try:
            return do()
        except Ended as ended:
            outcome, reason = ended.outcome, ended.reason
            name = active.arm.name
            if ended.from_outside and name not in self._past.killed and not self._twice_silent(active, ended):
                self._past.killed.add(name)
                active.lost = f"the worker of {name} was ended ({reason}) and measured again once"
                outcome = Outcome.NOT_MEASURED
        active.process.kill()
        active.record = replace(active.record, outcome=outcome, reason=reason, output_tail=active.process.output_tail)
        return None

    def _twice_silent(self, active: Active, ended: Ended) -> bool:
        """Return whether a baseline has given no answer twice, by two workers: then that is its own doing."""
        if ended.outcome != Outcome.TIMEOUT or active.arm.role not in (Role.BASELINE, Role.AGAIN):
            return False
        before = active.arm.case.id in self._silent
        self._silent.add(active.arm.case.id)
        return before
