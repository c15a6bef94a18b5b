"""What things cost where a worker runs: a call of NumPy, a page fault, arithmetic, a pass over memory.

Measured in the worker itself, on its CPU and with its BLAS, each as the least of several tries; a tenth of a second in
all.
"""

import mmap
import resource
import time
from collections.abc import Callable

import numpy as np

from ..machine.collector import collector_off
from ..store.worker_records import CallKind, Costs

#: Each cost is the least of so many tries.
TRIES = 7

#: Calls of one try, for what is shorter than a microsecond.
CALLS = 500

#: Pages that are touched in one try.
PAGES = 1024

#: Rows and columns of the matrices whose product gives the rate: three of them fit an L2 cache of 2 MB.
ROWS = 256

#: A pass is over at least so many numbers.
FEWEST_NUMBERS = 4096


def measured(dtype: str, numbers: int) -> Costs:
    """Return the costs in a dtype.

    Parameters
    ----------
    dtype
        Name of the case's dtype.
    numbers
        How many numbers the largest input has: so long are the arrays of a pass over memory.
    """
    with collector_off():
        return Costs(
            call_ns=_calls(dtype),
            fault_ns=_fault_ns(),
            product_flops_per_s=_product_flops_per_s(dtype),
            pass_bytes_per_s=_pass_bytes_per_s(dtype, max(numbers, FEWEST_NUMBERS)),
        )


def _calls(dtype: str) -> dict[CallKind, float]:
    """Return the ns of each kind of call on arrays of one number, the loop's own taken off."""
    one, matrix = np.ones(1, dtype), np.ones((1, 1), dtype)
    loop = _ns_per_call(lambda: None)
    found = {
        CallKind.ELEMENTWISE: lambda: np.add(one, one),
        CallKind.FUNCTION: lambda: np.exp(one),
        CallKind.REDUCTION: lambda: np.add.reduce(one),
        CallKind.PRODUCT: lambda: np.dot(matrix, matrix),
        CallKind.INDEX: lambda: matrix[0],
        CallKind.OTHER: lambda: np.copy(one),
    }
    return {kind: max(0.0, _ns_per_call(call) - loop) for kind, call in found.items()}


def evaluation_ns(step: Callable[[], object]) -> int:
    """Return the time of the fastest of several calls of `step`."""
    with collector_off():
        return _least_ns(step)


def _ns_per_call(call: Callable[[], object]) -> float:
    def many() -> None:
        for _ in range(CALLS):
            call()

    return _least_ns(many) / CALLS


def _least_ns(work: Callable[[], object]) -> int:
    """Return the time of the fastest of several tries, after one that does not count."""
    work()
    durations = []
    for _ in range(TRIES):
        started = time.perf_counter_ns()
        work()
        durations.append(time.perf_counter_ns() - started)
    return min(durations)


def _fault_ns() -> float | None:
    """Return the cost of a page: mapped, touched for the first time and given back; None where none was counted."""
    best = None
    for _ in range(TRIES):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        started = time.perf_counter_ns()
        with mmap.mmap(-1, PAGES * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as pages:
            if hasattr(mmap, "MADV_NOHUGEPAGE"):
                pages.madvise(mmap.MADV_NOHUGEPAGE)
            np.frombuffer(pages, np.uint8)[:: mmap.PAGESIZE] = 1
        duration = time.perf_counter_ns() - started
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        if faults >= PAGES // 2:
            best = min(best or float("inf"), duration / faults)
    return best


def _product_flops_per_s(dtype: str) -> float:
    first, second = np.ones((ROWS, ROWS), dtype), np.ones((ROWS, ROWS), dtype)
    return 2.0 * ROWS**3 / _least_ns(lambda: np.dot(first, second)) * 1e9


def _pass_bytes_per_s(dtype: str, numbers: int) -> float:
    """Return the rate of an element-wise sum: two arrays read and one written, their pages there already."""
    first, second, total = (np.ones(numbers, dtype) for _ in range(3))
    return 3.0 * total.nbytes / _least_ns(lambda: np.add(first, second, out=total)) * 1e9
