"""Where what is only needed while measuring lies: a run's own folder, and what runs that were killed left of theirs.

A run holds a lock on its folder as long as it lives, however it ends. So the next run knows a folder that nobody
needs any more, clears it away, and ends what the workers of that run have started and nobody else would end.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..errors import ImplbenchError
from . import compile_caches, descendants

#: Variable of the environment that names a folder for what is only needed while measuring.
SCRATCH = "IMPLBENCH_SCRATCH"

#: How the names of these folders begin.
PREFIX = "implbench-run-"

#: Within such a folder: where workers put their temporary files.
TEMPORARY = "tmp"

#: With less room in memory (containers have 64 MiB there), files are written to the usual temporary folder.
LEAST_ROOM_BYTES = 2**30

_MEMORY = Path("/dev/shm")  # noqa: S108  # the folder below it is made by mkdtemp


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder below the one that is asked for, else in memory where there is such a place; remove it at the end.

    Its folder TEMPORARY never lies in memory unless that was asked for: programs may be started from there, and files
    there may be large.

    Raises
    ------
    ImplbenchError
        If there cannot be a folder.
    """
    asked = os.environ.get(SCRATCH)
    usual = Path(asked).absolute() if asked else Path(tempfile.gettempdir())
    for place in (usual,) if asked else (usual, _MEMORY):
        clear(place)
    place = usual if asked else _memory() or usual
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(_locked(place))
            temporary = folder / TEMPORARY
            if place == usual:
                temporary.mkdir()
            else:
                temporary.symlink_to(stack.enter_context(_locked(usual)))
            (folder / ".gitignore").write_text("*\n")  # it may lie in a working tree, and is no part of it
        except OSError as error:
            raise ImplbenchError(
                f"{SCRATCH}={asked or ''}: no folder can be made there: {error.strerror}; name one that can be written"
            ) from error
        with compile_caches.placed(folder):
            yield folder


@contextmanager
def _locked(place: Path) -> Iterator[Path]:
    """Make a folder that nobody takes for abandoned while this process lives; remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=place))  # it gets its name only once it is locked
    lock = None
    try:
        lock = os.open(folder, os.O_RDONLY)
        with contextlib.suppress(OSError):  # a file system without locks: nobody clears there
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folder = folder.rename(folder.with_name(folder.name.removeprefix(".")))
        yield folder
    finally:
        if lock is not None:
            os.close(lock)  # whoever takes the folder for abandoned now does what comes next
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder with all that is in it, even with a single descriptor left to do so."""
    shutil.rmtree(folder, ignore_errors=True)
    for place, folders, files in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            for name in files:
                Path(place, name).unlink()
            for name in folders:
                Path(place, name).rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()


def clear(place: Path) -> None:
    """Remove what runs of this user that were killed have left in a folder, and end what they have left running."""
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is somebody else's, or just gone
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    descendants.end_marked(folder.name)
                    _remove(folder)
            finally:
                os.close(lock)


def _memory() -> Path | None:
    """Return a folder that lies in memory, None where there is none."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < LEAST_ROOM_BYTES:
        return None
    return _MEMORY


def executable(folder: Path) -> Path:
    """Return a folder that libraries may be loaded from: a run's own one, else that for temporary files."""
    return (folder / TEMPORARY).resolve() if compile_caches.forbids_programs(folder) else folder
