"""One machine, one measurement: whoever measures holds a lock, and others wait until it is free.

Two measurements at once take each other's caches, memory bandwidth and CPUs, and neither is right. The lock is one on a
file, which the system takes back from a process however that ends, so that nobody waits for the dead. It is the user's
own: another user's measurement is not waited for, and shows as a busy neighbour.
"""

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .. import reading
from ..errors import ImplbenchError, NothingMeasured
from ..text import speakable

#: Variable of the environment that names another folder for the lock: those with different ones measure side by side.
PLACE = "IMPLBENCH_LOCK"

#: What is read of the note of who holds it, at most.
_MOST_BYTES = 4096

#: So much of a command is told.
_LONGEST = 120


class _Holder(msgspec.Struct):
    """Who measures."""

    pid: int
    command: str


@contextmanager
def alone(
    command: Sequence[str], *, wait: bool = True, say: Callable[[str], None] = lambda text: None
) -> Iterator[None]:
    """Measure while nobody else of this user does on this machine.

    Parameters
    ----------
    command
        What others are told, who wait for this one: words without paths that are nobody's business.
    wait
        Whether to wait for others; else they are an error.
    say
        Is told who is waited for.

    Raises
    ------
    NothingMeasured
        If another process measures, and it is not to be waited for.
    """
    descriptor = _opened(say)
    try:
        if descriptor is not None:
            _take(descriptor, say, wait=wait)
            _sign(descriptor, " ".join(command))
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _opened(say: Callable[[str], None]) -> int | None:
    """Return the open file of the lock; None, which is told, where there can be none."""
    file = _file()
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError:
        descriptor = None
    if descriptor is not None:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
            return descriptor
        os.close(descriptor)
    say(f"{file.name}: is another user's, or cannot be locked: other measurements on this machine are not waited for")
    return None


def _file() -> Path:
    """Return the file of the lock: always the same for a user, whatever session or job a process is in."""
    asked = os.environ.get(PLACE)
    usual = Path("/tmp")  # noqa: S108  # the file is opened as what it has to be: ours, and no link
    place = Path(asked) if asked else usual if usual.is_dir() else Path(tempfile.gettempdir())
    return place / f"implbench-{os.geteuid()}.lock"


def _take(descriptor: int, say: Callable[[str], None], *, wait: bool) -> None:
    """Lock the file; NothingMeasured if another process has it locked, and is not to be waited for."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = _holder(descriptor)
        if not wait:
            raise NothingMeasured(
                f"{holder} measures on this machine; without --no-wait its end is waited for"
            ) from error
        say(f"waiting for {holder}, which measures on this machine (--no-wait leaves instead)")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:  # a file system without locks
        pass


def _sign(descriptor: int, command: str) -> None:
    """Note in the file who holds it."""
    with contextlib.suppress(OSError):  # a full disk: nobody is told for whom to wait
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(_Holder(pid=os.getpid(), command=speakable(command)[:_LONGEST])), 0)


def _holder(descriptor: int) -> str:
    """Return who holds the lock, in words; what the file says is a note, and may be old or anything."""
    try:
        found = reading.decoded(os.pread(descriptor, _MOST_BYTES, 0), _Holder)
    except (ImplbenchError, OSError):
        return "another process"
    return f"process {found.pid} ({found.command[:_LONGEST]})"
