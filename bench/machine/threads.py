"""Threads of a worker: set before it starts, limited inside, then verified while it runs."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from typing import Any

from .usage import Used

#: Every variable by which a numerical library takes its number of threads when it is loaded.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "GOTO_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
    "NUMBA_NUM_THREADS",
    "PJRT_NPROC",  # of XLA's pool, which JAX computes with
)

#: ``--allocator retain``: glibc keeps freed memory instead of giving it back and faulting it in again.
RETAIN = {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**31),
    "MALLOC_TOP_PAD_": str(64 * 2**20),
}

#: CPU time may exceed threads x wall time by this share of the wall time (the clocks are read one after the other).
CPU_SLACK = 0.25

#: Bursts shorter than this are too short to tell threads by their CPU time.
SHORTEST_JUDGED_NS = 2_000_000

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36

#: M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_THRESHOLD of glibc's malloc.h, with the values of RETAIN that fit an int.
_MALLOPT = {-1: 2**31 - 1, -2: 64 * 2**20, -3: 2**30}


def variables(threads: int, allocator: str) -> dict[str, str]:
    """Return the environment variables that set threads and allocator of a worker before it starts."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads)) | (RETAIN if allocator == "retain" else {})


def retain_memory() -> None:
    """Have the allocator of this very process keep freed memory from now on, as RETAIN does (glibc; else nothing)."""
    with contextlib.suppress(AttributeError, OSError):
        for option, value in _MALLOPT.items():
            ctypes.CDLL(None).mallopt(option, value)


def die_with_parent(parent: int) -> None:
    """Have this process killed when its parent ends, however it ends (Linux); and leave no core file.

    It adopts the processes that its children leave behind, so that they are found below it.
    """
    with contextlib.suppress(OSError, ValueError):  # a limit that is lower already cannot be changed
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            prctl = ctypes.CDLL(None, use_errno=True).prctl
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def hide_memory() -> None:
    """Have no other process of this user read the memory of this one (Linux; nothing keeps root from it)."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


class Guard:
    """Limits the thread pools of this process and finds out those that do not keep to it."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._asked = f"{threads} thread{'s' if threads > 1 else ''} asked for"

    def limit(self) -> None:
        """Limit every pool that is loaded by now."""
        from threadpoolctl import threadpool_limits

        threadpool_limits(self._threads)

    def pools(self) -> list[dict[str, Any]]:
        """Return the pools that threadpoolctl sees, with their actual sizes."""
        from threadpoolctl import threadpool_info

        return [
            {
                "library": pool["internal_api"],
                "version": pool.get("version"),
                "kernel": pool.get("architecture"),
                "threads": pool["num_threads"],
            }
            for pool in threadpool_info()
        ]

    def disobedient(self, pools: list[dict[str, Any]]) -> str | None:
        """Return which pool has more threads than asked for, None if all keep to it."""
        for pool in pools:
            if pool["threads"] > self._threads:
                return f"the {pool['library']} pool has {pool['threads']} threads, {self._asked}"
        return None

    def contradiction(self, used: Used) -> str | None:
        """Return how the CPU time of a burst contradicts the number of threads asked for, None if it does not.

        What counts is how many CPUs' time was used, not in how many threads: of an honest pool of two, the thread that
        hands out the work and waits computes a little too. Where all threads have to share as many CPUs as threads
        were asked for, as in a round with one thread, more of them gain nothing, and nobody is accused of that.
        """
        if used.wall_ns >= SHORTEST_JUDGED_NS and used.cpu_ns > (self._threads + CPU_SLACK) * used.wall_ns:
            return f"used {used.cpu_ns / used.wall_ns:.2f} CPUs in a burst, {self._asked}"
        return None
