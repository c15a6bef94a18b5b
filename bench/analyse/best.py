"""Which cases of a run may be the best, where it was made to find that out. Pure."""

from ..stats import racing
from ..stats.racing import Race
from ..store.selectors import burst_minima
from ..store.worker_records import Outcome
from .findings import GroupFindings


def race(group: GroupFindings, error: float) -> Race:
    """Return how the race of a group's cases ended.

    Parameters
    ----------
    group
        Its findings; cases without a time, and those on the reference BLAS, take no part.
    error
        Probability with which the best may be out.
    """
    times = [
        {worker.arm: burst_minima(worker) for worker in one.workers if worker.outcome == Outcome.OK}
        for one in group.rounds.used
    ]
    names = [one.arm.name for one in group.ok if not one.reference_blas]
    return racing.race(names, times, error=error, margin=group.margin, ended=True)
