"""Runs of many cases, or of many rounds, on a simulated machine that keeps nothing but what the parent keeps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from bench.measure.backends import Backend
from bench.measure.progress import Progress
from bench.store.documents import JOURNAL, encoded
from bench.store.records import Round
from tests.simulated import SimulatedExecutor, Simulation

PROBLEM = '''"""Sums of squares."""

SIZES = {"M": {"n": 1000}}
DEFAULT_SIZE = "M"
DATA = ("whole",)
BASELINE = "impl_0000"
OUTPUTS = ("total",)


def inputs(size, dtype, data, seed):
    return {"values": list(range(size["n"]))}


def reference(inputs):
    return {"total": sum(value * value for value in inputs["values"])}
'''

IMPLEMENTATION = '''"""Sum {place}."""


def prepare(inputs):
    values = inputs["values"]
    return lambda: sum(value * value for value in values)
'''


def many(folder: Path, count: int) -> Path:
    """Write a problem of so many implementations; return its folder."""
    folder.mkdir()
    (folder / "problem.py").write_text(PROBLEM)
    for place in range(count):
        (folder / f"impl_{place:04}.py").write_text(IMPLEMENTATION.format(place=place))
    return folder


class Received(Simulation):
    """A machine whose records come as those of real workers do, out of messages, and which takes no notes itself."""

    def say(self, doing: str) -> None:
        """Take no note."""

    def backend(self) -> Backend:
        """Return what Runner takes."""

        def made(*, timeout_s: float, tell: Callable[[str], None], untimed: Any = None, **_: Any) -> "_Receiving":
            return _Receiving(self, timeout_s=timeout_s, tell=tell, untimed=untimed)

        return replace(super().backend(), executor=made)


class _Receiving(SimulatedExecutor):
    """Holds rounds, and gives what a message makes of their records."""

    def round(self, *given: Any, **more: Any) -> Round:
        """Hold a round."""
        found = msgspec.json.decode(encoded(super().round(*given, **more)), type=Round)
        self._machine.held[-1] = found
        return found


class Growth(Struct, kw_only=True):
    """Listens to a run; at the beginning of some rounds it takes its memory and the length of its journal."""

    results: Path
    at: tuple[int, ...]
    """Rounds."""
    memory: Callable[[], int]
    """Gives bytes."""
    taken: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Round -> bytes of memory, and of the journal."""

    def __call__(self, now: Progress) -> None:
        """Look, if it is time."""
        if now.rounds_done in self.at and now.rounds_done not in self.taken:
            (journal,) = self.results.glob(f"*{JOURNAL}")
            self.taken[now.rounds_done] = self.memory(), journal.stat().st_size

    def between(self, first: int, last: int) -> tuple[float, float]:
        """Return by how many bytes memory and journal grow in each round."""
        (old, shorter), (new, longer) = self.taken[first], self.taken[last]
        return (new - old) / (last - first), (longer - shorter) / (last - first)
