"""What a worker sees of the outputs of its own calls: in memory of their own, and no input changed.

Whether they are right is for another process to say (`answers`).
"""

from collections.abc import Mapping

from . import correctness, outputs
from .inputs import Arena
from .originals import Originals
from .outcome import Unfit, Wrong, held_against
from .outputs import Arrays, Outputs
from .protocol import CaseSpec
from .sharing import arrays_within, shared_inputs
from .values.digest import changed, difference
from .values.leaves import Leaf


class Checker:
    """Looks at outputs beside the inputs that they are of."""

    def __init__(self, spec: CaseSpec, arena: Arena, originals: Originals) -> None:
        self._spec = spec
        self._arena = arena
        self._originals = originals
        self._judged = originals.making.judges
        self._shares: set[str] = set()

    @property
    def shares(self) -> tuple[str, ...]:
        """Of which inputs the results so far were a part, or lay in the memory."""
        return tuple(sorted(self._shares))

    def look(self, leaves: Mapping[str, Leaf]) -> Arrays:
        """See that a call left its inputs alone and handed out memory of its own; Unfit where it did not.

        Returns
        -------
        dict
            Path -> array of those that must lie in memory of their own.
        """
        with held_against():
            kept, before = self._arena.kept, self._originals.in_files(self._arena.content)
            correctness.require_unchanged(kept, {name: before[name] for name in kept if name in before})
            own = self.require_own_memory(leaves, {})
        used_up = None if self._arena.renews else changed(self._arena.digests, self._arena.inputs)
        if used_up:
            before = self._originals(self._arena.content)[used_up]
            path, was_added = difference(before, self._arena.inputs[used_up]) or ("", False)
            raise Unfit("wrong", correctness.used_up(used_up, path, was_added=was_added))
        return own

    def require_apart(self, own: Arrays, copies: Arrays) -> None:
        """See that what a call has handed out does not change with its inputs, wherever it lies; Unfit if it does."""
        with self._arena.inverted():
            moved = next((path for path, array in own.items() if not correctness.same(array, copies[path])), None)
        if moved:
            raise Unfit("wrong", f"{moved} changes with the inputs: it lies in their memory, mapped to other addresses")

    def look_again(self, leaves: Mapping[str, Leaf], earlier: Arrays, copies: Arrays) -> None:
        """See that a second call left alone what the first has handed out; Unfit where it did not."""
        with held_against():
            self.require_own_memory(leaves, earlier)
            for path, array in earlier.items():
                if not correctness.same(array, copies[path]):
                    raise Wrong(f"a second call changed the first call's {path}")

    def looked(self, given: Outputs) -> Mapping[str, Leaf]:
        """Return the outputs of a call, taken apart, and note what they share with the inputs."""
        leaves = self.leaves(given)
        self._shares |= shared_inputs(given, outputs.arrays_in(leaves), self._arena.kept)
        return leaves

    def leaves(self, given: Outputs) -> Mapping[str, Leaf]:
        """Return the outputs of a call, taken apart."""
        with held_against():
            return outputs.leaves_of(given, judged=self._judged)

    def require_own_memory(self, leaves: Mapping[str, Leaf], earlier: Arrays) -> Arrays:
        """Return the arrays of outputs; Wrong if one lies where it must not.

        It may lie in an input that may be overwritten, and a result that is taken as it is returned in any input.
        """
        arrays = outputs.arrays_in(leaves)
        free = self._arena.overwritten.values() if self._spec.outputs else arrays_within(self._arena.inputs)
        own = outputs.without_memory_of(arrays, free)
        outputs.require_own_memory(own, self._arena.kept, earlier)
        if self._spec.outputs:
            outputs.require_elements(own)
        return own
