"""Where a process has its code and data: at random addresses, or for all workers of a round at the same.

Linux draws the addresses of libraries and heap anew for each process (address space layout randomisation). A call of
microseconds takes some percent more or less time by them, for which two workers of a round would differ. So they are
not drawn, and all workers of a round are shifted alike, by another distance in each round: that a version is faster at
one address only is chance in any run, and stays so.

Python keeps small objects in arenas of 1 MiB, and gives back each that is empty. Whether a call that makes lists
empties one, so that the next call pays for its pages again, depends on how many objects there were before: a version
with another table beside its loop differs by some ten percent, always the same way, for nothing that the loop does.
So all workers of a round begin with so many objects, and those of another round with others.
"""

import contextlib
import ctypes
import mmap
from collections.abc import Iterator

#: ADDR_NO_RANDOMIZE of <sys/personality.h>, and what asks for the personality without changing it.
_NOT_RANDOM, _ASK = 0x0040000, 0xFFFFFFFF

#: What is mapped has so many bytes more, so that it fits into no gap that earlier libraries have left.
_BEYOND_GAPS = 2**26

_kept: list[mmap.mmap] = []
_held: list[tuple[int, float]] = []


@contextlib.contextmanager
def alike() -> Iterator[bool]:
    """Start processes in here whose addresses are not drawn, and be told whether the system allows that.

    Only Linux knows it, and Docker's default profile of system calls forbids it; there, addresses are drawn as ever.
    """
    before = _personality(_ASK)
    allowed = before >= 0 and _personality(before | _NOT_RANDOM) >= 0
    try:
        yield allowed
    finally:
        if allowed:
            _personality(before)


def can_be_alike() -> bool:
    """Return whether the workers of a round have the same addresses here."""
    with alike() as allowed:
        return allowed


def shift(pages: int) -> None:
    """Place what this process loads from now on so many pages lower: they are mapped, touched by nobody, and kept."""
    if pages > 0:
        with contextlib.suppress(OSError, ValueError):
            _kept.append(mmap.mmap(-1, _BEYOND_GAPS + pages * mmap.PAGESIZE))


def occupy(pairs: int) -> None:
    """Hold so many pairs of numbers: each takes some 144 bytes of Python's arenas, and 7,300 fill one."""
    _held.extend((number, float(number)) for number in range(pairs))


def _personality(wanted: int) -> int:
    """Ask for or set the execution domain of this thread and what it starts; below 0 where that is not allowed."""
    try:
        call = ctypes.CDLL(None).personality
    except (AttributeError, OSError):
        return -1
    call.argtypes, call.restype = [ctypes.c_ulong], ctypes.c_int
    return int(call(wanted))
