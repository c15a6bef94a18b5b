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
    planned_s: float | None = field(default=None, compare=False)
    """How long all of it is to take, before `left_s` is known."""
    so_far: Callable[[], Run] | None = field(default=None, compare=False)
    """Gives the run with what was measured by now, an unfinished round among it; None where there is none."""


Listener = Callable[[Progress], None]
