"""What one evaluation does, explained apart from any timing; for a worker whose bursts are over."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from ..machine import threads
from ..problems import sources
from . import input_files, line_profiling, numpy_calls, profiling, unit_costs
from .inputs import Arena
from .protocol import CaseSpec
from .untimed import Counted, Part

#: What takes longer to prepare and to call first is not prepared for another size.
LONGEST_READY_NS = 1_000_000_000


class Explaining(Struct, frozen=True, kw_only=True):
    """One evaluation, of which each part is seen apart."""

    step: Callable[[], Any]
    renew: Callable[[], None]
    """What is done before each."""
    arena: Arena
    """The inputs."""
    spec: CaseSpec
    prepare: Callable[[Mapping[str, Any]], Any] | None
    """Makes a step of inputs; None: it computes in another program."""
    ready_ns: int
    """How long that and the first call took."""
    fresh: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None
    """Gives a call what it may use up."""

    def part(self, part: Part) -> Counted:
        """Profile, see what NumPy is called for or measure what that costs; None is what cannot be seen.

        Page faults are counted in the bursts; here the calls' times are to be without them.
        """
        threads.retain_memory()
        if part == "costs":
            return self._costs()
        with contextlib.suppress(Exception):
            if part == "calls":
                return self._calls()
            if self.prepare is not None:
                return self._lines() if part == "lines" else self._functions()
        return Counted()

    def _costs(self) -> Counted:
        """Measure what things cost, and the smallest size, unless that takes long to get ready."""
        smallest_ns = None
        if self.prepare and self.ready_ns < LONGEST_READY_NS and not self.fresh and not sources.calls.here():
            with contextlib.suppress(Exception):
                smallest_ns = unit_costs.evaluation_ns(self.prepare(input_files.smallest_inputs(self.spec)))
        return Counted(
            costs=unit_costs.measured(self.spec.case.dtype, max(self._sizes, default=0)), smallest_ns=smallest_ns
        )

    def _calls(self) -> Counted:
        """See what it calls NumPy for; what a closure holds, which other code has made, cannot be seen."""
        led = sources.calls.here()
        prepare = led.prepare if led else self.prepare
        if self.prepare is None or prepare is None or (led and not self._sizes):
            return Counted()
        return Counted(calls=numpy_calls.observed(prepare, self._inputs, self.arena.restore, self.fresh))

    def _functions(self) -> Counted:
        """See in which functions its time goes."""
        return Counted(functions=profiling.profiled(self.step, self.renew, self._folders))

    def _lines(self) -> Counted:
        """See in which lines that is."""
        found = line_profiling.profiled_lines(self.step, self.renew, self._folders)
        return Counted(lines=found.lines, lines_watched=found.watched) if found else Counted()

    @property
    def _folders(self) -> tuple[Path, ...]:
        """Where the user's own code lies."""
        return self.spec.folder, *self.spec.path

    @property
    def _inputs(self) -> dict[str, Any]:
        """What it is given; of a call that other code leads to, what that is."""
        led = sources.calls.here()
        return led.operands if led else dict(self.arena.inputs)

    @property
    def _sizes(self) -> list[int]:
        """Numbers in each array of that."""
        return [value.size for value in self._inputs.values() if isinstance(value, np.ndarray)]
