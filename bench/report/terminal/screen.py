"""What the stream that is written to can show: how wide it is, colours, characters beyond ASCII."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

#: Terminals that show text and nothing else.
_DUMB = ("dumb", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """A terminal, or a file or pipe that a program reads."""

    width: int | None = None
    """Columns of a terminal; None where lines are not broken, because there is no terminal."""
    colour: bool = False
    blocks: bool = False
    """Whether lines and bars can be drawn by characters beyond ASCII."""


def screen_of(stream: TextIO, environment: Mapping[str, str], *, colour: bool = True) -> Screen:
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
