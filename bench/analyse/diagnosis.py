"""Where the time of an evaluation goes, estimated from counts and from what each counted thing costs. Pure.

    call overhead   NumPy calls x the time of such a call on arrays of one number
    page faults     minor faults of a timed call x the time of a fault
    arithmetic      time inside matrix products and functions such as exp, beyond the calls' overhead
    memory traffic  time inside other calls that move their bytes about as fast as this machine can
    inside NumPy    time inside other calls that move them far more slowly: what they compute takes the time

What compiled code does within itself is not seen. It is put down as the least it can take: those of the problem's
floating-point operations that no seen call has done, at the rate of a matrix product, or those of its bytes that no
seen call has moved, at the rate of an element-wise sum, whichever takes longer, for the two can overlap. All are
estimates, each with a range: that of the costs, as several workers measured them, and of the time. The largest is
named, if all of its range is large enough to explain something.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from ..stats.intervals import Estimate
from ..store.worker_records import Call, CallKind, Costs


class Cause(StrEnum):
    """What an evaluation spends its time on."""

    OVERHEAD = "call overhead"
    FAULTS = "page faults"
    MEMORY = "memory traffic"
    INSIDE = "inside NumPy"
    ARITHMETIC = "arithmetic"


#: A cause that takes a smaller share of the time explains nothing.
LEAST_SHARE = 0.3

#: A cause that is not the largest is worth a word from this share on.
NOTABLE_SHARE = 0.1

#: A call is limited by memory traffic if it moves its bytes at this part of the rate of an element-wise sum, or more.
LEAST_RATE = 0.25

#: So many times as many bytes move where orders are mixed: a whole line of the cache for one number of 8 bytes.
MIXED_BYTES = 8

#: Parts that add up to more than this many times the time are not believed.
MOST_EXCESS = 1.1

#: What the work that compiled code does within itself counts as.
_UNSEEN = (Cause.MEMORY, Cause.ARITHMETIC)

#: Kinds of calls that are limited by arithmetic rather than by memory.
_ARITHMETIC = (CallKind.PRODUCT, CallKind.FUNCTION)


#: Picks one number of several.
_Pick = Callable[[Sequence[float]], float]


class CostRange(Struct, frozen=True, kw_only=True):
    """What things cost, as several workers of a group measured it."""

    typical: Costs
    """Medians over the workers."""
    low: Costs
    """The cheapest of each: the shortest times and the highest rates."""
    high: Costs

    @classmethod
    def of(cls, measured: Sequence[Costs]) -> "CostRange":
        """Return the range of at least one."""
        return cls(
            typical=_picked(measured, median, median), low=_picked(measured, min, max), high=_picked(measured, max, min)
        )


def _picked(measured: Sequence[Costs], time: _Pick, rate: _Pick) -> Costs:
    """Return costs of which each time is picked from all by `time`, and each rate by `rate`."""
    kinds = dict.fromkeys(kind for one in measured for kind in one.call_ns)
    faults = [one.fault_ns for one in measured if one.fault_ns is not None]
    return Costs(
        call_ns={kind: time([one.call_ns[kind] for one in measured if kind in one.call_ns]) for kind in kinds},
        fault_ns=time(faults) if faults else None,
        product_flops_per_s=rate([one.product_flops_per_s for one in measured]),
        pass_bytes_per_s=rate([one.pass_bytes_per_s for one in measured]),
    )


class Share(Struct, frozen=True, kw_only=True):
    """A part of the time, 0 to 1, with the range that its costs and the time leave it."""

    value: float
    low: float
    high: float


class Diagnosis(Struct, frozen=True, kw_only=True):
    """The parts of an evaluation's time."""

    shares: Mapping[Cause, Share | None]
    """None is unknown."""
    cause: Cause | None
    """The largest, if it takes at least LEAST_SHARE over all of its range."""
    excess: float
    """What overhead, faults and the least of compiled code would take together, over the time.

    Above MOST_EXCESS nothing is said of compiled code: its work or a cost is overstated.
    """

    @property
    def share(self) -> Share:
        """That of the cause, or the largest part where that explains nothing."""
        known = [share for share in self.shares.values() if share is not None]
        return max(known, key=lambda share: share.value)

    @property
    def unexplained(self) -> float:
        """The share that no part takes."""
        return max(0.0, 1.0 - sum(share.value for share in self.shares.values() if share is not None))

    def notable(self) -> tuple[Cause, ...]:
        """Return the other causes that are worth a word, the largest first."""
        others = {
            one: share.value
            for one, share in self.shares.items()
            if one != self.cause and share is not None and share.value >= NOTABLE_SHARE
        }
        return tuple(sorted(others, key=lambda one: -others[one]))


