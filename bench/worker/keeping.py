"""What a call returns, looked at and written to files at once: nothing that its code does later changes it unseen."""

import mmap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from ..machine import usage
from .outcome import held_against
from .outputs import Outputs
from .values import structure
from .values.leaves import Leaf, Leaves, Numbers
from .values.stored import save_leaves

#: Folder of what is for the problem's own test, beside the leaves.
FOR_TEST = "for_test"

#: A first look has found work that was put off where it took so many times as long as a second, and so much longer.
#: Code that is in no cache, and pages of a result that nobody has touched, make it up to six times as long (0.2 ms).
PUT_OFF, SHORTEST_PUT_OFF_NS = 10, 200_000

#: A first copy of its arrays, which runs less code, has found it where that took so much longer than memory takes which
#: nobody has touched yet, and as many times as long; of the slowest memory so many ns a byte. One copy in 400 was 0.03
#: to 0.06 ms longer on a virtual machine, whose hypervisor took that.
SHORTEST_PUT_OFF_IN_COPY_NS, SLOWEST_NS = 100_000, 2

#: Copies begin at multiples of so many bytes.
_ALIGNMENT = 64


class Look(Struct, frozen=True, kw_only=True):
    """What a call has returned, taken apart."""

    leaves: Leaves
    whole: Leaves | None
    """The same as it was returned, for the problem's own test; None where it has none."""

    @property
    def room(self) -> int:
        """How many bytes a copy of its arrays takes."""
        both = *self.leaves.values(), *(self.whole or {}).values()
        return sum(_room(leaf.array) for leaf in both if isinstance(leaf, Numbers))


def look(given: Outputs, leaves: Leaves, *, tested: bool) -> Look:
    """Return a look at what a call has returned.

    Parameters
    ----------
    given
        Name -> value.
    leaves
        The same, taken apart.
    tested
        Whether the problem has a test of its own, which is given the values as they were returned.

    Raises
    ------
    Unfit
        If something cannot be handed to that.
    """
    with held_against():
        return Look(leaves=leaves, whole=structure.written(dict(given)) if tested else None)


def keep(folder: Path, seen: Look) -> str:
    """Write what was seen to a new folder; return its digest."""
    digest = save_leaves(folder, seen.leaves)
    return digest if seen.whole is None else digest + save_leaves(folder / FOR_TEST, seen.whole)


def _room(array: np.ndarray) -> int:
    return array.nbytes + -array.nbytes % _ALIGNMENT


class Place:
    """Memory for a copy of what is seen: it is there before, and apart from the heap, which stays as it is."""

    def __init__(self, room: int, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._memory = np.frombuffer(mmap.mmap(-1, max(1, room)), np.uint8)
        self._memory.fill(1)  # it is given its pages now
        self._used = 0
        self._clock = clock
        self.copying_ns = 0
        """How long the last copies into it took."""

    @property
    def slowest_ns(self) -> int:
        """How long they take at most, whatever the memory is."""
        return SLOWEST_NS * self._used

    def copied(self, seen: Look) -> Look:
        """Return a copy, which lasts until the next one; arrays that find no room get memory of their own."""
        self._used = self.copying_ns = 0
        whole = None if seen.whole is None else self._leaves(seen.whole)
        return Look(leaves=self._leaves(seen.leaves), whole=whole)

    def _leaves(self, leaves: Leaves) -> dict[str, Leaf]:
        return {
            path: Numbers(array=self._array(leaf.array), typed=leaf.typed) if isinstance(leaf, Numbers) else leaf
            for path, leaf in leaves.items()
        }

    def _array(self, array: np.ndarray) -> np.ndarray:
        start, self._used = self._used, self._used + _room(array)
        if not array.nbytes or self._used > self._memory.nbytes:
            return np.array(array, order="C")
        copy = np.ndarray(array.shape, array.dtype, self._memory, start)
        started = self._clock()
        np.copyto(copy, array)
        self.copying_ns += self._clock() - started
        return copy


class Keeping:
    """Keeps what a call has returned as it is when the call has just ended, and knows what that took.

    Work that is put off until somebody looks is done by the end of the first look, or is not seen. So the first look,
    from the end of the call on, is timed beside a second. Until it is over nothing releases the GIL: who
    would compute the result there comes too late.
    """

    def __init__(
        self,
        look_at: Callable[[Any], Look],
        folder: Path | None,
        *,
        room: int,
        clock: Callable[[], int],
        waited_ns: Callable[[], int],
    ) -> None:
        """Set up the place.

        Parameters
        ----------
        look_at
            Takes apart what a call has returned.
        folder
            A new one, to keep it in; None where nothing is to be kept.
        room
            How many bytes a copy probably takes.
        clock
            Shows ns, as that of the sample does.
        waited_ns
            How long this thread could have computed but other processes had the CPU, so far.
        """
        self._look_at, self._folder = look_at, folder
        self._place = Place(room if folder else 0, clock)
        self._clock, self._waited_ns = clock, waited_ns
        self._first_ns = self._second_ns = self._waited_before_ns = 0
        self._copying_ns = self._copying_again_ns = 0
        self.digest: str | None = None
        self.used = usage.NOTHING

    def begin(self) -> None:
        """Take note of how long others had the CPU so far, as calls are about to be timed: to look releases the GIL."""
        self._waited_before_ns = self._waited_ns()

    def __call__(self, result: Any, ended_ns: int) -> None:
        """Keep it, and note its digest."""
        before = usage.read()
        seen = self._place.copied(self._look_at(result))
        first_ns = self._clock() - ended_ns
        waited_ns = max(0, self._waited_ns() - self._waited_before_ns)
        self._first_ns, self._copying_ns = first_ns - waited_ns, self._place.copying_ns - waited_ns
        self.digest = keep(self._folder, seen) if self._folder else None
        if self._first_ns >= SHORTEST_PUT_OFF_NS or self._copying_ns >= SHORTEST_PUT_OFF_IN_COPY_NS:
            started = self._clock()
            self._place.copied(self._look_at(result))
            self._second_ns = self._clock() - started
            self._copying_again_ns = min(self._place.copying_ns, self._place.slowest_ns)
        self.used = usage.read().since(before)

    def contradiction(self, call_ns: float) -> str | None:
        """Return how what was seen contradicts that a call was over when the clock was stopped; None if it does not.

        Parameters
        ----------
        call_ns
            How long a call took by the clock: who gains nothing by it has put nothing off.
        """
        looks = "look at it", self._first_ns, self._second_ns, SHORTEST_PUT_OFF_NS
        copies = "copy of it", self._copying_ns, self._copying_again_ns, SHORTEST_PUT_OFF_IN_COPY_NS
        for what, first_ns, second_ns, shortest_ns in (looks, copies):
            if first_ns - second_ns >= max(shortest_ns, call_ns) and first_ns >= PUT_OFF * second_ns:
                first_ms, second_ms, call_ms = (f"{ns / 1e6:.3g} ms" for ns in (first_ns, second_ns, call_ns))
                return (
                    f"its result was computed when the clock had stopped: the first {what} took {first_ms}, "
                    f"the second {second_ms}, and a call {call_ms}"
                )
        return None
