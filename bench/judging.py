"""Around the implementation's own code: what it raises becomes an outcome, and the collector stays off."""

import contextlib
import gc
import traceback
from collections.abc import Iterator
from pathlib import Path


class Unfit(Exception):
    """The case cannot go on: its outcome and the reason."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


@contextlib.contextmanager
def judged() -> Iterator[None]:
    """Turn whatever the implementation raises into an outcome with a reason."""
    from .verify import Wrong

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
        line = traceback.extract_tb(error.__traceback__)[-1]
        where = f" ({Path(line.filename).name}, line {line.lineno})"
        raise Unfit("failed", f"{type(error).__name__}: {error}".strip().splitlines()[0] + where) from error


@contextlib.contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector off, as timeit does."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
