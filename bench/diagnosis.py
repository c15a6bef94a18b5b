"""Where the time of an evaluation goes, estimated from counts and from what each counted thing costs. Pure.

    call overhead   NumPy calls x the time of such a call on arrays of one number
    page faults     minor faults of a timed call x the time of a fault
    arithmetic      time inside matrix products and functions such as exp, beyond the calls' overhead
    memory traffic  time inside all other calls, beyond their overhead

What compiled code does within itself is not seen. It is put down as the least it can take: those of the problem's
floating-point operations that no seen call has done, at the rate of a matrix product, and those of its bytes that no
seen call has moved, at the rate of an element-wise sum. All are estimates: the largest is named, if it is large enough
to explain something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .measurement import Call, CallKind, Costs


class Cause(StrEnum):
    """What an evaluation spends its time on."""

    OVERHEAD = "call overhead"
    FAULTS = "page faults"
    MEMORY = "memory traffic"
    ARITHMETIC = "arithmetic"


#: A cause that takes a smaller share of the time explains nothing.
LEAST_SHARE = 0.3

#: A cause that is not the largest is worth a word from this share on.
NOTABLE_SHARE = 0.1

#: Kinds of calls that are limited by arithmetic rather than by memory.
_ARITHMETIC = (CallKind.PRODUCT, CallKind.FUNCTION)


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """The parts of an evaluation's time."""

    shares: Mapping[Cause, float | None]
    """Share of the time, 0 to 1; None is unknown."""
    cause: Cause | None
    """The largest, if it takes at least LEAST_SHARE."""

    @property
    def share(self) -> float:
        """The share of the cause, or of the largest part where that explains nothing."""
        return max((share for share in self.shares.values() if share is not None), default=0.0)

    @property
    def unexplained(self) -> float:
        """The share that no part takes."""
        return max(0.0, 1.0 - sum(share for share in self.shares.values() if share is not None))

    def notable(self) -> tuple[Cause, ...]:
        """Return the other causes that are worth a word, the largest first."""
        others = {
            one: share for one, share in self.shares.items() if one != self.cause and (share or 0.0) >= NOTABLE_SHARE
        }
        return tuple(sorted(others, key=lambda one: -(others[one] or 0.0)))


def diagnose(
    seconds: float, calls: Sequence[Call], costs: Costs, *, faults: float | None, work: Mapping[str, float]
) -> Diagnosis:
    """Return where the time of an evaluation goes.

    Parameters
    ----------
    seconds
        Time of an evaluation.
    calls
        What it calls NumPy for; empty if nothing was seen.
    costs
        What things cost where it ran.
    faults
        Minor page faults of an evaluation; None where they are unknown.
    work
        ``flops`` and compulsory ``bytes`` of an evaluation, as the problem says.

    Returns
    -------
    Diagnosis
        With shares that add up to 1 at most: first come overhead and faults, which are counted; what is left of the
        time limits the two that are timed under observation.
    """
    overhead = sum(one.times * costs.call_ns.get(one.kind, 0.0) for one in calls) * 1e-9
    faulting = None if faults is None or costs.fault_ns is None else faults * costs.fault_ns * 1e-9
    overhead = min(overhead, seconds)
    faulting = None if faulting is None else min(faulting, seconds - overhead)
    memory = _seconds([one for one in calls if one.kind not in _ARITHMETIC], costs)
    arithmetic = _seconds([one for one in calls if one.kind in _ARITHMETIC], costs)
    memory += max(0.0, work.get("bytes", 0.0) - sum(one.bytes for one in calls)) / costs.pass_bytes_per_s
    arithmetic += max(0.0, work.get("flops", 0.0) - sum(one.flops for one in calls)) / costs.product_flops_per_s
    left = seconds - overhead - (faulting or 0.0)
    scale = min(1.0, left / (memory + arithmetic)) if memory + arithmetic > 0 else 1.0
    parts = {
        Cause.OVERHEAD: overhead,
        Cause.FAULTS: faulting,
        Cause.MEMORY: memory * scale,
        Cause.ARITHMETIC: arithmetic * scale,
    }
    shares = {cause: None if part is None else part / seconds for cause, part in parts.items()}
    largest = max(shares, key=lambda one: shares[one] or 0.0)
    return Diagnosis(shares=shares, cause=largest if (shares[largest] or 0.0) >= LEAST_SHARE else None)


def _seconds(calls: Sequence[Call], costs: Costs) -> float:
    """Return the time inside calls beyond their overhead.

    Calls on arrays so small that their work would take less than the call itself count as overhead alone: observing
    slows them down more than it tells.
    """
    return sum(
        max(0.0, one.ns - one.times * costs.call_ns.get(one.kind, 0.0)) * 1e-9
        for one in calls
        if _work_ns(one, costs) > one.times * costs.call_ns.get(one.kind, 0.0)
    )


def _work_ns(one: Call, costs: Costs) -> float:
    """Return what the arithmetic or the traffic of a call takes at the rates measured."""
    if one.kind == CallKind.PRODUCT:
        return one.flops / costs.product_flops_per_s * 1e9
    return one.bytes / costs.pass_bytes_per_s * 1e9
