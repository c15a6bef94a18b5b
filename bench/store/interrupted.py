"""Runs that were ended from outside: found, and kept from being resumed by two at once."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from .. import reading
from ..errors import ImplbenchError
from . import documents
from .documents import JOURNAL, LARGEST_BYTES
from .records import Basis, Begun, Round, Run


class Interrupted(Struct, frozen=True, kw_only=True):
    """A run that can go on."""

    path: Path
    """Of its journal, or of the document that Ctrl-C has left."""
    run: Run
    begun: Begun
    kept: tuple[tuple[Round, Basis], ...]
    """Its rounds, but for one that it was interrupted in, each with what the plan went by."""


class _Live(ImplbenchError):
    """A run that nobody has ended."""


@contextmanager
def taken(folder: Path, name: str | None) -> Iterator[Interrupted]:
    """Give the run of that path, id or beginning of an id, or the latest that was interrupted, to this process alone.

    Raises
    ------
    ImplbenchError
        If there is none, it cannot be read, is finished, goes on in another process, or does not say what it needs.
    """
    documents.clear(folder)
    paths = [documents.find(folder, name)] if name else _candidates(folder)
    with contextlib.ExitStack() as stack:
        yield _read(_first(paths, stack, f"{folder}: holds no run that was interrupted"))


def _candidates(folder: Path) -> list[Path]:
    """Return the runs of a folder that are not finished, the latest first."""
    return [path for path in reversed(list(documents.documents(folder))) if _is_unfinished(path)]


class _Ending(msgspec.Struct):
    """How a document says that it is not finished."""

    interrupted: bool = False


def _is_unfinished(path: Path) -> bool:
    if path.name.endswith(JOURNAL):
        return True
    try:
        return reading.decoded(reading.contents(path, LARGEST_BYTES), _Ending).interrupted
    except ImplbenchError:  # whoever asks for this file is told
        return False


def _first(paths: Sequence[Path], stack: contextlib.ExitStack, none: str) -> Path:
    """Return the first that no living process has, locked; where all live, ImplbenchError of the first."""
    live: ImplbenchError | None = None
    for path in paths:
        try:
            stack.enter_context(_locked(path))
        except _Live as error:
            live = live or error
        else:
            return path
    raise live or ImplbenchError(f"{none}; implbench run measures a new one")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock on a file that nobody else holds; ImplbenchError if somebody does, or it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise ImplbenchError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _Live(f"{path.name}: is a run that goes on in another process; wait for its end") from error
        except OSError:  # a file system without locks
            pass
        if not _is_at(descriptor, path):
            raise _Live(f"{path.name}: has just been resumed, or finished, by another process")
        yield
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    """Return whether a file that was opened still has that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def _read(path: Path) -> Interrupted:
    run = documents.read(path)
    if not run.interrupted:
        raise ImplbenchError(f"{path}: is a finished run, there is nothing to resume; implbench run measures anew")
    if run.begun is None or len(run.begun.basis) != len(run.rounds):
        raise ImplbenchError(
            f"{path}: does not say how it would have gone on, as runs do since `--resume` is there; implbench run "
            "measures anew"
        )
    kept = tuple((one, basis) for one, basis in zip(run.rounds, run.begun.basis, strict=True) if not one.unfinished)
    return Interrupted(path=path, run=run, begun=run.begun, kept=kept)
