"""What came between the rounds of a run: other programs, the hypervisor, discarded rounds, an end from outside."""

from collections.abc import Iterator

from msgspec import Struct

from ...machine.load import Activity
from ...store.records import Run
from ...units import percent, significant
from ..parts import plain
from ..phrases import counted, margin_text

#: Steal is mentioned from this part of a round on, on any CPU.
_VISIBLE_STEAL = 0.01

#: The run itself keeps one CPU busy; a load this much above its threads is somebody else's.
_FOREIGN_LOAD = 0.5


def of_run(run: Run) -> Iterator[str]:
    """Yield a sentence for each kind of it."""
    yield from _load(run)
    yield from _discarded(run)
    yield from _resumed(run)


def briefly(run: Run) -> tuple[str, ...]:
    """Return how others disturbed a run, as in ``load up to 3.5``; nothing where nobody did, or it is not known."""
    seen = _Seen.of(run)
    load = (f"load up to {significant(seen.load, 2)}",) if seen.is_loaded else ()
    return (*load, *((f"steal up to {percent(max(seen.steal))}",) if seen.stolen else ()))


class _Seen(Struct, frozen=True, kw_only=True):
    """What else the machine did."""

    steal: tuple[float, ...]
    """Of each round the most that was taken from a CPU, where that is known."""
    load: float | None
    """The highest before a round; None where that is not known."""
    threads: int
    """The most that a case has."""

    @classmethod
    def of(cls, run: Run) -> "_Seen":
        """Return what the rounds of a run saw."""
        loads = [round_.load for round_ in run.rounds]
        return cls(
            steal=tuple(max(load.steal) for load in loads if load.steal),
            load=max((load.load_before for load in loads if load.load_before is not None), default=None),
            threads=max((arm.case.threads or 1 for arm in run.arms), default=1),
        )

    @property
    def stolen(self) -> int:
        """In how many rounds steal was visible."""
        return sum(value >= _VISIBLE_STEAL for value in self.steal)

    @property
    def is_loaded(self) -> bool:
        """Whether something beside the run was running."""
        return self.load is not None and self.load > self.threads + _FOREIGN_LOAD


def _load(run: Run) -> Iterator[str]:
    """Yield what else the machine did."""
    seen = _Seen.of(run)
    if seen.stolen:
        yield (
            f"Steal: the hypervisor took up to {percent(max(seen.steal))} of a CPU; {margin_text(_VISIBLE_STEAL)} or "
            f"more in {seen.stolen} of {counted(len(seen.steal), 'round')}."
        )
    if seen.is_loaded:
        yield (
            f"Activity: up to {significant(seen.load, 2)} before a round, of which this run makes about "
            f"{seen.threads}; something else was running."
        )
    elif seen.load is not None and seen.steal and not seen.stolen:
        told = f"load up to {significant(seen.load, 2)}, steal up to {percent(max(seen.steal))}"
        yield f"Load and steal: none to speak of ({told})."
    if seen.load is None and not seen.steal:
        yield f"Load and steal: unknown, the system does not tell{_busy([one.load for one in run.rounds])}."


def _busy(loads: list[Activity]) -> str:
    busy = [max(load.busy) for load in loads if load.busy]
    return f" (busiest CPU: {percent(max(busy))})" if busy else ""


def _discarded(run: Run) -> Iterator[str]:
    """Yield the rounds and the bursts that are not used, counted, with the reasons."""
    reasons = [plain(one.discarded) for one in run.rounds if one.discarded is not None and not one.unfinished]
    for reason in dict.fromkeys(reasons):
        yield f"Discarded: {counted(reasons.count(reason), 'round')} with all their arms, because {reason}."
    bursts = [one.reason for round_ in run.rounds for worker in round_.workers for one in worker.discarded_bursts]
    if bursts:
        why = "; ".join(plain(reason) for reason in dict.fromkeys(bursts))
        yield f"Timed again: {counted(len(bursts), 'burst')}, because: {why}."


def _resumed(run: Run) -> Iterator[str]:
    """Yield when a run went on that had been ended from outside."""
    for one in run.resumed:
        yield (
            f"The run was ended from outside after {counted(one.rounds, 'round')}, and went on at {plain(one.at)}, on "
            "the same machine, with the same code and in the same order; no ratio is formed across that."
        )
