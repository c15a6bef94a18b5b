"""What a project asks for: defaults of options, in implbench.toml or in the table `tool.implbench` of pyproject.toml.

    [tool.implbench]             # every command that has the option
    margin = "5%"

    [tool.implbench.compare]     # that command alone
    problem = ["rows", "sums"]
    budget = 120
    all = true

    [tool.implbench.benchmarks."rows/loop"]    # the gates of that benchmark alone
    margin = "10%"
    memory-margin = "20%"

A key is the name of a long option, its value what would be typed behind it. What is typed counts more.
"""

import argparse
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from .. import reading
from ..errors import ImplbenchError, did_you_mean
from .version_arguments import Limit

#: A file of a project's settings has at most so many bytes.
LARGEST = 2**20

#: Names of the files, and where in each the table is; the first that is found counts.
FILES: Mapping[str, tuple[str, ...]] = {"implbench.toml": (), "pyproject.toml": ("tool", "implbench")}

#: The table of tables of single benchmarks, by their names.
BENCHMARKS = "benchmarks"

#: A key that TOML takes without quotation marks.
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Table(Struct, frozen=True, kw_only=True):
    """A table of a file."""

    file: Path
    path: tuple[str, ...]
    """Names of the tables that it lies in, and its own."""
    values: Mapping[str, Any]

    def error(self, key: str, why: str) -> ImplbenchError:
        """Return the error for one of its keys."""
        return ImplbenchError(f"{self.file}: {'.'.join(map(_written, (*self.path, key)))}: {why}")

    def below(self, key: str) -> "Table":
        """Return a table in it."""
        return Table(file=self.file, path=(*self.path, key), values=self.values[key])


def configure(command: str, commands: Mapping[str, argparse.ArgumentParser], folder: Path) -> None:
    """Give the parser of a command the defaults that the project asks for.

    Parameters
    ----------
    command
        Its name.
    commands
        Name -> parser of all commands: what none of them has is a mistake.
    folder
        Where the command is typed: the file lies there, or in a folder above.

    Raises
    ------
    ImplbenchError
        If the file cannot be read, or holds a table, key or value that there is not; with the path of the key.
    """
    found = table(folder)
    if found is None:
        return
    named = {name: _options(parser) for name, parser in commands.items()}
    everywhere = {name: action for options in named.values() for name, action in options.items()}
    tables = (*named, BENCHMARKS)
    for key, value in found.values.items():
        if isinstance(value, dict) and key not in tables:
            raise found.error(key, f"there is no such command{did_you_mean(key, tables)}")
        if not isinstance(value, dict) and key not in everywhere:
            raise found.error(key, f"no command has an option --{key}{did_you_mean(key, everywhere)}")
    own = named[command]
    general = {key: value for key, value in found.values.items() if key in own and not isinstance(value, dict)}
    _set(commands[command], own, Table(file=found.file, path=found.path, values=general))
    if command in found.values:
        _set(commands[command], own, found.below(command))
    if BENCHMARKS in found.values:
        limits = {name: one for options in named.values() for name, one in options.items() if isinstance(one, Limit)}
        commands[command].set_defaults(**_of_benchmarks(limits, found.below(BENCHMARKS)))


def table(folder: Path) -> Table | None:
    """Return the settings that hold in a folder, from the nearest file; None where there are none."""
    for place in (folder, *folder.parents):
        for name, path in FILES.items():
            file = place / name
            if file.is_file() and (values := _read(file, path)) is not None:
                return Table(file=file, path=path, values=values)
    return None


def _read(file: Path, path: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return the table at a path in a file, None where it has none."""
    text = reading.contents(file, LARGEST)
    if path and path[-1].encode() not in text:
        return None  # most projects': nothing is said of it, whatever else may be wrong there
    try:
        found: Any = tomllib.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise ImplbenchError(f"{file}: is no TOML: {error}") from error
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if found is not None and not isinstance(found, dict):
        raise ImplbenchError(f"{file}: {'.'.join(path)} is no table")
    return found


def _options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return name of each long option -> what it does."""
    actions = parser._actions  # noqa: SLF001  # argparse has no public list of them
    found = {text.removeprefix("--"): one for one in actions for text in one.option_strings if text.startswith("--")}
    return {name: one for name, one in found.items() if name != "help"}


def _set(parser: argparse.ArgumentParser, options: Mapping[str, argparse.Action], given: Table) -> None:
    for key, value in given.values.items():
        if key not in options:
            raise given.error(key, f"`{parser.prog}` has no option --{key}{did_you_mean(key, options)}")
        if value is not False:
            parser.set_defaults(**{options[key].dest: _value(options[key], value, key, given)})


def _of_benchmarks(limits: Mapping[str, Limit], given: Table) -> dict[str, dict[str, Any]]:
    """Return what a gate takes for each limit: name of a benchmark -> its own."""
    found: dict[str, dict[str, Any]] = {one.own: {} for one in limits.values()}
    for name in given.values:
        if not isinstance(given.values[name], dict):
            raise given.error(name, f"expected a table of the benchmark of that name, with {' or '.join(limits)}")
        benchmark = given.below(name)
        for key, value in benchmark.values.items():
            if key not in limits:
                near = did_you_mean(key, limits)
                raise benchmark.error(key, f"a benchmark has only {' and '.join(limits)} of its own{near}")
            found[limits[key].own][name] = _value(limits[key], value, key, benchmark)
    return found


def _written(key: str) -> str:
    """Return a key as it stands in a file."""
    return key if _BARE.fullmatch(key) else f'"{key}"'


def _value(action: argparse.Action, value: Any, key: str, given: Table) -> Any:
    """Return what an option becomes that is given a value of a file."""
    if action.nargs == 0:
        if value is not True:
            raise given.error(key, "expected true or false")
        return action.const
    texts = list(_texts(value, key, given))
    repeated = isinstance(action, argparse._AppendAction)  # noqa: SLF001  # it has no public name
    meant = [_meaning(action, text, key, given) for text in (texts if repeated else [",".join(texts)])]
    return meant if repeated else meant[0]


def _texts(value: Any, key: str, given: Table) -> Iterator[str]:
    """Yield what would be typed for a value, or for each of a list."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise given.error(key, "expected a text, a number or a list of them, as behind the option")
        yield str(one)


def _meaning(action: argparse.Action, text: str, key: str, given: Table) -> Any:
    convert: Any = action.type or str
    try:
        return convert(text)
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise given.error(key, str(error)) from error
