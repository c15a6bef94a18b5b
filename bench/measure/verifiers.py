"""The processes that know what is right: one for each folder of inputs, apart from all that is measured.

Each makes the inputs of its folder, lives as long as the run, is stopped while nobody asks it, and alone ever holds a
right answer. If it dies over what a worker has returned, that is the worker's outcome, and it is made anew.
"""

import compileall
import secrets
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..errors import ForeignCode
from ..worker.protocol import (
    Answer,
    Awake,
    CaseSpec,
    Content,
    HandedOut,
    HandOut,
    InputsWritten,
    Order,
    Verified,
    Verify,
    Wake,
    WriteInputs,
)
from .ended import Ended
from .group import Source
from .untouched import Untouched
from .worker_process import WorkerProcess
from .worker_start import Conditions

#: The harness itself.
PACKAGE = Path(__file__).resolve().parents[1]

#: Seeds of contents that nobody is to know beforehand are drawn from so many.
MOST_DRAWN = 10**6

#: Making inputs and what is right for them may take so many times as long as another step of a worker.
PATIENCE = 10


class _Verifier(Struct, kw_only=True):
    """The one of a folder."""

    process: WorkerProcess
    conditions: Conditions
    order: WriteInputs
    name: str
    written: InputsWritten | None = None
    made: int = 0
    """How often it was made anew."""


#: Folder of inputs -> its verifier: whoever measures on inputs finds it, whichever executor has had them made.
_KNOWN: dict[Path, _Verifier] = {}


class Verifiers:
    """Those that one executor has made, and how any is asked."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._own: list[_Verifier] = []
        self._starter = ThreadPoolExecutor(max_workers=1)
        self.start_s: float | None = None
        """The shortest time in which a process had loaded what all load; None before there was one."""
        self.untouched = Untouched()
        """The code, of the harness and of all that is measured, and the inputs."""
        if not sys.dont_write_bytecode:
            compileall.compile_dir(PACKAGE, quiet=2)  # or the first worker after an update would write what must stay
        self.untouched.add_code(PACKAGE.rglob("*.py"))

    def make(self, spec: CaseSpec, source: Source, conditions: Conditions, *, seed: int) -> InputsWritten:
        """Have the inputs of a case made, by a process that then knows what is right for them; Ended if none are.

        Parameters
        ----------
        spec
            The case, with a new folder for its inputs.
        source
            The problem that makes them.
        conditions
            Under which the process is started.
        seed
            Of those that every worker begins with.
        """
        problem = source.problem
        self.untouched.add_code(problem.files)
        self.untouched.add_interpreter(source.environment.python)
        order = WriteInputs(
            spec=spec,
            seed=seed,
            other_data=problem.data[-1],
            baseline=problem.baseline,
            drawn=secrets.randbelow(MOST_DRAWN),
        )
        began_s = time.monotonic()
        process = self._started(conditions)
        one = _Verifier(process=process, conditions=conditions, order=order, name=spec.case.problem)
        _KNOWN[spec.inputs] = one
        self._own.append(one)
        try:
            self._asked(one, Wake(), Awake, PATIENCE * self._timeout_s)
            took_s = time.monotonic() - began_s
            self.start_s = took_s if self.start_s is None else min(self.start_s, took_s)
            one.written = self._written(one, order)
        except BaseException as error:
            one.process.kill()
            if isinstance(error, Ended):
                error.written = one.process.output_tail
            raise
        self.untouched.add(spec.inputs)
        return one.written

    def is_replaceable(self, folder: Path) -> bool:
        """Return whether there are contents to time on, which can take the place of the first."""
        one = _KNOWN.get(folder)
        return one is not None and one.written is not None and one.written.replaceable

    def hand_out(self, folder: Path, name: str, place: Path) -> Content:
        """Have contents written to a new place, for workers; Ended if that fails."""
        order = HandOut(name=name, folder=place)
        return self._asked(self._alive(folder), order, HandedOut, self._timeout_s).content

    def verify(self, folder: Path, order: Verify) -> Verified:
        """Return how far off, and how good, it is what a worker's calls returned; Ended where something is wrong."""
        timeout_s = self._timeout_s * max(1, len(order.returned))
        return self._asked(self._alive(folder), order, Verified, timeout_s)

    def abandon(self) -> None:
        """End them all, from another thread than those that wait for inputs."""
        for one in list(self._own):
            one.process.kill()

    def close(self) -> None:
        """End them all in good order."""
        for one in self._own:
            _KNOWN.pop(one.order.spec.inputs, None)
            if not one.process.ended:
                one.process.resume()
                one.process.end()
        self._starter.shutdown()

    def _started(self, conditions: Conditions) -> WorkerProcess:
        """Start a process, from a thread that lives as long as it may: the system ends it with that thread."""
        return self._starter.submit(WorkerProcess, conditions).result()

    def _alive(self, folder: Path) -> _Verifier:
        """Return the verifier of a folder, made anew where it has died."""
        one = _KNOWN[folder]
        if one.process.ended:
            one.made += 1
            spec = replace(one.order.spec, inputs=folder.with_name(f"{folder.name}-{one.made}"))
            one.process = self._started(one.conditions)
            self._written(one, replace(one.order, spec=spec))
        return one

    def _written(self, one: _Verifier, order: WriteInputs) -> InputsWritten:
        """Have inputs made.

        Of two versions each call of the baseline, on one thread here, has the time that a worker has for it. Elsewhere
        others may be measured though the baseline, which tells what is right, takes longer.
        """
        call_s = self._timeout_s * min(order.spec.case.threads or 1, PATIENCE) if one.conditions.own else None
        return self._asked(one, order, InputsWritten, PATIENCE * self._timeout_s, call_s=call_s)

    def _asked(
        self, one: _Verifier, order: Order, expected: type[Answer], timeout_s: float, *, call_s: float | None = None
    ) -> Answer:
        one.process.resume()
        try:
            return asked(one.process, one.name, order, expected, timeout_s, call_s=call_s)
        finally:
            if not one.process.ended:
                one.process.pause()


def asked(
    process: WorkerProcess,
    name: str,
    order: Order,
    expected: type[Answer],
    timeout_s: float,
    *,
    call_s: float | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Answer:
    """Return what a worker replies; ForeignCode, with the name of its case, where it has loaded that."""
    try:
        return process.ask(order, expected, timeout_s, call_s=call_s, meanwhile=meanwhile)
    except ForeignCode as error:
        raise ForeignCode(f"{name}: {error}") from error
