"""What all commands can be told: frozen records, made and checked once, right after parsing.

What measuring commands can be told stands in `measuring_options`, a command's own beside its function. Every default
stands in a record: the parser leaves out what was not typed, for it may not import records, so that
``implbench --help`` answers at once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """How the user is talked to, by every command."""

    quiet: bool = False
    no_color: bool = False
    json: bool = False


class StoredOptions(Options, frozen=True, kw_only=True):
    """Where runs are kept."""

    results: Path = Path("results")


class ReportingOptions(StoredOptions, frozen=True, kw_only=True):
    """What a report consists of, and where it is written."""

    html: bool = False
    open: bool = False
    """Whether the page is shown in a browser, too."""
    output: Path = Path("reports")

    @property
    def page(self) -> bool:
        """Whether a page is made."""
        return self.html or self.open


Made = TypeVar("Made")


def made(kind: type[Made], typed: Mapping[str, Any]) -> Made:
    """Return a record out of what was typed; each record in it takes what it knows of the same.

    Raises
    ------
    ImplbenchError
        If two options cannot be had together.
    """
    values: dict[str, Any] = {}
    for name, wanted in get_type_hints(kind).items():
        if isinstance(wanted, type) and issubclass(wanted, Struct):
            values[name] = made(wanted, typed)
        elif name in typed:
            value: Any = typed[name]
            if isinstance(value, list):
                value = tuple(value)
            values[name] = Path(value) if wanted is Path else value
    return kind(**values)
