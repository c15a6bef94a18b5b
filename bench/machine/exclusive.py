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
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec

from .. import reading
from ..errors import ImplbenchError, NothingMeasured
from ..text import speakable
from ..units import duration

#: Variable of the environment that names another folder for the lock: those with different ones measure side by side.
PLACE = "IMPLBENCH_LOCK"

#: What is read of the note of who holds it, at most.
_MOST_BYTES = 4096

#: So much of a command is told.
_LONGEST = 120

#: Who waits is told again for whom after so many seconds, and then after twice as many each time.
REMINDED_S = 60.0

#: What is said of somebody of whom nothing else is known.
_MEASURES = "measures on this machine"

#: Seconds that a note may hold.
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]


class _Holder(msgspec.Struct):
    """Who measures."""

    pid: int
    command: str
    since_s: _Seconds | None = None
    """Since 1970, when it began to measure."""
    planned_s: _Seconds | None = None
    """How long it may take, as far as that was known then."""


@contextmanager
def alone(
    command: Sequence[str],
    *,
    wait: bool = True,
    say: Callable[[str], None] = lambda text: None,
    planned_s: float | None = None,
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
    planned_s
        How long this one may take, which others are told; None where that is not known.

    Raises
    ------
    NothingMeasured
        If another process measures, and it is not to be waited for.
    """
    descriptor = _opened(say)
    try:
        if descriptor is not None:
            _take(descriptor, say, wait=wait)
            _sign(descriptor, " ".join(command), planned_s)
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
    why = (
        f"{file.name}: is another user's, or cannot be locked" if file.parent.is_dir() else f"{PLACE}: names no folder"
    )
    say(f"{why}: other measurements on this machine are not waited for")
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
        if not wait:
            said = " ".join(_holder(descriptor))
            raise NothingMeasured(f"{said}; without --no-wait its end is waited for") from error
        say(_waiting(descriptor))
        with _reminding(descriptor, say):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:  # a file system without locks
        pass


def _sign(descriptor: int, command: str, planned_s: float | None) -> None:
    """Note in the file who holds it."""
    holder = _Holder(pid=os.getpid(), command=_cut(speakable(command)), since_s=time.time(), planned_s=planned_s)
    with contextlib.suppress(OSError):  # a full disk: nobody is told for whom to wait
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(holder), 0)


@contextmanager
def _reminding(descriptor: int, say: Callable[[str], None]) -> Iterator[None]:
    """Tell now and then for whom is still waited: by a thread, for whoever waits for a lock does nothing else."""
    over = threading.Event()

    def remind() -> None:
        pause_s = REMINDED_S
        while not over.wait(pause_s):
            say(_waiting(descriptor))
            pause_s *= 2

    thread = threading.Thread(target=remind, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _waiting(descriptor: int) -> str:
    """Return for whom is waited."""
    return f"waiting for {', which '.join(_holder(descriptor))} (--no-wait: end instead of waiting)"


def _holder(descriptor: int) -> tuple[str, str]:
    """Return who holds the lock, and what they do; what the file says is a note, and may be old or anything."""
    try:
        found = reading.decoded(os.pread(descriptor, _MOST_BYTES, 0), _Holder)
    except (ImplbenchError, OSError):
        return "another process", _MEASURES
    return f"process {found.pid} ({_cut(found.command)})", _measuring(found)


def _cut(command: str) -> str:
    return command if len(command) <= _LONGEST else f"{command[: _LONGEST - 1]}…"


def _measuring(found: _Holder) -> str:
    """Return since when somebody measures and how long that may take, as far as it is known."""
    if found.since_s is None:
        return _MEASURES
    began = time.strftime("%H:%M", time.localtime(found.since_s))
    ago = duration(max(0.0, time.time() - found.since_s))
    planned = f" of about {duration(found.planned_s)}" if found.planned_s else ""
    return f"has been measuring on this machine since {began} ({ago}{planned})"
