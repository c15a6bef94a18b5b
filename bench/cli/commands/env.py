"""List the environments that were made, or remove them."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from ...errors import Exit, ImplbenchError
from ...report import terminal
from ...report.parts import Cell, Column, Section, Table
from ...units import amount
from ...versions.environments import cache
from ...versions.environments.cache import Entry
from ..options import Options


class EnvOptions(Options, frozen=True, kw_only=True):
    """What `implbench env` can be told."""

    action: Literal["list", "remove"]
    names: tuple[str, ...] = ()
    all: bool = False

    def __post_init__(self) -> None:
        """Raise ImplbenchError unless it is said what to remove."""
        if self.action == "remove" and bool(self.names) == self.all:
            raise ImplbenchError(
                "implbench env remove: name the environments that `implbench env list` shows, or --all"
            )


def command(options: EnvOptions) -> int:
    """Do `implbench env`; see `parser`."""
    found = cache.entries()
    if options.action == "remove":
        found = cache.remove(tuple(one.name for one in found) if options.all else options.names)
    if options.json:
        print(json.dumps([_told(one) for one in found], indent=2))
    elif found:
        terminal.show([Section(title="Environments", tables=(_table(found, removed=options.action == "remove"),))])
    else:
        terminal.say(f"{cache.folder()}: holds no environment")
    return Exit.FINE


def _table(found: Sequence[Entry], *, removed: bool) -> Table:
    return Table(
        name="environments",
        title=f"{'Removed from' if removed else 'In'} {cache.folder()}",
        columns=tuple(
            Column(name=name, header=name, right=name == "size")
            for name in ("name", "for", "Python", "packages", "size", "made")
        ),
        rows=tuple(
            (
                Cell.of(one.name),
                Cell.of(one.kept.title),
                Cell.of(one.kept.python),
                Cell.of(len(one.kept.pins)),
                Cell(value=one.bytes, text=amount(one.bytes, "B")),
                Cell.of(one.kept.made),
            )
            for one in found
        ),
    )


def _told(one: Entry) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.kept.title,
        "python": one.kept.python,
        "packages": list(one.kept.pins),
        "bytes": one.bytes,
        "made": one.kept.made,
        "folder": str(one.folder),
    }
