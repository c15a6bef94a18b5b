"""How far a measurement is, as a listener is told it between bursts."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..store.records import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What is being done now, and what is known of the rest."""

    doing: str
    rounds_done: int = 0
    rounds_expected: int | None = None
    left_s: float | None = None
    so_far: Callable[[], Run] | None = field(default=None, compare=False)
    """Gives the run with what was measured by now, an unfinished round among it; None where there is none."""


Listener = Callable[[Progress], None]
