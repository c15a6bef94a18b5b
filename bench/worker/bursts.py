"""Times bursts of calls, the collector off: once more where one contradicts itself; what one call returned is kept."""

import gc
from collections.abc import Callable
from typing import Any

from ..machine import usage
from ..machine.collector import collector_off
from ..machine.threads import Guard
from ..store.worker_records import Burst, DiscardedBurst
from . import correctness
from .inputs import Arena
from .integrity import Integrity
from .keeping import Keeping, Look
from .outcome import Unfit, judged
from .prepared import Prepared
from .protocol import BurstTimed, TimeBurst

#: A burst that contradicts itself, or the threads asked for, is timed again; so many in a row end the case.
MOST_CONTRADICTIONS = 3


class Bursts:
    """Of one implementation, once it is prepared."""

    def __init__(
        self, prepared: Prepared, arena: Arena, look_at: Callable[[Any], Look], *, guard: Guard, integrity: Integrity
    ) -> None:
        """Take `look_at`, which takes apart what a call has returned."""
        self._prepared = prepared
        self._arena = arena
        self._look_at = look_at
        self._guard = guard
        self._integrity = integrity
        self._wall_ns = prepared.wall_ns

    def timed(self, order: TimeBurst, room: int) -> BurstTimed:
        """Time a burst, collector collected and off.

        One that contradicts itself or the threads is timed again, for clocks err; three end the case.
        ``longer`` is how many calls a sample should have, if these were too few.

        Parameters
        ----------
        order
            What is to be timed, and where something of it is kept, if it is.
        room
            How many bytes a copy of what a call returns takes, as far as is known.
        """
        began = self._wall_ns()
        discarded: list[DiscardedBurst] = []
        while True:
            burst, contradiction, kept = self._burst(order, len(discarded), room)
            if changed := self._arena.changed():
                raise Unfit("wrong", correctness.changed(changed))
            self._integrity.require_unseen()
            if contradiction is None:
                longer = self._prepared.sampler.longer(order.number, min(burst.sample_ns))
                took_ns = self._wall_ns() - began
                return BurstTimed(burst=burst, discarded=tuple(discarded), longer=longer, took_ns=took_ns, kept=kept)
            if len(discarded) == MOST_CONTRADICTIONS - 1:
                raise Unfit(contradiction.outcome, f"{contradiction.reason} (and in {len(discarded)} more before it)")
            discarded.append(DiscardedBurst(burst=burst, reason=contradiction.reason))

    def _burst(self, order: TimeBurst, attempt: int, room: int) -> tuple[Burst, Unfit | None, str | None]:
        """Return what a burst took, what contradicts that, and the digest of what was kept of it."""
        with judged(), usage.waiting() as waited_ns:
            folder = order.kept / str(attempt) if order.kept else None
            others_ns = lambda: waited_ns() - usage.beside_ns()  # noqa: E731  # a thread of its own is no other process
            keeping = Keeping(self._look_at, folder, room=room, clock=self._wall_ns, waited_ns=others_ns)
            gc.collect()
            with collector_off():
                before, waited, beside_ns = usage.read(), waited_ns(), usage.beside_ns()
                started = self._wall_ns()
                sampler, take = self._prepared.sampler, keeping if folder else None
                durations = sampler.samples(order.number, order.samples, take, keeping.begin)
                ended = self._wall_ns()
                used = usage.read().since(before).without(keeping.used)
                computed_ns = used.cpu_ns + beside_ns - usage.beside_ns()  # so long at least, whatever others did
                passed_ns = max(computed_ns, ended - started - keeping.used.wall_ns - (waited_ns() - waited))
        burst = Burst(
            pass_index=order.pass_index,
            position=order.position,
            start_ns=started,
            number=order.number,
            sample_ns=tuple(durations),
            cpu_ns=used.cpu_ns,
            minor_faults=used.minor_faults,
            involuntary_switches=used.involuntary_switches,
        )
        if said := self._guard.contradiction(used):
            return burst, Unfit("failed", said), keeping.digest
        if self._prepared.clock is self._wall_ns:
            said = self._prepared.sampler.contradiction(durations, passed_ns)
            if said is None and not self._prepared.is_forced:
                said = keeping.contradiction(min(durations) / order.number)
            if said:
                return burst, Unfit("not measured", said), keeping.digest  # the machine may be too busy
        return burst, None, keeping.digest
