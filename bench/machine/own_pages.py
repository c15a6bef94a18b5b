"""Pages of memory of a process's own for what it has mapped of shared libraries.

A library lies in the page cache, at the physical addresses that it was read to, and all processes that load the file
compute from there for as long as it stays. By where that is, two copies of one library make a call faster or slower, in
every process alike: by 11 % in one of a hundred placements, by 2 to 4 % in more (docs/measuring.md). Two environments
have copies of their own. That one is faster is chance then, and the same chance in all rounds. So each process is given
its own copy, at physical addresses of its own: what was one error for all rounds is another in each.
"""

import ctypes
import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

#: Of more than this nothing is copied: it would take long, and memory.
MOST_BYTES = 2**29

#: MREMAP_MAYMOVE | MREMAP_FIXED.
_MOVE_THERE = 3

#: Of what is only read, or run: how Linux writes its protection, and what that is.
_PROTECTIONS = {"r-xp": mmap.PROT_READ | mmap.PROT_EXEC, "r--p": mmap.PROT_READ}

_FAILED = ctypes.c_void_p(-1).value


class _Mapping(Struct, frozen=True, kw_only=True):
    """A part of a library, as it is mapped."""

    start: int
    bytes: int
    protection: int


def take(folders: Sequence[str]) -> int:
    """Put copies in the place of what is mapped of all libraries below some folders.

    Parameters
    ----------
    folders
        Absolute paths, as the system knows them.

    Returns
    -------
    int
        How many bytes were copied; 0 where the system tells nothing of mappings, or forbids code that is in no file.
    """
    found = list(_mappings(folders))
    if sum(one.bytes for one in found) > MOST_BYTES:
        return 0
    return sum(one.bytes for one in found if _copied(one))


def _mappings(folders: Sequence[str]) -> Iterator[_Mapping]:
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    below = tuple(f"{folder.rstrip('/')}/" for folder in folders)
    for words in (line.split(maxsplit=5) for line in lines):
        if len(words) > 5 and words[1] in _PROTECTIONS and words[5].startswith(below) and _is_library(words[5]):
            start, end = (int(place, 16) for place in words[0].split("-"))
            yield _Mapping(start=start, bytes=end - start, protection=_PROTECTIONS[words[1]])


def _is_library(file: str) -> bool:
    """Return whether a file is a shared library by its name; what else is mapped is data, of whatever size."""
    return ".so" in Path(file).suffixes


def _copied(one: _Mapping) -> bool:
    """Put a copy in the place of a mapping at one go, whoever runs it; return whether that was allowed."""
    system = _system()
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    copy = system.mmap(None, one.bytes, mmap.PROT_READ | mmap.PROT_WRITE, flags, -1, 0)
    if copy in (None, _FAILED):
        return False
    ctypes.memmove(copy, one.start, one.bytes)
    forbidden = system.mprotect(copy, one.bytes, one.protection) != 0
    if forbidden or system.mremap(copy, one.bytes, one.bytes, _MOVE_THERE, one.start) != one.start:
        system.munmap(copy, one.bytes)
        return False
    return True


def _system() -> Any:
    """Return the calls of the C library that this takes."""
    system = ctypes.CDLL(None)
    place, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    system.mmap.argtypes, system.mmap.restype = [place, size, number, number, number, ctypes.c_long], place
    system.mremap.argtypes, system.mremap.restype = [place, size, size, number, place], place
    system.mprotect.argtypes, system.munmap.argtypes = [place, size, number], [place, size]
    return system
