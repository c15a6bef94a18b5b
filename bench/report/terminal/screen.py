"""What the stream that is written to can show, and what of it the user wants."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from msgspec import Struct

#: Terminals that show text and nothing else.
_DUMB = ("dumb", "unknown")


class Screen(Struct, frozen=True, kw_only=True):
    """A terminal, or a file or pipe that a program reads."""

    width: int | None = None
    """Columns of a terminal; None where lines are not broken, because there is no terminal."""
    colour: bool = False
    blocks: bool = False
    """Whether lines and bars can be drawn by characters beyond ASCII."""


class Manner(Struct, frozen=True, kw_only=True):
    """How the user wants to be talked to."""

    quiet: bool = False
    """Whether stderr is for errors alone: no progress, no notes."""
    colour: bool = True
    """Whether colours may be used where they can be shown."""


_USUAL = Manner()
_MANNER: ContextVar[Manner] = ContextVar("_MANNER", default=_USUAL)


@contextmanager
def speaking(manner: Manner) -> Iterator[None]:
    """Talk in this manner as long as the context lasts."""
    token = _MANNER.set(manner)
    try:
        yield
    finally:
        _MANNER.reset(token)


def is_quiet() -> bool:
    """Return whether stderr is for errors alone."""
    return _MANNER.get().quiet


def screen_of(stream: TextIO) -> Screen:
    """Return what `stream` can show in this process's environment, as the user wants it."""
    return screen_in(stream, os.environ, colour=_MANNER.get().colour)


def screen_in(stream: TextIO, environment: Mapping[str, str], *, colour: bool = True) -> Screen:
    """Return what `stream` can show; `colour` is whether the user allows it.

    A variable NO_COLOR that is not empty forbids it too (https://no-color.org).
    """
    if not stream.isatty():
        return Screen()
    dumb = environment.get("TERM", "dumb") in _DUMB
    return Screen(
        width=shutil.get_terminal_size().columns,
        colour=colour and not dumb and not environment.get("NO_COLOR"),
        blocks=not dumb and _is_unicode(stream),
    )


def _is_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "").startswith("utf")
