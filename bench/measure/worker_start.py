"""How a worker is started: under which conditions, and by which descriptors its parent reaches it."""

import contextlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from .. import worker
from ..errors import ImplbenchError
from ..machine import address_space, affinity, memory
from ..worker import origins
from ..worker.origins import Own
from . import descendants
from .scratch import SCRATCH, TEMPORARY

#: Numbers of this process's workers; written in equal length, as a longer environment would move what they load.
_NUMBERS = itertools.count()


class Conditions(Struct, frozen=True, kw_only=True):
    """What is set before a worker starts."""

    environment: Mapping[str, str]
    cpus: Sequence[int]
    """CPUs it may use; empty: all."""
    folder: Path
    """Its working directory; in its folder TEMPORARY, if there is one, it puts its temporary files."""
    beside: tuple[Path, ...] = ()
    """Folders whose modules come before what is installed."""
    is_led: bool = False
    """Whether other code leads to the calls that are timed, and has something to end."""
    own: Own | None = None
    """The code of its side, where it measures one of two versions."""
    memory_bytes: int | None = None
    """The most data that each of its processes, and each file that it writes, may have; None: no limit."""
    python: str = sys.executable
    """The interpreter."""


class Reached(Struct, kw_only=True):
    """A worker's process, and its parent's ends of the pipes."""

    process: "subprocess.Popen[bytes]"
    mark: str
    """By which its processes are told from others."""
    commands: int
    replies: int
    output: int
    exits: tuple[int, ...]
    """A descriptor that becomes readable when it ends; none where there is no such thing."""
    closed: bool = False

    def close(self) -> None:
        """Close all descriptors."""
        _close((self.commands, self.replies, self.output, *self.exits))
        self.closed = True


def start(conditions: Conditions) -> Reached:
    """Start a worker.

    Raises
    ------
    ImplbenchError
        If the system denies it, or its working directory is gone.
    """
    try:
        reached = _started(conditions)
    except OSError as error:
        require(conditions.folder)
        what_to_do = "end other programs, or raise the limit (ulimit -a)"
        raise ImplbenchError(f"no worker can be started ({error.strerror}): {what_to_do}") from error
    os.set_blocking(reached.output, False)
    affinity.pin(reached.process.pid, conditions.cpus)
    memory.limit(reached.process.pid, conditions.memory_bytes, conditions.folder)
    return reached


def require(folder: Path, inputs: Iterable[Path] = ()) -> None:
    """Raise ImplbenchError if a working directory or inputs are gone: a failure is no fault of its case then."""
    if not all(path.exists() for path in (folder, *inputs)):
        raise ImplbenchError(
            f"{folder}: is gone while it was needed, as where somebody clears temporary files; "
            f"measure again, or name another place in {SCRATCH}"
        )


def _started(conditions: Conditions) -> Reached:
    command_read, commands, replies, reply_write, output, output_write = _pipes(3)
    mark = f"{conditions.folder.name}-{next(_NUMBERS) % 10**8:08}"
    try:
        with address_space.alike():
            process = subprocess.Popen(
                [conditions.python, "-m", worker.__name__, str(command_read), str(reply_write), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                env=_variables(conditions, mark),
                cwd=conditions.folder,
                pass_fds=(command_read, reply_write),
                start_new_session=True,
            )
    except OSError:
        _close((commands, replies, output))
        raise
    finally:
        _close((command_read, reply_write, output_write))
    exits = _exits_of(process.pid)
    return Reached(process=process, mark=mark, commands=commands, replies=replies, output=output, exits=exits)


def _variables(conditions: Conditions, mark: str) -> dict[str, str]:
    """Return the environment of a worker."""
    found = origins.variables(conditions.environment, conditions.own, conditions.beside)
    temporary = conditions.folder / TEMPORARY
    if temporary.is_dir():
        found["TMPDIR"] = os.path.realpath(temporary)  # short, as the names of sockets must be
    return {**conditions.environment, **found, descendants.MARK: mark}


def _pipes(number: int) -> list[int]:
    """Return the ends of pipes, for reading and for writing in turns; OSError if not all can be had."""
    ends: list[int] = []
    try:
        for _ in range(number):
            ends += os.pipe()
    except OSError:
        _close(ends)
        raise
    return ends


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _exits_of(pid: int) -> tuple[int, ...]:
    """Return a descriptor that becomes readable when a process ends; none where there is no such thing."""
    with contextlib.suppress(OSError, AttributeError):  # an older kernel, another system, no descriptor left
        return (os.pidfd_open(pid),)
    return ()
