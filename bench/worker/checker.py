"""What a worker checks of its own outputs: right for the contents of the inputs, and in memory of their own."""

import contextlib

from ..store.worker_records import Verification
from . import correctness
from .correctness import Outputs
from .inputs import Arena
from .loading import problem_functions
from .outcome import Unfit, judged
from .protocol import CaseSpec


class Checker:
    """Holds outputs against the arena's contents, and remembers the largest errors."""

    def __init__(self, spec: CaseSpec, arena: Arena) -> None:
        self._spec = spec
        self._arena = arena
        self.errors: tuple[Verification, ...] = ()
        """The largest errors so far."""

    def verify(self, outputs: Outputs, content: str) -> None:
        """Check the outputs of a call, and that it left its inputs alone; Unfit where something is wrong."""
        with judged():
            found = self._right(outputs, content)
            originals = self._arena.originals(content)
            correctness.require_unchanged(self._arena.kept, {name: originals[name] for name in self._arena.kept})
            self.require_own_memory(outputs, {})
            self.errors = correctness.worst(self.errors, found)

    def verify_changed(self, outputs: Outputs) -> None:
        """Check the outputs of the first call on contents B: those of contents A are remembered ones."""
        try:
            self.verify(outputs, "b")
        except Unfit as unfit:
            with contextlib.suppress(correctness.Wrong):
                self._right(outputs, "a")
                raise Unfit(
                    "wrong",
                    "gave the answer for the earlier contents of its inputs: the result is remembered, not computed "
                    "(if prepare() copies the inputs, say COPIES_INPUTS = True)",
                ) from unfit
            raise

    def require_own_memory(self, outputs: Outputs, earlier: Outputs) -> None:
        """Raise Wrong if an output lies where it must not; it may lie in an input that may be overwritten."""
        own = correctness.without_memory_of(outputs, self._arena.overwritten)
        correctness.require_own_memory(own, self._arena.kept, earlier)

    def _right(self, outputs: Outputs, content: str) -> tuple[Verification, ...]:
        """Return the errors of the outputs; Wrong where they are not right for that content."""
        found = correctness.check(outputs, *self._arena.expected(content), self._spec.case.dtype)
        if self._arena.accepts:
            accept = problem_functions(self._spec).accept
            if accept:
                correctness.accept(accept, self._arena.originals(content), outputs)
        return found
