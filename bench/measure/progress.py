"""How far a measurement is, as a listener is told it between bursts."""

from collections.abc import Callable

from msgspec import Struct

from ..store.records import Run


class Progress(Struct, frozen=True, kw_only=True):
    """What is being done now, and what is known of the rest."""

    doing: str
    rounds_done: int = 0
    rounds_expected: int | None = None
    left_s: float | None = None
    planned_s: float | None = None
    """How long all of it is to take, before `left_s` is known."""
    so_far: Callable[[], Run] | None = None
    """Gives the run with what was measured by now, an unfinished round among it; None where there is none."""


Listener = Callable[[Progress], None]
