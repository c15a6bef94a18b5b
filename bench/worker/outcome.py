"""Around the implementation's own code: what it raises becomes an outcome."""

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import Path

from ..problems.implementation import PACKAGE
from .protocol import WorkerOutcome


class Unfit(Exception):
    """The case cannot go on: its outcome and the reason."""

    def __init__(self, outcome: WorkerOutcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


@contextlib.contextmanager
def judged() -> Iterator[None]:
    """Turn whatever the implementation raises into an outcome with a reason."""
    from .correctness import Wrong

    try:
        yield
    except Unfit:
        raise
    except Wrong as error:
        raise Unfit("wrong", str(error)) from error
    except MemoryError as error:
        raise Unfit("out-of-memory", str(error) or "MemoryError") from error
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        raise Unfit("failed", f"{type(error).__name__}: {error}".strip().splitlines()[0] + where(error)) from error


def where(error: BaseException) -> str:
    """Return file and line of an error, as in `` (fast.py, line 3)``: the user's own, if it came through them."""
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [one for one in frames if str(one[0].f_globals.get("__name__")).startswith(PACKAGE)]
    frame, line = (own or frames)[-1]
    return f" ({Path(frame.f_code.co_filename).name}, line {line})"
