"""What a gate measured of a benchmark: its rounds, and what it decided by them. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from ..stats.gate import Decision
from ..store import selectors
from ..store.records import Role, Round
from .benchmarks import Benchmark, arm_name


class Measured(Struct, frozen=True, kw_only=True):
    """What the gate measured of one benchmark, and what it decided."""

    benchmark: Benchmark
    screening: tuple[Round, ...] = ()
    confirming: tuple[Round, ...] = ()
    suspect: bool = False
    decision: Decision = Decision.CLEARED
    discarded: tuple[Round, ...] = ()
    """Rounds that do not count, but for what ended otherwise than ok in them."""
    reason: str | None = None
    """Why it is undecided, where that is not the interval's doing."""
    early: bool = False
    """Whether it was judged on its first rounds, those of the screening among them."""
    refused: str | None = None
    """Why HEAD's problem gave it no inputs, so that it was not measured at all."""
    doubt: str | None = None
    """Why a remembered answer could not be told from a computed one, if so."""
    relaid: str | None = None
    """Which inputs lie in memory otherwise than they were given, if some do."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """log(HEAD / BASE) of the rounds that decided: fresh ones where it was a suspect and not judged early."""
        if self.early:
            return self.all_ratios()
        name = self.benchmark.case.id
        return log_ratios(self.confirming if self.suspect and self.confirming else self.screening, name)

    def all_ratios(self, role: Role = Role.CASE) -> tuple[float, ...]:
        """Return log(arm / BASE) of every round, of HEAD or of the second BASE."""
        name = self.benchmark.case.id
        return (*log_ratios(self.screening, name, role), *log_ratios(self.confirming, name, role))


def log_ratios(held: Sequence[Round], name: str, role: Role = Role.CASE) -> tuple[float, ...]:
    """Return log(arm / BASE) of the rounds of a benchmark in which both have a time."""
    return tuple(selectors.log_ratios(held, arm_name(name, role), arm_name(name, Role.BASELINE)).values())
