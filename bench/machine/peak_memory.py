"""The most memory that is resident in this process while something is done.

Linux keeps a high-water mark for each process (VmHWM), which that may lower to what is resident now, by writing 5 to
its clear_refs. Where it may not, the mark serves as long as it stands at what is resident. Elsewhere the most is
unknown: the mark of macOS (ru_maxrss) can be lowered by nobody, so what is done below it leaves no trace.
"""

import contextlib
import ctypes
from pathlib import Path

from msgspec import Struct

#: Where the system tells of this process.
PLACE = Path("/proc/self")

#: The mark counts as lowered where it stands so far above what is resident: pages are counted for each CPU apart.
SLACK_BYTES = 4_000_000

#: Why the most is unknown.
UNTOLD = "the system does not tell what is resident (/proc/self/status)"
RAISED = "the mark of what was resident cannot be lowered (/proc/self/clear_refs) and stood above what was there"


class Resident(Struct, frozen=True, kw_only=True):
    """What is resident, in bytes."""

    now: int
    most: int
    """Since the mark was lowered."""
    allocated: int | None
    """What the allocator has handed out and not got back, resident or not (glibc 2.33 or newer; else None)."""


def resident(place: Path = PLACE) -> Resident | None:
    """Return what is resident in this process; None where nobody tells."""
    try:
        lines = (place / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        told = dict(line.split(":", 1) for line in lines if ":" in line)
        now, most = (1024 * int(told[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError, ValueError, IndexError):
        return None
    return Resident(now=now, most=most, allocated=_allocated())


class Watch:
    """Watches what is done inside its ``with``: the most beyond what was there, and what was kept since earlier.

    What the allocator keeps free is given back before (glibc): else what is allocated would find room there, and not
    show. It leaves another heap, in which a call may fault where it did not: nothing is to be timed behind it.
    """

    def __init__(self, earlier: Resident | None, place: Path = PLACE) -> None:
        """Take what was resident earlier."""
        self._earlier, self._place = earlier, place
        self.peak_bytes: int | None = None
        self.reason: str | None = None
        """Why that is unknown."""

    def __enter__(self) -> "Watch":
        _give_back()
        _lower_mark(self._place)
        self._before = resident(self._place)
        return self

    def __exit__(self, *_error: object) -> None:
        earlier, before, after = self._earlier, self._before, resident(self._place)
        if earlier is None or before is None or after is None:
            self.reason = UNTOLD
        elif before.most - before.now > SLACK_BYTES:
            self.reason = RAISED
        else:
            self.peak_bytes = max(0, after.most - before.now) + _kept(earlier, before)


def _kept(earlier: Resident, now: Resident) -> int:
    """Return what was allocated since and not given back: by the allocator, and by what is resident more than earlier.

    Neither knows all: what Python makes of small objects passes the allocator by, and what was put where free memory
    was resident earlier is no more than there was.
    """
    handed_out = 0 if now.allocated is None or earlier.allocated is None else now.allocated - earlier.allocated
    return max(0, handed_out, now.now - earlier.now)


class _Mallinfo(ctypes.Structure):
    """struct mallinfo2 of glibc's malloc.h."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in [
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        ]
    )


def _allocated() -> int | None:
    """Return the bytes that the allocator has handed out, in its heaps and mapped apart; None where nobody tells."""
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError):
        return None
    mallinfo.restype = _Mallinfo
    found = mallinfo()
    return int(found.uordblks + found.hblkhd)


def _give_back() -> None:
    """Have the allocator give back what is free (glibc; else nothing)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _lower_mark(place: Path) -> None:
    """Have the mark lowered to what is resident; whether it was, it tells itself (Linux, CLEAR_REFS_MM_HIWATER_RSS)."""
    with contextlib.suppress(OSError), (place / "clear_refs").open("w") as file:
        file.write("5")
