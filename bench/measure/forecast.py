"""What a long run says of itself before its first round: how long it takes at least, and whether a document holds it.

How long calls take is not known then. But each case has a fresh process in each round, and making the inputs has shown
how long it takes to start one.
"""

from collections.abc import Iterator

from msgspec import Struct

from ..stats.intervals import MIN_ROUNDS
from ..store.journal import MOST_BYTES
from ..store.records import Role, Settings
from ..units import amount, duration
from .backends import Backend
from .budget import LONG_S, Pace
from .workspace import Stage

#: What a worker takes in a document, as one with five short bursts does.
WORKER_BYTES = 1600


class Extent(Struct, frozen=True, kw_only=True):
    """What is to be measured."""

    cases: int
    workers: int
    """Fresh processes in a round of everything."""
    started_s: float
    """Time until all of these have started, at least; 0 where that is not known."""
    budget_s: float | None
    """Time for the run; None where only rounds end it."""


def extent(stage: Stage, backend: Backend, pace: Pace, *, shares: bool) -> Extent:
    """Return what a stage has to be measured; `shares`: whether one process serves several sizes."""
    arms = [arm for group in stage.groups for arm in (*group.arms, *group.limits)]
    start_s = 0.0 if shares else stage.executor.start_s or 0.0
    return Extent(
        cases=sum(arm.role not in (Role.AGAIN, Role.LIMIT) for arm in arms),
        workers=len(arms),
        started_s=len(arms) * start_s / max(1, len(backend.cpus())),
        budget_s=pace.budget_s if pace.is_bounded else None,
    )


def told(settings: Settings, whole: Extent) -> Iterator[str]:
    """Yield sentences on a run that takes long, or for which no document has room; none on any other."""
    rounds, least_s, budget_s = settings.rounds or MIN_ROUNDS, whole.started_s, whole.budget_s
    if budget_s is None:
        if rounds * least_s > LONG_S:
            yield (
                f"{whole.cases} cases x {rounds} rounds: at least {duration(rounds * least_s)}, "
                f"for {rounds * whole.workers} processes have to be started"
            )
    elif least_s > budget_s:
        yield (
            f"{whole.cases} cases: a single round takes at least {duration(least_s)}, and there are "
            f"{duration(budget_s)} for the run (--budget says another time)"
        )
    elif budget_s > LONG_S:
        yield f"{whole.cases} cases: up to {duration(budget_s)} (--budget)"
    most = MOST_BYTES // (WORKER_BYTES * whole.workers)
    if rounds > most:
        yield (
            f"a document of {amount(MOST_BYTES, 'B')}, at which a run ends, holds about {most} rounds of {whole.cases} "
            "cases: measure them in parts (--impl, --size)"
        )
