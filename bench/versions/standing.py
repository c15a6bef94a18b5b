"""Where a benchmark's HEAD stands against its BASE, and how that is where a side did not end well. Pure."""

from enum import StrEnum

from ..store.records import Role
from ..store.worker_records import Outcome, Worker
from ..worker.outcome import OF_ANOTHER_VERSION
from .benchmarks import arm_name
from .measured import Measured

#: What an implementation ends with that this machine or this case is not for.
NOBODYS_FAULT = frozenset({Outcome.UNAVAILABLE, Outcome.UNSUPPORTED})


class Standing(StrEnum):
    """What is said of a benchmark's HEAD against its BASE."""

    WRONG = "wrong"
    """HEAD ended with another outcome than ok."""
    DIFFERENT = "different results"
    """Either may be right: nothing but HEAD's own result says what BASE's should be."""
    NOT_COMPARABLE = "not comparable"
    """BASE ended with another outcome than ok."""
    LOST = "lost"
    """HEAD is not for this machine or case, and BASE is: its time here is not known."""
    SLOWER = "slower"
    FASTER = "faster"
    EQUIVALENT = "equivalent"
    NOT_SLOWER = "not slower"
    """Cleared, but perhaps faster by more than the margin."""
    UNDECIDED = "undecided"


def fate(one: Measured) -> tuple[Standing, Outcome, str | None] | None:
    """Return how a benchmark ended if a side was not ok: HEAD's fault first."""
    if one.refused:
        return Standing.WRONG, Outcome.FAILED, f"HEAD is failed: {one.refused}"
    head, base, again = (_ended(one, role) for role in (Role.CASE, Role.BASELINE, Role.AGAIN))
    other = base or again
    if head is not None:
        said = f"{head.outcome}: {head.reason}"
        if head.outcome not in NOBODYS_FAULT:
            return Standing.WRONG, head.outcome, f"{'HEAD and BASE are' if is_wrong_in_both(one) else 'HEAD is'} {said}"
        return Standing.NOT_COMPARABLE if base else Standing.LOST, head.outcome, f"HEAD is {said}"
    if other is None:
        return None
    how = other.reason or ""
    if how.startswith(OF_ANOTHER_VERSION):
        told = f"BASE's, held against HEAD's: {how.removeprefix(OF_ANOTHER_VERSION)}"
        return Standing.DIFFERENT, other.outcome, f"HEAD and BASE give different results; {told}"
    return Standing.NOT_COMPARABLE, other.outcome, f"BASE is {other.outcome}: {how}"


def is_wrong_in_both(one: Measured) -> bool:
    """Return whether the results of both sides are wrong."""
    sides = (_ended(one, role) for role in (Role.CASE, Role.BASELINE))
    return all(side is not None and side.outcome == Outcome.WRONG for side in sides)


def _ended(one: Measured, role: Role) -> Worker | None:
    """Return the first worker of an arm that ended with another outcome than ok, None where none did."""
    workers = (worker for held in (*one.screening, *one.confirming, *one.discarded) for worker in held.ended)
    return next((worker for worker in workers if worker.arm == arm_name(one.benchmark.case.id, role)), None)
