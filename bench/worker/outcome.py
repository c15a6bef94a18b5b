"""Around the implementation's own code: what it raises becomes an outcome."""

import contextlib
import functools
import site
import sysconfig
import traceback
import types
from collections.abc import Iterator
from pathlib import Path

from ..store.worker_records import WorkerOutcome

#: A reason has at most so many characters: what is left out of it is in the middle.
LONGEST_REASON = 300

#: What is said first of a result that differs from that of another version, neither of which is known to be right.
OF_ANOTHER_VERSION = "held against that of the other version: "

#: What cloudpickle says of a function that it sent, in the place of its file.
_SENT = "<dynamic-code>"

_PACKAGE = __name__.rpartition(".worker")[0]

_HARNESS = Path(__file__).resolve().parents[1]


class Unfit(Exception):
    """The case cannot go on: its outcome and the reason."""

    def __init__(self, outcome: WorkerOutcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = shortened(reason)


class Wrong(Exception):
    """The implementation did not do what the problem asks; the text says what was found and what was expected."""


@contextlib.contextmanager
def judged(whose: str = "") -> Iterator[None]:
    """Turn whatever the code of a user raises into an outcome with a reason.

    Parameters
    ----------
    whose
        Comes before the reason, where the code is not the implementation's own.
    """
    try:
        yield
    except Unfit:
        raise
    except Wrong as error:
        raise Unfit("wrong", f"{whose}{error}") from error
    except MemoryError as error:
        raise Unfit("out-of-memory", f"{whose}{str(error) or 'MemoryError'}") from error
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        told = f"{type(error).__name__}: {error}".strip().splitlines()[0].rstrip(": ")
        raise Unfit("failed", shortened(whose + told, LONGEST_REASON - 60) + where(error)) from error


@contextlib.contextmanager
def held_against() -> Iterator[None]:
    """Turn what is wrong with outputs into an outcome; an error of the harness passes through, for it is none."""
    from .values.leaves import Unreadable

    try:
        yield
    except (Wrong, Unreadable) as error:
        raise Unfit("wrong", str(error)) from error


def shortened(text: str, longest: int = LONGEST_REASON) -> str:
    """Return text with its middle left out, where it is too long."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[: longest - 1 - half]}…{text[-half:]}"


def where(error: BaseException) -> str:
    """Return file and line of an error, as in `` (fast.py, line 3)``: the last of the user's own; empty if none is.

    What was sent from a program or a notebook has no file: its function is named, as in `` (in fast, line 3)``.
    """
    own = [one for one in traceback.walk_tb(error.__traceback__) if _is_own(one[0])]
    if not own:
        return ""
    frame, line = own[-1]
    code = frame.f_code
    return f" ({f'in {code.co_name}' if code.co_filename == _SENT else Path(code.co_filename).name}, line {line})"


def _is_own(frame: types.FrameType) -> bool:
    """Return whether the code that a frame runs is the user's own."""
    if frame.f_code.co_filename == _SENT:
        return not str(frame.f_globals.get("__name__")).startswith(f"{_PACKAGE}.")
    return is_users(frame.f_code.co_filename)


def is_users(file: str) -> bool:
    """Return whether a file is neither Python's, nor an installed package's, nor the harness's."""
    if not Path(file).is_absolute():
        return file.endswith(".py")
    place = Path(file).resolve()
    if place.is_relative_to(_HARNESS):
        return place.is_relative_to(_HARNESS / "probes")
    return not any(place.is_relative_to(folder) for folder in _installed())


@functools.cache
def _installed() -> tuple[Path, ...]:
    """Return the folders of Python's own modules and of installed packages."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = [*(sysconfig.get_path(name) for name in names), *site.getsitepackages(), site.getusersitepackages()]
    return tuple(Path(one).resolve() for one in found)
