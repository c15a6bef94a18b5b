"""Numbers of a benchmark's two sides, round by round. Pure."""

from collections.abc import Callable, Sequence
from statistics import median

from ..store.records import Role, Round
from ..store.worker_records import Worker
from .benchmarks import arm_name

#: A count is a finding when it changes by more than this share.
COUNT_MARGIN = 0.01

#: Of BASE and HEAD, in one round.
Pair = tuple[float, float]


def both(
    rounds: Sequence[Round], name: str, of: Callable[[Worker], float | None], *, role: Role = Role.CASE
) -> list[Pair]:
    """Return (BASE, HEAD) of each round in which `of` gives a number of both.

    Parameters
    ----------
    rounds
        Those of the benchmark.
    name
        Its case's id.
    of
        What is asked of a worker.
    role
        Who stands in the place of HEAD: BASE again, if it is to be held against itself.
    """
    found = []
    for one in rounds:
        numbers = {worker.arm: of(worker) for worker in one.workers}
        base, head = numbers.get(arm_name(name, Role.BASELINE)), numbers.get(arm_name(name, role))
        if base is not None and head is not None:
            found.append((base, head))
    return found


def medians(pairs: Sequence[Pair]) -> Pair | None:
    """Return the medians over rounds of BASE and of HEAD; None without a round."""
    return (median(base for base, _ in pairs), median(head for _, head in pairs)) if pairs else None


def has_changed(pairs: Sequence[Pair]) -> bool:
    """Return whether a count has changed by over COUNT_MARGIN, and by one at least, in all rounds in one direction."""
    more = [head > base * (1 + COUNT_MARGIN) and head - base >= 1 for base, head in pairs]
    less = [base > head * (1 + COUNT_MARGIN) and base - head >= 1 for base, head in pairs]
    return bool(pairs) and (all(more) or all(less))
