"""What code wrote last that failed, its traceback among it: on stderr, for who asks for it (`--traceback`)."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..errors import NothingMeasured
from ..report.parts import printable
from ..store.records import Round


def tell(rounds: Sequence[Round]) -> None:
    """Print what was written last by each implementation that has no time, once."""
    written = {worker.arm: worker.output_tail for one in reversed(rounds) for worker in one.workers}
    for name, text in written.items():
        if text:
            _print(name, text)


@contextmanager
def told(*, wanted: bool) -> Iterator[None]:
    """Print the same of a problem that gives no inputs, or nothing that is right for them, if that is wanted."""
    try:
        yield
    except NothingMeasured as error:
        if wanted and error.written:
            _print("inputs and what is right for them", error.written)
        raise


def _print(whose: str, text: str) -> None:
    lines = (f"    {printable(line)}" for line in text.splitlines())
    print("\n".join([f"implbench: {printable(whose)} wrote last:", *lines]), file=sys.stderr, flush=True)
