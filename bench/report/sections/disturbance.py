"""What came between the rounds of a run: other programs, the hypervisor, discarded rounds, an end from outside."""

from collections.abc import Iterator

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


def _load(run: Run) -> Iterator[str]:
    """Yield what else the machine did."""
    loads = [round_.load for round_ in run.rounds]
    steal = [max(load.steal) for load in loads if load.steal]
    stolen = sum(value >= _VISIBLE_STEAL for value in steal)
    if stolen:
        yield (
            f"Steal: the hypervisor took up to {percent(max(steal))} of a CPU; {margin_text(_VISIBLE_STEAL)} or more "
            f"in {stolen} of {counted(len(steal), 'round')}."
        )
    before = [load.load_before for load in loads if load.load_before is not None]
    threads = max((arm.case.threads or 1 for arm in run.arms), default=1)
    if before and max(before) > threads + _FOREIGN_LOAD:
        yield (
            f"Activity: up to {significant(max(before), 2)} before a round, of which this run makes about {threads}; "
            "something else was running."
        )
    if before and steal and not stolen and max(before) <= threads + _FOREIGN_LOAD:
        seen = f"load up to {significant(max(before), 2)}, steal up to {percent(max(steal))}"
        yield f"Load and steal: none to speak of ({seen})."
    if not before and not steal:
        yield f"Load and steal: unknown, the system does not tell{_busy(loads)}."


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
