"""What HEAD does otherwise than BASE: calls of NumPy, counts, own times of Python functions; the largest first. Pure.

What is large is judged by the time that goes with it: that of the calls, of the function, of so many page faults or
bytes. Such times are estimates, and only order what is told; the counts are exact.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from math import log

from msgspec import Struct

from ..analyse.amounts import QUANTITIES, Amounts, Unit, amounts, seen_calls
from ..store.profile_records import MOST_FUNCTIONS
from ..store.records import Role, Round
from ..store.worker_records import Call, CallKind, Costs, Worker
from .benchmarks import arm_name
from .both import Pair, has_changed

#: An own time is told where it has changed by such a share of itself, and by such a share of all own times.
LEAST_OWN_CHANGE, LEAST_OWN_SHARE = 0.05, 0.02

#: What is told as the sum of its parts.
_TOTAL = "NumPy calls"


class Sort(StrEnum):
    """What has changed."""

    CALL = "calls of NumPy"
    """On arrays of the same shapes and memory orders."""
    COUNT = "count"
    FUNCTION = "calls of a function"
    OWN_TIME = "own time of a function"
    """In seconds, by a profiler: an estimate."""


class Change(Struct, frozen=True, kw_only=True):
    """One thing that is otherwise in HEAD."""

    sort: Sort
    name: str
    """Of the call, the function or the count."""
    where: str = ""
    """Operands of the call; file of the function."""
    unit: Unit = Unit.NUMBER
    base: float | None
    """0: not there; None: there, if at all, but among what is too short to be told."""
    head: float | None
    ns: float
    """About how much of the time goes with it; 0 where that is unknown, or none does."""

    @property
    def what(self) -> str:
        """It in a few words."""
        match self.sort:
            case Sort.CALL:
                return f"{self.name} on {self.where}" if self.where else self.name
            case Sort.FUNCTION:
                return f"calls of {self.name} ({self.where})"
            case Sort.OWN_TIME:
                return f"own time of {self.name} ({self.where})"
        return self.name

    @property
    def factor(self) -> float | None:
        """HEAD over BASE; None where one of them is 0 or unknown."""
        return self.head / self.base if self.head and self.base else None

    @property
    def grown(self) -> bool:
        """Whether there is more of it in HEAD."""
        return (self.head or 0) > (self.base or 0)

    @property
    def size(self) -> float:
        """How much it changed, as the logarithm of a factor; small counts weigh less."""
        return abs(log(((self.head or 0) + 1) / ((self.base or 0) + 1)))


class Changes(Struct, frozen=True, kw_only=True):
    """All that is otherwise in HEAD, as far as it was seen."""

    found: tuple[Change, ...]
    """The largest first."""
    unseen: tuple[str, ...]
    """What could not be seen of one side at least."""


class _Side(Struct, frozen=True, kw_only=True):
    """Calls of one version."""

    numbers: Mapping[tuple[str, str], Pair]
    """Name and where -> how often, and the ns of all these calls."""
    is_whole: bool
    """Whether none was left out for being short."""

    def of(self, key: tuple[str, str]) -> tuple[float | None, float]:
        """Return how often something is called, None where it may be among what was left out; and its ns at most."""
        if key in self.numbers or self.is_whole:
            return self.numbers.get(key, (0.0, 0.0))
        return None, min((ns for _, ns in self.numbers.values()), default=0.0)


def explained(rounds: Iterable[Round], name: str) -> tuple[Worker, Worker] | None:
    """Return the workers of BASE and HEAD that were explained in the same round; None where none were.

    Parameters
    ----------
    rounds
        Those of the benchmark.
    name
        Its case's id.
    """
    for one in rounds:
        workers = {worker.arm: worker for worker in one.workers if worker.costs is not None}
        base, head = (workers.get(arm_name(name, role)) for role in (Role.BASELINE, Role.CASE))
        if base and head:
            return base, head
    return None


def changes(workers: tuple[Worker, Worker], *, seconds: Pair | None, faults: Pair | None) -> Changes:
    """Return what HEAD does otherwise than BASE.

    Parameters
    ----------
    workers
        Of BASE and HEAD, explained.
    seconds, faults
        Time of a call and page faults in it, of both; None where it is unknown, or the same.
    """
    base, head = workers
    found = [*_functions(base, head), *_calls(base, head)]
    is_one_call = sum(one.sort == Sort.CALL for one in found) == 1
    before, after = (
        amounts(one, seconds=seconds[side] if seconds else 0.0, faults=faults[side] if faults else None, work={})
        for side, one in enumerate(workers)
    )
    found += (one for one in _counts(workers, before, after) if not (is_one_call and one.name == _TOTAL))
    found.sort(key=lambda one: (-one.ns, 0.0 if one.ns else -one.size))
    return Changes(found=tuple(found), unseen=tuple(_unseen(workers, (before, after))))


def _calls(base: Worker, head: Worker) -> Iterator[Change]:
    """Yield the calls of NumPy that one side makes more often, or on other operands."""
    before, after = seen_calls(base), seen_calls(head)
    if before is not None and after is not None:
        yield from _numbers(Sort.CALL, _calls_of(before), _calls_of(after))


def _calls_of(calls: Iterable[Call]) -> _Side:
    numbers: dict[tuple[str, str], Pair] = {}
    is_whole = True
    for call in calls:
        if call.is_rest:
            is_whole = False
        elif call.kind != CallKind.INDEX:
            key = call.name if call.kind == CallKind.OTHER else f"np.{call.name}", _together(call.operands)
            times, ns = numbers.get(key, (0, 0))
            numbers[key] = times + call.times, ns + call.ns
    return _Side(numbers=numbers, is_whole=is_whole)


def _together(operands: Iterable[str]) -> str:
    """Return as in ``(64, 16) C x (16,) C``; of more than two in a row that are alike as in ``64 of (16,) C``."""
    alike = [(name, len([*ones])) for name, ones in groupby(operands)]
    return " x ".join(f"{number} of {name}" if number > 2 else " x ".join([name] * number) for name, number in alike)


def _functions(base: Worker, head: Worker) -> Iterator[Change]:
    """Yield the functions that take another time, then those that are called more or less often."""
    if base.functions is not None and head.functions is not None:
        before, after = _functions_of(base), _functions_of(head)
        yield from _own_times(before, after)
        yield from _numbers(Sort.FUNCTION, before, after)


def _functions_of(worker: Worker) -> _Side:
    found = worker.functions or ()
    numbers = {(one.name, one.file): (one.calls, float(one.own_ns)) for one in found}
    return _Side(numbers=numbers, is_whole=len(found) < MOST_FUNCTIONS)


def _numbers(sort: Sort, base: _Side, head: _Side) -> Iterator[Change]:
    for key in dict.fromkeys((*base.numbers, *head.numbers)):
        (old, old_ns), (new, new_ns) = base.of(key), head.of(key)
        if _is_another(old, new) or _is_longer(old, new, (old_ns, new_ns)):
            grown = (new or 0) > (old or 0)
            ns = max(0.0, new_ns - old_ns if grown else old_ns - new_ns)
            yield Change(sort=sort, name=key[0], where=key[1], base=old, head=new, ns=ns)


def _is_another(old: float | None, new: float | None) -> bool:
    """Return whether two counts differ; nobody knows where one is unknown."""
    return old is not None and new is not None and has_changed([(old, new)])


def _is_longer(old: float | None, new: float | None, ns: Pair) -> bool:
    """Return whether what is unknown of one side takes more on the other than it can take there."""
    return (old is None and ns[1] > ns[0]) or (new is None and ns[0] > ns[1])


def _own_times(base: _Side, head: _Side) -> Iterator[Change]:
    whole = max(sum(ns for _, ns in side.numbers.values()) for side in (base, head))
    for key in dict.fromkeys((*base.numbers, *head.numbers)):
        (old, old_ns), (new, new_ns) = base.of(key), head.of(key)
        differs = abs(new_ns - old_ns)
        if differs >= LEAST_OWN_CHANGE * max(old_ns, new_ns) and differs >= LEAST_OWN_SHARE * whole > 0:
            yield Change(
                sort=Sort.OWN_TIME,
                name=key[0],
                where=key[1],
                unit=Unit.SECONDS,
                base=None if old is None else old_ns * 1e-9,
                head=None if new is None else new_ns * 1e-9,
                ns=differs,
            )


#: Name of a count -> what one of it costs, in ns.
_COST: Mapping[str, Callable[[Costs], float]] = {
    "page faults": lambda costs: costs.fault_ns or 0.0,
    **dict.fromkeys(
        ("allocated bytes", "peak bytes", "bytes moved outside BLAS"),
        lambda costs: 1e9 / costs.pass_bytes_per_s if costs.pass_bytes_per_s else 0.0,
    ),
}


def _counts(workers: tuple[Worker, Worker], before: Amounts, after: Amounts) -> Iterator[Change]:
    """Yield the counts that have changed."""
    for quantity in QUANTITIES.values():
        old, new = quantity.of(before), quantity.of(after)
        if quantity.unit != Unit.RATE and old is not None and new is not None and _is_another(old, new):
            ns = _ns_of(quantity.name, workers, grown=new > old)
            if quantity.name in _COST and workers[1].costs:
                ns = abs(new - old) * _COST[quantity.name](workers[1].costs)
            yield Change(sort=Sort.COUNT, name=quantity.name, unit=quantity.unit, base=old, head=new, ns=ns)


def _ns_of(name: str, workers: tuple[Worker, Worker], *, grown: bool) -> float:
    """Return by how much the time inside NumPy differs of what the total counts; 0 for what is no such."""
    if name not in (_TOTAL, "indexings"):
        return 0.0
    old, new = (
        sum(one.ns for one in seen_calls(worker) or () if (one.kind == CallKind.INDEX) == (name != _TOTAL))
        for worker in workers
    )
    return max(0.0, float(new - old if grown else old - new))


def _unseen(workers: tuple[Worker, Worker], both: tuple[Amounts, Amounts]) -> Iterator[str]:
    if any(seen_calls(one) is None for one in workers):
        yield "calls of NumPy"
    if any(one.allocations is None for one in both):
        yield "allocations"
    if any(one.functions is None for one in workers):
        yield "Python functions"
