"""Files that stay as they are while something is measured by them: code, and inputs.

Who rewrites the file of another implementation, of the problem or of the inputs, or saves one in an editor, would have
two rounds measure two things.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import ImplbenchError


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What a file was."""

    status: tuple[int, int, int, int]
    """Its number, when it was written and changed, and its size: nobody can set them all."""
    digest: bytes | None
    """Of its contents; None where these count as changed with the status."""


class Untouched:
    """Remembers files, and says which was changed."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def add_code(self, files: Iterable[Path]) -> None:
        """Remember files that are no others as long as they hold the same."""
        for file in files:
            if file.suffix == ".py" and file not in self._known:
                self._known[file] = _Known(status=_status(file), digest=_digest(file))

    def add(self, folder: Path) -> None:
        """Remember all files in a folder."""
        for file in folder.rglob("*"):
            if file.is_file():
                self._known[file] = _Known(status=_status(file), digest=None)

    def require(self) -> None:
        """Raise ImplbenchError if one is not what it was."""
        for file, known in self._known.items():
            status = _status(file)
            if status == known.status:
                continue
            digest = _digest(file) if known.digest else None
            if digest is None or digest != known.digest:
                raise ImplbenchError(
                    f"{file}: was changed while it was being measured, by you or by code that is measured; "
                    "measure again"
                )
            self._known[file] = _Known(status=status, digest=digest)


def _status(file: Path) -> tuple[int, int, int, int]:
    """Return what is known of a file without reading it; zeros where it is gone."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _digest(file: Path) -> bytes:
    """Return the digest of what a file holds, read without a trace; of nothing where it is gone or another user's."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOATIME", 0))  # `versions.reads` asks what was read
        with os.fdopen(descriptor, "rb") as opened:
            return hashlib.blake2b(opened.read()).digest()
    except OSError:
        return b""
