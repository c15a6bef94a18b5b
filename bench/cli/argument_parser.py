"""How the command line is read: what was not typed is left out, and a mistake is one sentence.

Only the standard library is imported, and little of it, so that ``implbench --help`` answers at once.
"""

import argparse

from ..errors import ImplbenchError, did_you_mean
from . import arguments

TYPE_CHECKING = False  # as typing's, which takes a fifth of the time of --help to import
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NoReturn

    Commands = argparse._SubParsersAction["Parser"]  # noqa: SLF001  # argparse has no public name for it


class Parser(argparse.ArgumentParser):
    """A parser that leaves out what was not typed, and whose errors are those of implbench: one sentence, exit 2."""

    usual = ""
    """The word that is meant before the name of a Python file, where a kind of thing is asked for."""

    def __init__(self, **how: "Any") -> None:
        super().__init__(allow_abbrev=False, argument_default=argparse.SUPPRESS, **how)

    siblings: "Mapping[str, argparse.ArgumentParser] | None" = None
    """Of a command: name -> parser of all commands."""

    def parse_known_args(self, args: "Any" = None, namespace: "Any" = None) -> "Any":
        """Parse the arguments, with the usual word where it was left out, beside what the project asks for."""
        if self.siblings is not None:
            from pathlib import Path

            from .configuration import configure

            configure(self.prog.split()[-1], self.siblings, Path.cwd())
        if self.usual and args and args[0].endswith(".py"):
            args = [self.usual, *args]
        found, unknown = super().parse_known_args(args, namespace)
        if self.siblings is not None and unknown:
            known = [text for action in self._actions for text in action.option_strings]
            meant = did_you_mean(unknown[0].partition("=")[0], known)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return found, unknown

    def error(self, message: str) -> "NoReturn":
        """Raise what the command line ends with, in place of printing the usage."""
        raise ImplbenchError(f"{message} (see: {self.prog} --help)")


def command(commands: "Commands", name: str, says: str, example: str) -> Parser:
    """Return the parser of a command, which is added to others: what it does, and how it may be typed."""
    added = commands.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", epilog=f"example: {example}"
    )
    arguments.manner(added)
    return added
