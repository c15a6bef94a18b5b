"""The expected mistakes: each is one sentence for the user, and carries the exit code it ends in."""

import errno
from collections.abc import Iterable, Sequence
from enum import IntEnum

#: Errors of the system that say that there is no room for a file.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


#: Begins what is said of an error that is nobody's but ours.
OWN_ERROR = "an error of implbench itself"


class Exit(IntEnum):
    """What the exit code of the command says; docs/ci.md has the same table."""

    FINE = 0
    """What was asked for is done; of a gate: no slowdown."""
    REGRESSION = 1
    """HEAD is slower than BASE; or all candidates that were judged are rejected."""
    USAGE = 2
    """What was asked for cannot be done: a mistake that the user can mend."""
    UNDECIDED = 3
    """Undecided, or the machine is too noisy to tell."""
    WRONG = 4
    """An implementation is wrong, failed, vanished, or is not the code that it should be."""
    NOTHING_MEASURED = 5
    """Nothing was measured, or nothing could be compared."""
    INTERNAL = 70
    """An error of implbench itself (EX_SOFTWARE of sysexits.h)."""
    INTERRUPTED = 130
    """Ended by Ctrl-C or SIGTERM."""


class ImplbenchError(Exception):
    """A mistake that the user can mend; its text says what was found, what was expected and what to do."""

    exit_code = Exit.USAGE

    def __init__(self, text: str, *, example: Sequence[str] = ()) -> None:
        """Take a sentence, and lines of code that show what to write."""
        super().__init__(text)
        self.example = tuple(example)


class NothingMeasured(ImplbenchError):
    """No case ended with a time."""

    exit_code = Exit.NOTHING_MEASURED

    def __init__(self, text: str, *, written: str = "", own: bool = False) -> None:
        """Take a sentence, the last that the code at fault wrote to stdout and stderr, and whether that is our own."""
        super().__init__(text)
        self.written = written
        if own:
            self.exit_code = Exit.INTERNAL


class Unavailable(ImplbenchError):
    """What is asked for needs something that is not here."""


class ForeignCode(ImplbenchError):
    """What a side of a comparison loaded is not that side's own code, so that a time of it would say nothing."""

    exit_code = Exit.WRONG


def unknown(kind: str, name: str, valid: Iterable[str]) -> ImplbenchError:
    """Return the error for a name that does not exist, with the names that do."""
    return ImplbenchError(f"unknown {kind} {name!r}: choose from {', '.join(valid) or '(none)'}")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return as in ``; did you mean compare?`` which name is like one that does not exist; nothing where none is."""
    from difflib import get_close_matches  # for a mistake alone

    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
