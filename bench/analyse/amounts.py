"""What one evaluation does, added up: of calls of NumPy, of allocations, of page faults. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from ..store.worker_records import Call, CallKind, Worker

#: Where a smaller share of the work was seen, most is done by compiled code.
LEAST_SEEN = 0.5

#: An implementation does better than another with so small a share of its count, or so many times its rate.
_FEWER, _FASTER = 0.5, 1.3


class Amounts(Struct, frozen=True, kw_only=True):
    """What one evaluation does, added up; None is unknown."""

    numpy_calls: int | None
    """Of ufuncs and functions; slices and indices are counted apart."""
    indexings: int | None
    allocations: int | None
    allocated_bytes: int | None
    peak_bytes: int | None
    faults: float | None
    moved_bytes: int | None
    """Read and written by the calls that are no matrix products; None where compiled code does most of the work."""
    mixed_calls: int | None
    """Calls, other than products, on arrays of different memory order."""
    flops_per_s: float | None
    """Of the problem's own floating-point operations."""
    bytes_per_s: float | None
    """Of the bytes that any implementation must move."""
    blas_share: float | None
    """Share of the problem's floating-point operations that was done by BLAS; None where most were not seen."""
    seen_share: float | None
    """Share of the problem's floating-point operations that was seen."""
    smallest_s: float | None
    """Time of an evaluation with 1 in the place of the largest number of the size."""
    product_flops_per_s: float | None
    """Inside the matrix products."""
    pass_bytes_per_s: float | None
    """Inside the calls that are no matrix products."""


class Unit(StrEnum):
    """What a quantity is measured in."""

    NUMBER = "number"
    BYTES = "bytes"
    SECONDS = "seconds"
    RATE = "rate"
    """In billions a second, of which the name says what; of all others less is better."""


class Quantity(Struct, frozen=True, kw_only=True):
    """A count or rate in which implementations differ."""

    name: str
    unit: Unit
    of: Callable[[Amounts], float | None]

    def is_better(self, value: float, than: float) -> bool:
        """Return whether an implementation with `value` does much better than another."""
        return value >= _FASTER * than if self.unit == Unit.RATE else value <= _FEWER * than


def _billions(value: float | None) -> float | None:
    return value and value * 1e-9


#: By name.
QUANTITIES: Mapping[str, Quantity] = {
    name: Quantity(name=name, unit=unit, of=of)
    for name, unit, of in (
        ("NumPy calls", Unit.NUMBER, lambda one: one.numpy_calls),
        ("indexings", Unit.NUMBER, lambda one: one.indexings),
        ("allocations", Unit.NUMBER, lambda one: one.allocations),
        ("page faults", Unit.NUMBER, lambda one: one.faults),
        ("allocated bytes", Unit.BYTES, lambda one: one.allocated_bytes),
        ("peak bytes", Unit.BYTES, lambda one: one.peak_bytes),
        ("bytes moved outside BLAS", Unit.BYTES, lambda one: one.moved_bytes),
        ("calls that mix C and F order", Unit.NUMBER, lambda one: one.mixed_calls),
        ("GFLOP/s in BLAS", Unit.RATE, lambda one: _billions(one.product_flops_per_s)),
        ("GB/s outside BLAS", Unit.RATE, lambda one: _billions(one.pass_bytes_per_s)),
    )
}


def seen_calls(worker: Worker) -> tuple[Call, ...] | None:
    """Return what a worker called NumPy for; None where that was not seen, or another program computes."""
    return None if worker.own_clock else worker.calls


def amounts(worker: Worker, *, seconds: float, faults: float | None, work: Mapping[str, float]) -> Amounts:
    """Return what an evaluation does.

    Parameters
    ----------
    worker
        That in which was counted.
    seconds, faults
        What an evaluation takes, 0 where that is unknown, and the minor page faults in it.
    work
        {"flops": ..., "bytes": ...} of the problem; empty where it is unknown.
    """
    counts = None if worker.own_clock else worker.counts
    calls = seen_calls(worker)
    if not calls and not worker.layout:
        calls = None  # without an array among its inputs what it may call NumPy for is not seen
    flops, moved = work.get("flops"), work.get("bytes")

    def total(value: Callable[[Call], float], *kinds: CallKind) -> int | None:
        return None if calls is None else int(sum(value(call) for call in calls if call.kind in kinds))

    others = [kind for kind in CallKind if kind not in (CallKind.PRODUCT, CallKind.INDEX)]
    seen, in_blas = total(lambda call: call.flops, *CallKind), total(lambda call: call.flops, CallKind.PRODUCT)
    seen_share = min(1.0, seen / flops) if seen is not None and flops else None
    most_seen = seen_share is None or seen_share >= LEAST_SEEN
    outside = total(lambda call: call.bytes, *others)
    observed_s = (total(lambda call: call.ns, *CallKind) or 0) * 1e-9
    slowed = max(1.0, observed_s / seconds) if seconds else 1.0  # by observing: the calls took no longer than the whole
    return Amounts(
        numpy_calls=total(lambda call: call.times, *others, CallKind.PRODUCT),
        indexings=total(lambda call: call.times, CallKind.INDEX),
        allocations=counts.allocations if counts else None,
        allocated_bytes=counts.allocated_bytes if counts else None,
        peak_bytes=counts.peak_bytes if counts else None,
        faults=faults,
        moved_bytes=outside if most_seen else None,
        mixed_calls=total(lambda call: call.times * call.mixed, *others),
        flops_per_s=flops / seconds if flops and seconds else None,
        bytes_per_s=moved / seconds if moved and seconds else None,
        seen_share=seen_share,
        blas_share=min(1.0, in_blas / flops) if in_blas is not None and flops and most_seen else None,
        product_flops_per_s=_rate(in_blas, total(lambda call: call.ns, CallKind.PRODUCT), slowed),
        pass_bytes_per_s=_rate(outside, total(lambda call: call.ns, *others), slowed),
        smallest_s=None if worker.smallest_ns is None else worker.smallest_ns * 1e-9,
    )


def _rate(amount: int | None, ns: int | None, slowed: float) -> float | None:
    """Return an amount over a time in ns that was so many times too long, per second; None where there is none."""
    return amount / ns * slowed * 1e9 if amount and ns else None
