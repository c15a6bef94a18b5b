"""The most memory that is resident in this process while something is done, beyond what was there before.

Linux keeps a high-water mark for each process (VmHWM), which that may lower to what is resident now, by writing 5 to
its clear_refs. Where it may not, the mark serves as long as it stands at what is resident. Elsewhere the most is
unknown: the mark of macOS (ru_maxrss) can be lowered by nobody, so what is done below it leaves no trace.
"""

import contextlib
import ctypes
from dataclasses import dataclass
from pathlib import Path

#: The mark counts as lowered where it stands so far above what is resident: pages are counted for each CPU apart.
SLACK_BYTES = 4_000_000

#: Why the most is unknown.
UNTOLD = "the system does not tell what is resident (/proc/self/status)"
RAISED = "the mark of what was resident can not be lowered (/proc/self/clear_refs) and stood above what was there"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Resident:
    """What is resident, in bytes."""

    now: int
    most: int
    """Since the mark was lowered."""


class Watch:
    """Watches what is done inside its ``with``; where it is used several times, the largest counts.

    What the allocator keeps free is given back before (glibc): else what is allocated would find room there, and not
    show. It costs the page faults of touching it again, once.
    """

    def __init__(self, folder: Path = Path("/proc/self")) -> None:
        """Get ready; `folder` is where the system tells of this process."""
        self._folder = folder
        self._before: _Resident | None = None
        self._most: int | None = None
        self.reason: str | None = None
        """Why the most is unknown."""

    @property
    def peak_bytes(self) -> int | None:
        """The most beyond what was there before; None where it is unknown."""
        return None if self.reason else self._most

    def __enter__(self) -> "Watch":
        _give_back()
        _lower_mark(self._folder)
        self._before = _resident(self._folder)
        return self

    def __exit__(self, *_error: object) -> None:
        before, after = self._before, _resident(self._folder)
        if before is None or after is None:
            self.reason = UNTOLD
        elif before.most - before.now > SLACK_BYTES:
            self.reason = RAISED
        else:
            self._most = max(self._most or 0, after.most - before.now)


def _give_back() -> None:
    """Have the allocator give back what is free (glibc; else nothing)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _lower_mark(folder: Path) -> None:
    """Have the mark lowered to what is resident; whether it was, it tells itself (Linux, CLEAR_REFS_MM_HIWATER_RSS)."""
    with contextlib.suppress(OSError), (folder / "clear_refs").open("w") as file:
        file.write("5")


def _resident(folder: Path) -> _Resident | None:
    """Return what is resident; None where nobody tells."""
    try:
        lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        told = dict(line.split(":", 1) for line in lines if ":" in line)
        now, most = (1024 * int(told[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError, ValueError, IndexError):
        return None
    return _Resident(now=now, most=most)
