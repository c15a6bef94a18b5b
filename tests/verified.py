"""A worker, and the process that verifies what it returns, both in the process of a test."""

from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from bench.worker.answers import Answers
from bench.worker.protocol import (
    FIRST,
    LAST,
    BurstTimed,
    Change,
    HandOut,
    InputsWritten,
    Kept,
    Returned,
    Start,
    Started,
    TimeBurst,
    Verify,
    WriteInputs,
)
from bench.worker.task import Task

_NUMBERS = count()

#: Folder of inputs -> who knows what is right for them.
ANSWERS: dict[Path, Answers] = {}


def write_inputs(order: WriteInputs) -> InputsWritten:
    """Have inputs made and written, and remember what is right for them."""
    answers = ANSWERS[order.spec.inputs] = Answers(order)
    return answers.written


class VerifiedBench:
    """Does with a worker what a round does."""

    def __init__(self, order: Start, *, other_version: bool = False) -> None:
        self._other_version = other_version
        self._inputs = order.spec.inputs
        self._name = order.implementation
        self._answers = ANSWERS[self._inputs]
        self._place = self._new()
        self._returned: list[Returned] = []
        self._content = FIRST
        self.doubt: str | None = None
        self.worker = Task(replace(order, kept=self._place, own_clock=True))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.worker, name)

    def start(self) -> Started:
        """Prepare, warm up and verify."""
        started = self.worker.start()
        self._keep(self._place, started.kept, FIRST, first=True)
        self._verify()
        return started

    def burst(self, order: TimeBurst) -> BurstTimed:
        """Time a burst; what one of its calls returns is verified at the end."""
        place = self._new()
        found = self.worker.burst(replace(order, kept=place))
        self._keep(place / str(len(found.discarded)), found.kept, FIRST)
        return found

    def finish(self, *, timed: bool = True) -> SimpleNamespace:
        """Change to other contents, where those so far were timed or not; return the largest errors and the times."""
        place = self._new()
        content = self._answers.hand_out(HandOut(name=LAST, folder=self._new())).content
        found = self.worker.change(Change(content=content, kept=place, timed=timed))
        if timed:
            self._keep(place / "last", found.last, self._content)
        self._content = LAST
        self._keep(place / "first", found.first, LAST, first=True)
        return SimpleNamespace(
            verification=self._verify(),
            met_ns=found.met_ns,
            unmet_ns=found.unmet_ns,
            anew_ns=found.anew_ns,
            copies=found.copies,
        )

    def _new(self) -> Path:
        return self._inputs.with_name(f"{self._inputs.name} {next(_NUMBERS)}")

    def _keep(self, folder: Path, digest: str | None, content: str, *, first: bool = False) -> None:
        assert digest is not None
        self._returned.append(Returned(kept=Kept(folder=folder, digest=digest), content=content, first=first))

    def _verify(self) -> tuple[Any, ...]:
        order = Verify(returned=tuple(self._returned), implementation=self._name, other_version=self._other_version)
        found = self._answers.verify(order)
        self._returned.clear()
        self.doubt = self.doubt or found.doubt
        return found.verification
