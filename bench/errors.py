"""The expected mistakes: each is one sentence for the user, and carries the exit code it ends in."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of the command says."""

    FINE = 0
    REGRESSION = 1
    USAGE = 2
    UNDECIDED = 3
    WRONG = 4
    NOTHING_MEASURED = 5
    INTERRUPTED = 130


class ImplbenchError(Exception):
    """A mistake that the user can mend; its text says what was found, what was expected and what to do."""

    exit_code = Exit.USAGE


class NothingMeasured(ImplbenchError):
    """No case ended with a time."""

    exit_code = Exit.NOTHING_MEASURED


def unknown(kind: str, name: str, valid: Iterable[str]) -> ImplbenchError:
    """Return the error for a name that does not exist, with the names that do."""
    return ImplbenchError(f"unknown {kind} {name!r}: choose from {', '.join(valid) or '(none)'}")
