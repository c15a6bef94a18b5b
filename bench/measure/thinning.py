"""Who leaves a run whose time does not pay for all: the slowest, for the answer is about the fastest. Pure."""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from ..store.records import Round
from ..store.selectors import min_seconds_per_call
from ..store.worker_records import Outcome
from ..units import significant

#: Whoever is not so many times as slow as the fastest stays in any case.
HOPELESS = 2.0


class Cost(Struct, frozen=True, kw_only=True):
    """What an arm took in its last round."""

    times: float
    """How many times as long a call took as the fastest of its group."""
    round_s: float
    """But for what was counted beside the timing: that is done once."""


def costs(rounds: Iterable[Round]) -> dict[str, Cost]:
    """Return arm -> what it took in these rounds, one of each group; of those that were timed."""
    found: dict[str, Cost] = {}
    for one in rounds:
        timed = [worker for worker in one.workers if worker.outcome == Outcome.OK and worker.bursts]
        call_s = {worker.arm: min_seconds_per_call(worker) for worker in timed}
        for worker in timed:
            if worker.spent:
                times = call_s[worker.arm] / min(call_s.values())
                found[worker.arm] = Cost(times=times, round_s=(worker.spent.total_ns - worker.spent.counting_ns) * 1e-9)
    return found


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
    needed_s = rounds * sum(cost.round_s for cost in known.values())
    for name in sorted((name for name in known if name not in kept), key=lambda name: -known[name].times):
        one = known[name]
        if needed_s <= left_s or one.times < HOPELESS:
            break
        needed_s -= rounds * one.round_s
        found[name] = f"{significant(one.times, 2)} times as slow as the fastest"
    return found
