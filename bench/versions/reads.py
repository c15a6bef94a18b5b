"""Which files below a folder have been read, by whatever program, as the file system's access times tell it.

Not by what Python says of itself: a library in C, or another program that an implementation starts, reads files too.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..problems.files import source_of


def are_recorded(folder: Path) -> bool:
    """Return whether the file system below a folder tells which files were read; it may be mounted not to."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".implbench-")
    try:
        os.write(handle, b"read me")
        os.close(handle)
        file = Path(name)
        _forget(name)
        file.read_bytes()
        return _was_read(file.stat())
    finally:
        Path(name).unlink()


def forget(folder: Path) -> None:
    """Have all files below a folder count as not read."""
    for at, _, files in os.walk(folder):
        for name in files:
            if not os.path.islink(os.path.join(at, name)):  # noqa: PTH114, PTH118  # of many thousands
                _forget(os.path.join(at, name))  # noqa: PTH118


def since_forgotten(folder: Path) -> frozenset[str]:
    """Return the paths, from the folder, of the files that were read since then; of bytecode that of its source."""
    found = set()
    for at, _, files in os.walk(folder):
        for name in files:
            file = Path(at, name)
            if _was_read(file.lstat()):
                found.add(source_of(file).relative_to(folder).as_posix())
    return frozenset(found)


def names(folder: Path) -> frozenset[str]:
    """Return the paths of all files below a folder, from there; of bytecode that of its source."""
    files = (Path(at, name) for at, _, files in os.walk(folder) for name in files)
    return frozenset(source_of(file).relative_to(folder).as_posix() for file in files)


def _forget(name: str) -> None:
    """Set the time of the last access to 0, which the next one changes wherever it is recorded at all."""
    os.utime(name, ns=(0, os.stat(name).st_mtime_ns))  # noqa: PTH116


def _was_read(status: os.stat_result) -> bool:
    return status.st_atime_ns > 0


def forget_these(files: Iterable[Path]) -> dict[Path, int]:
    """Have these files count as not read; return when each was written, as it can be told."""
    found = {}
    for file in files:
        with contextlib.suppress(OSError):
            _forget(str(file))
            found[file] = file.stat().st_mtime_ns
    return found


def found_there(written: Mapping[Path, int]) -> frozenset[Path]:
    """Return which files were read that nobody has written since, or of which nobody tells; of bytecode its source.

    Parameters
    ----------
    written
        What `forget_these` gave.
    """
    found = set()
    for file, written_ns in written.items():
        with contextlib.suppress(OSError):
            status = file.stat()
            if status.st_mtime_ns == written_ns and (_was_read(status) or not _would_tell(file)):
                found.add(source_of(file))
    return frozenset(found)


def _would_tell(file: Path) -> bool:
    """Return whether a file's system tells that it is read."""
    with file.open("rb") as reader:
        reader.read(1)
    return _was_read(file.stat())
