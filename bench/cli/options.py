"""What all commands can be told: frozen dataclasses, made and checked once, right after parsing.

What measuring commands can be told stands in `measuring_options`, a command's own beside its function. Every default
stands in a dataclass: the parser leaves out what was not typed, for it may not import dataclasses, so that
``implbench --help`` answers at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How the user is talked to, by every command."""

    quiet: bool = False
    no_color: bool = False
    json: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredOptions(Options):
    """Where runs are kept."""

    results: Path = Path("results")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportingOptions(StoredOptions):
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
    """Return a dataclass out of what was typed; each dataclass in it takes what it knows of the same.

    Raises
    ------
    ImplbenchError
        If two options cannot be had together.
    """
    values: dict[str, Any] = {}
    for name, wanted in get_type_hints(kind).items():
        if isinstance(wanted, type) and is_dataclass(wanted):
            values[name] = made(wanted, typed)
        elif name in typed:
            value: Any = typed[name]
            if isinstance(value, list):
                value = tuple(value)
            values[name] = Path(value) if wanted is Path else value
    return kind(**values)
