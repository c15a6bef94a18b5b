"""What the cause of a time is in plain words, and what to change: only what was counted or read supports it."""

from collections.abc import Sequence

from ...analyse.advice import NEARLY_ALL
from ...analyse.diagnosis import LEAST_SHARE, Cause
from ...analyse.explanation import Ladder, Rung, better
from ...problems.case import RETAIN_ALLOCATOR
from ...store.worker_records import Call, CallKind
from ...units import amount, time_text
from ..parts import code, plain
from ..phrases import label

#: What an implementation is called whose time goes mostly there.
BOUND = {
    Cause.OVERHEAD: "overhead-bound",
    Cause.FAULTS: "page-fault-bound",
    Cause.MEMORY: "memory-bound",
    Cause.INSIDE: "bound by what NumPy computes",
    Cause.ARITHMETIC: "compute-bound",
}

#: Memory that is allocated anew takes a page fault for a page of it, of 4096 bytes or more; half of them must be that.
_LEAST_ALLOCATED = 2048

#: The same call so often on arrays of the same shape is a loop.
_LEAST_REPEATED = 10

#: What has half of the width in float32.
_DOUBLE = ("float64", "complex128")


def _overhead(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    amounts, seconds = rung.amounts, rung.finding.min_seconds_per_call
    indexings = f" and {amounts.indexings:,} slices or indices" if amounts.indexings else ""
    calls = f"{many(amounts.numpy_calls or 0, 'NumPy call')}{indexings}"
    what = f"{calls}, about {share} of the time however small their arrays"
    if amounts.smallest_s is not None and seconds and amounts.smallest_s >= LEAST_SHARE * seconds.value:
        size = plain(rung.finding.arm.case.size.smallest.name)
        what = f"{what} ({size} takes {time_text(amounts.smallest_s)})"
        return what, "It does not grow with the size; here only fewer calls, or compiled code, would help"
    if max((one.times for one in _seen(rung)), default=0) < _LEAST_REPEATED:
        return what, "Only fewer calls, or compiled code, would help"
    return what, f"Do more with each call: whole arrays, or blocks of many samples{_see(ladder, rung, 'NumPy calls')}"


def faults(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    """Return what page faults cost, and what to change."""
    amounts = rung.amounts
    what = f"{amounts.faults:,.0f} page faults a call cost about {share} of the time"
    changes = []
    if amounts.numpy_calls != 1 and (amounts.allocated_bytes or 0) >= _LEAST_ALLOCATED * (amounts.faults or 0):
        changes.append(f"reuse buffers{_allocating_less(ladder, rung)}")
    if rung.finding.arm.case.allocator != RETAIN_ALLOCATOR:
        changes.append("have freed memory kept (`--allocator retain`)")
    return what, _sentence(", or ".join(changes))


def _allocating_less(ladder: Ladder, rung: Rung) -> str:
    """Return, in brackets, who allocates how much less and has fewer page faults; nothing where none does."""
    other = better(ladder, rung, "allocated bytes", "page faults")
    if other is None:
        return ""
    less, more = (amount(one.amounts.allocated_bytes, "B") for one in (other, rung))
    return f" ({name_of(ladder, other)} allocates {less} a call instead of {more})"


def name_of(ladder: Ladder, rung: Rung) -> str:
    """Return the name of one, as code."""
    return code(label(rung.finding.arm.case, ladder.group))


def _either(ways: Sequence[str]) -> str:
    """Return as in ``in float32 or in more threads``."""
    *others, last = ways
    return f"{', '.join(others)} or {last}" if others else last


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _memory(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    passes = [one for one in _seen(rung) if one.kind not in (CallKind.PRODUCT, CallKind.INDEX)]
    calls = sum(one.times for one in passes)
    if not calls:
        return f"reading its inputs and writing its results alone takes about {share} of the time", ""
    beside = " beside the matrix products" if rung.amounts.product_flops_per_s else ""
    if rung.amounts.moved_bytes is None:
        most = max(passes, key=lambda one: one.ns).name
        what = f"{many(calls, 'call')}{beside}, mostly {code(most)}, about {share} of the time"
        product = "; a matrix product may say the same, and BLAS does it fastest" if most == "einsum" else ""
        return what, f"What they compute is not seen{product}"
    mixed = rung.amounts.mixed_calls
    orders = f" ({mixed:,} on arrays of both C and F order)" if mixed else ""
    what = (
        f"{many(calls, 'call')}{beside}{orders}, over {amount(rung.amounts.moved_bytes, 'B')}, "
        f"about {share} of the time"
    )
    if calls == 1:
        return what, ""
    see = _see(ladder, rung, "bytes moved outside BLAS") or _see(ladder, rung, "NumPy calls")
    return what, f"Make fewer passes over arrays: in place, in blocks that stay in the cache, or fused{see}"


def _inside(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    calls = [one for one in _seen(rung) if one.kind in (CallKind.ELEMENTWISE, CallKind.REDUCTION, CallKind.OTHER)]
    most = max(calls, key=lambda one: one.ns)
    rate, reached = most.bytes / most.ns * 1e9, rung.costs.typical.pass_bytes_per_s
    what = (
        f"about {share} of the time passes inside NumPy, mostly in {code(most.name)}, which moves its arrays at "
        f"{amount(rate, 'B/s')} where an element-wise sum reaches {amount(reached, 'B/s')}: what it computes takes the "
        "time, not the traffic"
    )
    return what, f"Another function or algorithm may compute less{_see(ladder, rung, 'bytes moved outside BLAS')}"


def _arithmetic(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    seen, reached = _seen(rung), rung.costs.typical.product_flops_per_s
    products = [one for one in seen if one.kind == CallKind.PRODUCT]
    functions = [one for one in seen if one.kind == CallKind.FUNCTION]
    peak = f" (a square one reaches {amount(reached, 'FLOP/s')})"
    single = ["in float32"] if rung.finding.arm.case.dtype in _DOUBLE else []
    ways = [*single, "in more threads"]
    if sum(one.ns for one in functions) > sum(one.ns for one in products):
        most = code(max(functions, key=lambda one: one.ns).name)
        times = sum(one.times for one in functions)
        what = f"{many(times, 'call')} of functions such as {most}, which compute more than they move"
        return f"{what}, about {share} of the time", "Numbers of float32 take less time" if single else ""
    if not products:
        what = f"its arithmetic alone, at the rate of a matrix product, is about {share} of the time"
        speed = amount(rung.amounts.flops_per_s, "FLOP/s")
        return f"{what}: {speed}{peak}", f"What is left to gain is {_either(ways)}"
    rate = rung.amounts.product_flops_per_s
    if rate is not None and rate < NEARLY_ALL * reached:
        ways.insert(0, f"in products on blocks that stay in the cache{_see(ladder, rung, 'GFLOP/s in BLAS')}")
    times = sum(one.times for one in products)
    what = f"{many(times, 'matrix product')} at {amount(rate, 'FLOP/s')}{peak}, about {share} of the time"
    return what, f"What is left to gain is {_either(ways)}"


def many(number: int, noun: str) -> str:
    """Return as in ``1 call``, ``90,000 calls``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


#: Cause -> what it is in words, and what to change; empty where nothing that is known supports any change.
CAUSES = {
    Cause.OVERHEAD: _overhead,
    Cause.FAULTS: faults,
    Cause.MEMORY: _memory,
    Cause.INSIDE: _inside,
    Cause.ARITHMETIC: _arithmetic,
}


def _seen(rung: Rung) -> Sequence[Call]:
    return rung.worker.calls or ()


def _see(ladder: Ladder, rung: Rung, what: str) -> str:
    other = better(ladder, rung, what)
    return f" (see {name_of(ladder, other)})" if other else ""
