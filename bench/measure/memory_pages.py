"""Pages on which memray draws what an evaluation allocates: a file for each case, and what is told of it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from ..errors import Unavailable
from ..problems.case import Case
from ..store.documents import require_writable
from ..worker.untimed import Holder, Tracked

#: The names of functions of compiled code are looked up for a page; if that takes longer, there is none.
LONGEST_DRAWING_S = 120.0

#: A page holds all that it needs to be seen; an earlier one of the same name gives way.
_WHOLE = ("--no-web", "--force")


class MemoryPage(Struct, frozen=True, kw_only=True):
    """What is told of a case."""

    case: Case
    name: str
    file: Path | None = None
    """None where there is no page."""
    reason: str | None = None
    """Why there is none."""
    peak_bytes: int | None = None
    holder: Holder | None = None


class MemoryPages:
    """The pages of a run."""

    def __init__(self, folder: Path, names: Mapping[str, str]) -> None:
        """Take the id of each case, and what its file is called in the folder, without a suffix.

        Raises
        ------
        ImplbenchError
            If memray cannot draw here, or nothing can be written to the folder.
        """
        _require_memray()
        require_writable(folder)
        self._folder = folder
        self._names = names
        self._told: dict[str, MemoryPage] = {}

    @property
    def told(self) -> tuple[MemoryPage, ...]:
        """What is told so far, in the order of the cases."""
        return tuple(self._told[case] for case in self._names if case in self._told)

    def draw(self, case: Case, written: Path, found: Tracked, *, python: str) -> None:
        """Have the memray of an interpreter draw what it has written down there of a case."""
        name = self._names[case.id]
        file = self._folder / f"{name}.html"
        reason = _failure(_memray(python, *_WHOLE, "--output", str(file.absolute()), str(written)))
        if reason:
            self.leave(case, reason)
            return
        self._told[case.id] = MemoryPage(
            case=case, name=name, file=file, peak_bytes=found.peak_bytes, holder=found.holder
        )

    def leave(self, case: Case, reason: str) -> None:
        """Take note that there is no page of a case."""
        self._told[case.id] = MemoryPage(case=case, name=self._names[case.id], reason=reason)


def _require_memray() -> None:
    """Raise Unavailable unless the memray of this interpreter, which workers run in, can draw whole pages."""
    done = _memray(sys.executable, "--help")
    reason = _failure(done)
    if reason is None and _WHOLE[0] not in done.stdout:
        reason = "is too old"
    elif reason and "No module named" in reason:
        reason = "is not installed"
    if reason:
        raise Unavailable(
            f"--memray: memray {reason} here; pip install 'implbench[memray]' (made for CPython on Linux and macOS)"
        )


def _memray(python: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run ``memray flamegraph``; it finds no module in the current folder."""
    command = [python, "-P", "-m", "memray", "flamegraph", *words]
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=LONGEST_DRAWING_S,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 1, "", f"cannot be started ({error.strerror})")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"drew nothing within {LONGEST_DRAWING_S:g} s")


def _failure(done: "subprocess.CompletedProcess[str]") -> str | None:
    """Return why it failed, in its own last words; None if it did not."""
    if done.returncode == 0:
        return None
    said = done.stderr.strip().splitlines()
    return said[-1] if said else f"ended with exit code {done.returncode}"