def diagnose(
    seconds: Estimate, calls: Sequence[Call], costs: CostRange, *, faults: float | None, work: Mapping[str, float]
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
        time limits those that are timed under observation.
    """
    ends = seconds.interval
    longest, shortest = (ends.high, ends.low) if ends else (seconds.value, seconds.value)
    tries = [
        _Try(seconds=time, calls=calls, costs=one, faults=faults, work=work)
        for time, one in ((seconds.value, costs.typical), (longest, costs.low), (shortest, costs.high))
    ]
    excess = tries[1].excess()
    if excess > MOST_EXCESS:
        tries = [replace(one, work={}) for one in tries]
    shares = {cause: _share([one.shares()[cause] for one in tries]) for cause in Cause}
    if excess > MOST_EXCESS:
        shares |= {cause: None for cause in _UNSEEN if not any(one.shares()[cause] for one in tries)}
    largest = max(Cause, key=lambda cause: share.value if (share := shares[cause]) else 0.0)
    found = shares[largest]
    cause = largest if found is not None and found.low >= LEAST_SHARE else None
    return Diagnosis(shares=shares, cause=cause, excess=excess)


def _share(tries: Sequence[float | None]) -> Share | None:
    """Return the first of some values, in the range of all."""
    known = [value for value in tries if value is not None]
    return Share(value=known[0], low=min(known), high=max(known)) if len(known) == len(tries) else None


class _Try(Struct, frozen=True, kw_only=True):
    """An evaluation at one time and one set of costs."""

    seconds: float
    calls: Sequence[Call]
    costs: Costs
    faults: float | None
    work: Mapping[str, float]

    def shares(self) -> dict[Cause, float | None]:
        """Return each part over the time, fitted into it."""
        overhead = min(self._overhead(), self.seconds)
        fault_s = self._faulting()
        faulting = None if fault_s is None else min(fault_s, self.seconds - overhead)
        left = self.seconds - overhead - (faulting or 0.0)
        timed = self._timed()
        scale = min(1.0, left / sum(timed.values())) if sum(timed.values()) > 0 else 1.0
        parts = {Cause.OVERHEAD: overhead, Cause.FAULTS: faulting, **{one: part * scale for one, part in timed.items()}}
        return {cause: None if part is None else part / self.seconds for cause, part in parts.items()}

    def excess(self) -> float:
        """Return the parts that no observing slowed down over the time, not fitted into it."""
        return (self._overhead() + (self._faulting() or 0.0) + self._unseen()[1]) / self.seconds

    def _overhead(self) -> float:
        return sum(call.times * self.costs.call_ns.get(call.kind, 0.0) for call in self.calls) * 1e-9

    def _faulting(self) -> float | None:
        unknown = self.faults is None or self.costs.fault_ns is None
        return None if unknown else (self.faults or 0.0) * (self.costs.fault_ns or 0.0) * 1e-9

    def _timed(self) -> dict[Cause, float]:
        """Return the seconds inside calls by what limits them, and the least that compiled code takes."""
        found = {Cause.MEMORY: 0.0, Cause.INSIDE: 0.0, Cause.ARITHMETIC: 0.0}
        for cause, part in self._inside():
            found[cause] += part
        cause, part = self._unseen()
        found[cause] += part
        return found

    def _unseen(self) -> tuple[Cause, float]:
        """Return what limits the work that no seen call has done, and the seconds that it takes at the least."""
        flops = max(0.0, self.work.get("flops", 0.0) - sum(call.flops for call in self.calls))
        moved = max(0.0, self.work.get("bytes", 0.0) - sum(call.bytes for call in self.calls))
        computing, moving = flops / self.costs.product_flops_per_s, moved / self.costs.pass_bytes_per_s
        return (Cause.ARITHMETIC, computing) if computing >= moving else (Cause.MEMORY, moving)

    def _inside(self) -> Iterator[tuple[Cause, float]]:
        """Yield the seconds inside each kind of call beyond its overhead, and what limits it.

        Calls on arrays so small that their work would take less than the call itself count as overhead alone:
        observing slows them down more than it tells.
        """
        whole_ns = sum(call.ns for call in self.calls)
        without_faults = max(0.0, 1.0 - (self._faulting() or 0.0) * 1e9 / whole_ns) if whole_ns else 1.0
        for one in self.calls:
            overhead_ns = one.times * self.costs.call_ns.get(one.kind, 0.0)
            if _work_ns(one, self.costs) > overhead_ns:
                inside_ns = max(0.0, one.ns - overhead_ns)
                yield self._limit(one, inside_ns * without_faults), inside_ns * 1e-9

    def _limit(self, call: Call, ns: float) -> Cause:
        """Return what limits a call that takes so many ns beyond its overhead and its share of the page faults."""
        if call.kind in _ARITHMETIC:
            return Cause.ARITHMETIC
        moved = call.bytes * (MIXED_BYTES if call.mixed else 1)
        return Cause.MEMORY if moved * 1e9 >= LEAST_RATE * self.costs.pass_bytes_per_s * ns else Cause.INSIDE


def _work_ns(call: Call, costs: Costs) -> float:
    """Return what the arithmetic or the traffic of a call takes at the rates measured."""
    if call.kind == CallKind.PRODUCT:
        return call.flops / costs.product_flops_per_s * 1e9
    return call.bytes / costs.pass_bytes_per_s * 1e9
