"""Who leaves a run whose time does not pay for all: the slowest, for the answer is about the fastest. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..store.records import Round
from ..store.selectors import min_seconds_per_call
from ..store.worker_records import Outcome
from ..units import significant

#: Whoever is not so many times as slow as the fastest stays in any case.
HOPELESS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What an arm took in its last round."""

    call_s: float
    round_s: float


def costs(rounds: Collection[Round]) -> dict[str, Cost]:
    """Return arm -> what it took in these rounds, one of each group; of those that were timed."""
    return {
        worker.arm: Cost(call_s=min_seconds_per_call(worker), round_s=worker.spent.total_ns * 1e-9)
        for one in rounds
        for worker in one.workers
        if worker.outcome == Outcome.OK and worker.bursts and worker.spent
    }


def leaving(known: Mapping[str, Cost], kept: Collection[str], rounds: int, left_s: float) -> dict[str, str]:
    """Return the arms that leave so that the others have their rounds in the time that is left, with the reason.

    Parameters
    ----------
    known
        Arm -> what it takes.
    kept
        Arms that stay in any case: those that others are compared with.
    rounds
        How many more each is to have.
    left_s
        Time for them.
    """
    found: dict[str, str] = {}
    fastest = min((cost.call_s for cost in known.values()), default=0.0)
    needed_s = rounds * sum(cost.round_s for cost in known.values())
    for name in sorted(known.keys() - set(kept), key=lambda name: -known[name].call_s):
        times = known[name].call_s / fastest if fastest else 0.0
        if needed_s <= left_s or times < HOPELESS:
            break
        needed_s -= rounds * known[name].round_s
        found[name] = f"{significant(times, 2)} times as slow as the fastest"
    return found
