"""Binds processes to CPUs."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def pin(pid: int, cpus: Sequence[int]) -> None:
    """Bind a process to CPUs, where the system can and lets us (Linux); 0 is this process."""
    if cpus and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.sched_setaffinity(pid, cpus)


def keep_off(cpus: Sequence[int], allowed: Sequence[int]) -> None:
    """Keep this process off some of the CPUs that it may use, where there are others."""
    pin(0, [cpu for cpu in allowed if cpu not in cpus] or allowed)


def of_all(pids: Iterable[int]) -> frozenset[int] | None:
    """Return the CPUs that processes, with all their threads, may use; None where the system does not tell."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    found: set[int] = set()
    for thread in _threads(pids):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found |= os.sched_getaffinity(thread)
    return frozenset(found)


def scheduling(pids: Iterable[int]) -> frozenset[tuple[int, int]] | None:
    """Return policy and nice value of processes and their threads; None where the system does not tell."""
    if not hasattr(os, "sched_getscheduler"):
        return None
    found: set[tuple[int, int]] = set()
    for thread in _threads(pids):
        with contextlib.suppress(OSError):
            found.add((os.sched_getscheduler(thread), os.getpriority(os.PRIO_PROCESS, thread)))
    return frozenset(found)


def _threads(pids: Iterable[int]) -> Iterator[int]:
    for pid in pids:
        try:
            yield from [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]
        except OSError:  # it has ended, or there is no /proc
            yield pid
