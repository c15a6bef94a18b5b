"""Files from outside: never more than a limit is read of one, and never what is no file.

A FIFO would keep a reader waiting for ever, a device has no end, and JSON may be too large, nested too deeply, or no
text. Each is the same kind of mistake here, with a reason.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .errors import ImplbenchError

T = TypeVar("T")


class Unreadable(ImplbenchError, ValueError):
    """What a file holds is not what was expected; the text goes behind the name of the file."""


def contents(path: Path, most: int) -> bytes:
    """Return the bytes of a file, or of the one that a link leads to.

    Raises
    ------
    ImplbenchError
        If there is no such file, it cannot be read, is no regular file, or has more than `most` bytes.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a FIFO without a writer is opened at once
        with open(descriptor, "rb") as file:  # noqa: PTH123  # a Path has no descriptor to open
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ImplbenchError(f"{path}: is no regular file")
            data = file.read(most + 1)
    except OSError as error:
        raise ImplbenchError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > most:
        raise ImplbenchError(f"{path}: is larger than {most} bytes, no such file of implbench is")
    return data


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, however many there are; OSError if it cannot be read."""
    with path.open("rb") as file:
        while piece := file.read(2**20):
            yield piece


def digest(path: Path) -> bytes:
    """Return the SHA-256 of a file's bytes; OSError if it cannot be read."""
    total = hashlib.sha256()
    for piece in pieces(path):
        total.update(piece)
    return total.digest()


def decoded(data: bytes, kind: type[T], *, hook: Callable[[type, Any], Any] | None = None) -> T:
    """Return JSON as a record of that kind.

    Parameters
    ----------
    data
        JSON in UTF-8.
    kind
        What msgspec knows, or what `hook` makes of what it knows.

    Raises
    ------
    Unreadable
        If it is no JSON, lacks a field, has one of another type, or is nested too deeply.
    """
    try:
        return msgspec.json.decode(data, type=kind, dec_hook=hook)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
