"""What the plan of a run goes by beside its rounds, kept with each of them and played once more where it is resumed.

Who takes part in a round, how often, and whether there is another one follows from the rounds so far, from the seed,
from what bursts were expected to be, and from what the clock of the budget showed. So a run that was killed is resumed
by going through all of it again: the plan sees the same clock and is given the same rounds, without one being measured,
and comes to the same decisions and draws the same orders, up to the first round that is missing. Where it comes out
otherwise, that is an error, and nothing is measured.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ..errors import ImplbenchError
from ..store.records import Basis, Round
from .backends import RoundExecutor
from .group import Group
from .round_plan import MOST_SAMPLES, BurstSize, RoundPlan, TurnChooser, Turns
from .worker_pool import WorkerPool


class OtherPlan(ImplbenchError):
    """The plan of a run that is resumed comes out otherwise than it did."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"its plan comes out otherwise than when it was begun ({what}), so that it cannot go on; implbench run "
            "measures anew"
        )


class Tape:
    """The clock that a plan goes by, and the notes that are kept of it."""

    def __init__(self, monotonic_s: Callable[[], float], kept: Sequence[tuple[Round, Basis]] = ()) -> None:
        """Take the machine's clock, and what is to be played: the rounds of an interrupted run, with their notes."""
        self._machine_s = monotonic_s
        self._kept = deque(kept)
        self._coming = deque(self._kept[0][1].clock_s if self._kept else ())
        self._ahead_s = self._coming[0] - monotonic_s() if self._coming else 0.0
        """How far this clock is ahead of the machine's: the time in which nobody measured is left out."""
        self._readings: list[float] = []
        self._start_ns = 0
        self._bursts: dict[str, tuple[int, int, int]] = {}

    @property
    def is_playing(self) -> bool:
        """Whether the next round is one that was measured before."""
        return bool(self._kept)

    def monotonic_s(self) -> float:
        """Return seconds for the plan; each reading is kept."""
        if self.is_playing:
            if not self._coming:
                raise OtherPlan("it asks for the time once more")
            return self._coming.popleft()
        self._readings.append(self.glance_s())
        return self._readings[-1]

    def glance_s(self) -> float:
        """Return the same seconds for people: nothing is planned by them, and nobody keeps them."""
        return self._machine_s() + self._ahead_s

    def expect(self, bursts: Mapping[str, BurstSize], start_ns: int) -> None:
        """Keep what the turns of a round are planned by."""
        self._start_ns = start_ns
        self._bursts = {name: (size.call_ns, size.number, size.samples) for name, size in bursts.items()}

    def next(self, index: int, group: Group, plan: RoundPlan) -> tuple[Round, Basis]:
        """Return the next round that was measured before, if it is the one that is planned; else OtherPlan."""
        held, basis = self._kept[0]
        drawn = (index, group.name, plan.hash_seed, plan.padding)
        if drawn != (held.index, held.group, held.hash_seed, held.padding):
            raise OtherPlan(f"round {index} of {group.name} follows, not round {held.index} of {held.group}")
        orders = {worker.arm: (worker.spawn_position, worker.position) for worker in held.workers}
        places = enumerate(plan.spawn_order)
        if orders != {name: (place, plan.positions.index(name)) for place, name in places}:
            raise OtherPlan(f"other cases take part in round {index} of {group.name}, or in another order")
        if any(samples > MOST_SAMPLES for _, _, samples in basis.bursts.values()):
            raise OtherPlan(f"no burst has as many samples as one of round {index} of {group.name}")
        if not basis.bursts.keys() <= orders.keys():
            raise OtherPlan(f"a case was timed that takes no part in round {index} of {group.name}")
        return held, basis

    def basis(self) -> Basis:
        """Return what was kept since the round before; a round has just been held, or played."""
        if not self.is_playing:
            found = Basis(
                clock_s=tuple(self._readings), end_s=self.glance_s(), start_ns=self._start_ns, bursts=self._bursts
            )
            self._readings.clear()
            return found
        if self._coming:
            raise OtherPlan("it asks for the time less often")
        _, found = self._kept.popleft()
        self._ahead_s = found.end_s - self._machine_s()
        self._coming.extend(self._kept[0][1].clock_s if self._kept else ())
        return found


class TapedRounds:
    """Has the rounds held that the tape does not have, and plays the others."""

    def __init__(self, executor: RoundExecutor, tape: Tape) -> None:
        self._executor = executor
        self._tape = tape

    def round(
        self,
        index: int,
        group: Group,
        plan: RoundPlan,
        choose_turns: TurnChooser,
        *,
        pool: WorkerPool | None = None,
        following: RoundPlan | None = None,
    ) -> Round:
        """Return a round, held or played."""
        chosen = partial(self._chosen, choose_turns)
        if not self._tape.is_playing:
            return self._executor.round(index, group, plan, chosen, pool=pool, following=following)
        held, basis = self._tape.next(index, group, plan)
        bursts = {
            name: BurstSize(call_ns=call_ns, number=number, samples=samples)
            for name, (call_ns, number, samples) in basis.bursts.items()
        }
        self._executor.past.recall(held, bursts)
        chosen(bursts, basis.start_ns)
        return held

    def _chosen(self, choose_turns: TurnChooser, bursts: Mapping[str, BurstSize], start_ns: int) -> Mapping[str, Turns]:
        self._tape.expect(bursts, start_ns)
        return choose_turns(bursts, start_ns)
