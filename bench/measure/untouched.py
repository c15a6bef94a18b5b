"""Files that stay as they are while something is measured by them: code, and inputs.

Who rewrites the file of another implementation, of the problem or of the inputs, or saves one in an editor, would have
two rounds measure two things. So would who adds one that Python imports before it.
"""

import hashlib
import os
from collections.abc import Iterable
from importlib.util import cache_from_source
from pathlib import Path

from msgspec import Struct

from ..errors import ImplbenchError
from . import importable


class _Known(Struct, frozen=True, kw_only=True):
    """What a file was."""

    status: tuple[int, int, int, int]
    """Its number, when it was written and changed, and its size: nobody can set them all."""
    digest: bytes | None
    """Of its contents; None where these count as changed with the status."""


class Untouched:
    """Remembers files, and says which was changed."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}
        self._imported: dict[Path, frozenset[str]] = {}
        """Folder of code -> its modules and packages."""
        self._interpreters: set[str] = set()
        self._installed: dict[Path, frozenset[Path]] = {}
        """Folder of installed packages -> what interpreters run at their start of it."""
        self._names: set[str] = set()
        """Of what is installed."""

    def add_code(self, files: Iterable[Path]) -> None:
        """Remember files that are no others as long as they hold the same, and their byte code, where there is some."""
        code = [file for file in files if file.suffix == ".py"]
        compiled = (Path(cache_from_source(file)) for file in code)
        self._remember([*code, *(file for file in compiled if file.exists())])
        for folder in {file.parent for file in code} - self._imported.keys():
            self._imported[folder] = importable.entries(folder)

    def add_interpreter(self, python: str) -> None:
        """Remember what an interpreter runs at its start, and the names of what is installed for it."""
        if python in self._interpreters:
            return
        self._interpreters.add(python)
        for folder in importable.installed_in(python):
            if folder not in self._installed:
                self._installed[folder] = frozenset(importable.run_at_start(folder))
                self._names |= importable.names_in(folder)
                self._remember(self._installed[folder])

    def add(self, folder: Path) -> None:
        """Remember all files in a folder."""
        for file in folder.rglob("*"):
            if file.is_file():
                self._known[file] = _Known(status=_status(file), digest=None)

    def _remember(self, files: Iterable[Path]) -> None:
        for file in files:
            if file not in self._known:
                self._known[file] = _Known(status=_status(file), digest=_digest(file))

    def require(self) -> None:
        """Raise ImplbenchError if one is not what it was, or if there is one that Python would import before it."""
        self._require_same()
        for folder, known in self._imported.items():
            there = {importable.name_of(one) for one in known} | self._names
            new = sorted(one for one in importable.entries(folder) - known if importable.name_of(one) in there)
            if new:
                raise ImplbenchError(_came(folder / new[0], "imports it instead of what has the same name"))
        for folder, files in self._installed.items():
            added = sorted({*importable.run_at_start(folder)} - files)
            if added:
                raise ImplbenchError(_came(added[0], "runs it at its start"))

    def _require_same(self) -> None:
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


def _came(file: Path, what: str) -> str:
    """Return what is said of a new file that Python imports or runs in workers that start later."""
    return (
        f"{file}: came while something was being measured, by you or by code that is measured, and Python {what}; "
        "remove it, unless it is yours, and measure again"
    )


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
