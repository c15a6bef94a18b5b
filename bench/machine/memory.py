"""How much memory is free, limits on that of a process, and whether the system has ended some for want of it."""

import contextlib
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import hardware
from .hardware import ROOT

#: A worker may take this part of what is free before the system has to end somebody; but so many bytes in any case.
PART_OF_FREE, LEAST_BYTES = 0.8, 2**30

#: One file of a worker may take this part of the room in the scratch folder: the rest is for all others.
PART_OF_ROOM = 0.75


def worker_limit(root: Path = ROOT) -> int | None:
    """Return the bytes that one worker may take by default; None where it is not known what is free."""
    free = free_bytes(root)
    return None if free is None else max(LEAST_BYTES, int(PART_OF_FREE * free))


def free_bytes(root: Path = ROOT) -> int | None:
    """Return what can be taken without swapping, of the machine and of each control group on the way up."""
    known = [
        *_free_of_machine(root),
        *(free for group in hardware.control_groups("memory", root) for free in _free(group)),
    ]
    return min(known, default=None)


def _free_of_machine(root: Path) -> Iterator[int]:
    for line in (hardware.read(root / "proc/meminfo") or "").splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            with contextlib.suppress(ValueError, IndexError):
                yield int(rest.split()[0]) * 1024


def _free(group: Path) -> Iterator[int]:
    """Yield what a control group (version 2, then version 1) leaves, if it has a limit; its cache can be given back."""
    for limit, used in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
        most, now = (hardware.read(group / name) or "" for name in (limit, used))
        if most.isdigit() and now.isdigit():
            yield max(0, int(most) - int(now) + _inactive_cache(group))


def _inactive_cache(group: Path) -> int:
    counts = dict(line.split(maxsplit=1) for line in (hardware.read(group / "memory.stat") or "").splitlines())
    text = counts.get("total_inactive_file", counts.get("inactive_file", ""))
    return int(text) if text.isdigit() else 0


def ended_for_want_of_memory(root: Path = ROOT) -> int | None:
    """Return how many processes the system has ended since it was booted because memory ran out."""
    for line in (hardware.read(root / "proc/vmstat") or "").splitlines():
        name, _, number = line.partition(" ")
        if name == "oom_kill" and number.isdigit():
            return int(number)
    return None


def limit(pid: int, most: int | None, scratch: Path) -> None:
    """Limit the data of a process, of each that it starts, and each file that they write (Linux; elsewhere nothing).

    What is reserved and not written to does not count: libraries of GPUs and other languages' runtimes reserve a lot.
    No file may take all the room there is in `scratch`, where others' inputs and results lie, too.
    """
    if most is not None and hasattr(resource, "prlimit"):
        room = most
        with contextlib.suppress(OSError):  # it is gone, which whoever needs it will say
            room = int(PART_OF_ROOM * shutil.disk_usage(scratch).free)
        for kind, largest in ((resource.RLIMIT_DATA, most), (resource.RLIMIT_FSIZE, min(most, room))):
            with contextlib.suppress(OSError, ValueError):  # it has ended, or has a lower limit already
                hard = resource.prlimit(pid, kind)[1]
                lower = largest if hard == resource.RLIM_INFINITY else min(largest, hard)
                resource.prlimit(pid, kind, (lower, lower))
