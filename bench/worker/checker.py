"""What a worker checks of its own outputs: right for the contents of the inputs, and in memory of their own."""

from collections.abc import Mapping

from ..store.worker_records import Verification
from . import correctness, outputs
from .inputs import Arena
from .loading import problem_functions
from .originals import Originals
from .outcome import Unfit, held_against
from .outputs import RESULT, Arrays, Outputs
from .protocol import CaseSpec
from .values.digest import changed
from .values.leaves import Leaf


class Checker:
    """Holds outputs against what is right for the arena's contents, and remembers the largest errors."""

    def __init__(self, spec: CaseSpec, arena: Arena, originals: Originals) -> None:
        self._spec = spec
        self._arena = arena
        self._originals = originals
        self._making = originals.making
        self._judged = self._making.accepts or self._making.compares
        self.errors: tuple[Verification, ...] = ()
        """The largest errors so far."""

    def verify(self, given: Outputs, content: str) -> Arrays:
        """Check the outputs of a call, and that it left its inputs alone; Unfit where something is wrong.

        Returns
        -------
        dict
            Path -> array of those that must lie in memory of their own.
        """
        with held_against():
            leaves = outputs.leaves_of(given, judged=self._judged)
            found = self._right(given, leaves, content)
            kept, before = self._arena.kept, self._originals.in_files(content)
            correctness.require_unchanged(kept, {name: before[name] for name in kept if name in before})
            own = self.require_own_memory(leaves, {})
            self.errors = correctness.worst(self.errors, found)
        used_up = None if self._arena.renews else changed(self._arena.digests, self._arena.inputs)
        if used_up:
            raise Unfit("wrong", correctness.changed(used_up, is_array=False))
        return own

    def verify_later(self, given: Outputs, content: str) -> None:
        """Check the outputs of a later call on the same contents: what the first one gave was right."""
        try:
            self.verify(given, content)
        except Unfit as unfit:
            raise Unfit(unfit.outcome, f"a later call gave another result than the first: {unfit.reason}") from unfit

    def verify_changed(self, given: Outputs) -> None:
        """Check the outputs of the first call on contents B: those of contents A are remembered ones."""
        try:
            self.verify(given, "b")
        except Unfit as unfit:
            if not self._is_remembered(given):
                raise
            raise Unfit(
                "wrong",
                "gave the answer for the earlier contents of its inputs: the result is remembered, not computed "
                "(if prepare() copies the inputs, say COPIES_INPUTS = True)",
            ) from unfit

    def _is_remembered(self, given: Outputs) -> bool:
        """Return whether outputs are right for contents A."""
        try:
            with held_against():
                self._right(given, outputs.leaves_of(given, judged=self._judged), "a")
        except Unfit:
            return False
        return True

    def leaves(self, given: Outputs) -> Mapping[str, Leaf]:
        """Return the outputs of a call, taken apart."""
        with held_against():
            return outputs.leaves_of(given, judged=self._judged)

    def require_own_memory(self, leaves: Mapping[str, Leaf], earlier: Arrays) -> Arrays:
        """Return the arrays of outputs; Wrong if one lies where it must not.

        It may lie in an input that may be overwritten, and a result that is taken as it is returned in any input.
        """
        arrays = outputs.arrays_in(leaves)
        free = self._arena.overwritten if self._spec.outputs else self._arena.inputs
        own = outputs.without_memory_of(arrays, free)
        outputs.require_own_memory(own, self._arena.kept, earlier)
        return own

    def _right(self, given: Outputs, leaves: Mapping[str, Leaf], content: str) -> tuple[Verification, ...]:
        """Return the errors of the outputs; Wrong where they are not right for that content."""
        expected = self._originals.expected(content)
        found = correctness.check(leaves, expected) if expected else ()
        if not self._judged:
            return found
        problem = problem_functions(self._spec)
        bare = not self._spec.outputs and list(given) == [RESULT]
        if problem.same:
            from .baseline import Baseline  # only here is more than files needed
            from .expecting import Expecting

            baseline = Baseline(self._spec, problem, self._making.baseline)
            right = Expecting(self._spec, problem, baseline).result(self._originals(content))
            pair = (right.get(RESULT), given[RESULT]) if bare else (right, given)
            correctness.accept(problem.same, *pair, name="same")
        if problem.accept:
            correctness.accept(problem.accept, self._originals(content), given[RESULT] if bare else given)
        return found
