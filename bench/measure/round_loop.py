"""The loop under all measuring: each round is drawn, run, and counted or, where it is discarded, run again.

Who takes part in the next round, and when it is enough, is for the caller to say.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from ..store.records import Round
from . import round_plan
from .backends import Backend, Rounds
from .budget import Pace
from .group import Group
from .round_plan import BurstSize, RoundPlan, Turns
from .worker_pool import WorkerPool

#: So many laps of which a round was discarded end the measuring.
MOST_DISCARDED = 5

#: From a group to the names of the arms that take part in its next round; none: it has no next round.
ArmChooser = Callable[[Group], Sequence[str]]


def all_arms(group: Group) -> Sequence[str]:
    """Return the names of a group's arms, but for the limits of the machine."""
    return [arm.name for arm in group.arms]


#: From a group, the arms of it that have warmed up and the time so far, in ns, to the turns of each in the round.
GroupTurnChooser = Callable[[Group, Mapping[str, BurstSize], int], Mapping[str, Turns]]


def in_equal_passes(passes: Callable[[Group, int, int], int]) -> GroupTurnChooser:
    """Have all arms take part in all passes; how many follows from a group, the time of a pass and the time so far."""

    def turns(group: Group, sizes: Mapping[str, BurstSize], start_ns: int) -> Mapping[str, Turns]:
        pass_ns = sum(size.burst_ns for size in sizes.values())
        return round_plan.equal_turns(sizes, passes(group, pass_ns, start_ns))

    return turns


def untimed(group: Group, sizes: Mapping[str, BurstSize], start_ns: int) -> Mapping[str, Turns]:
    """Return no pass: the workers prepare and verify, and time nothing."""
    return round_plan.equal_turns(sizes, 0)


class RoundLoop:
    """Runs rounds on one executor, all drawn by one generator."""

    def __init__(
        self,
        executor: Rounds,
        backend: Backend,
        generator: random.Random,
        turns: GroupTurnChooser = untimed,
    ) -> None:
        """Get ready.

        Parameters
        ----------
        executor
            What runs the rounds.
        backend
            Its clock, and the CPUs to draw from.
        generator
            What draws; callers shuffle with it, too.
        turns
            Says how often each arm is timed in a round.
        """
        self._executor = executor
        self._cpus = backend.cpus()
        self._monotonic_s = backend.monotonic_s
        self._generator = generator
        self._turns = turns
        self._discarded = 0
        self._next: RoundPlan | None = None

    @property
    def disturbed(self) -> bool:
        """Whether so many laps had a discarded round that it is better to end."""
        return self._discarded >= MOST_DISCARDED

    def round(
        self, index: int, group: Group, arms: Sequence[str], *, pool: WorkerPool | None = None, another: bool = False
    ) -> Round:
        """Draw a round of these arms and run it.

        Parameters
        ----------
        index
            Its number.
        group
            Theirs.
        arms
            Who takes part.
        pool
            Workers that serve other groups too.
        another
            Whether the next round is likely to be one of the same arms: its workers are started while those of this one
            are verified for the last time.
        """
        plan, self._next = self._next, None
        if plan is None or not set(arms) <= set(plan.positions):
            plan = self._draw(group, arms)
        if pool:
            plan = pool.shared(plan, group.threads)
        self._next = self._draw(group, arms) if another else None
        turns = partial(self._turns, group)
        return self._executor.round(index, group, plan.only(arms), turns, pool=pool, following=self._next)

    def _draw(self, group: Group, arms: Sequence[str]) -> RoundPlan:
        return round_plan.draw(self._generator, arms, self._cpus, group.threads)

    def attempts(
        self, index: int, group: Group, arms: ArmChooser, *, pool: WorkerPool | None = None
    ) -> Iterator[Round]:
        """Yield a round, and a second one where the first is discarded; none once no arm takes part."""
        for _ in range(2):
            names = arms(group)
            if not names:
                return
            round_ = self.round(index, group, names, pool=pool)
            yield round_
            if round_.discarded is None:
                return

    def verify(self, group: Group) -> Round:
        """Run a round of all arms of a group, once more where it is discarded, and return the last."""
        *_, last = self.attempts(0, group, all_arms)
        return last

    def lap(self, pace: Pace, groups: Sequence[Group], arms: ArmChooser, *, another: bool = False) -> Iterator[Round]:
        """Yield a round of each group, in shuffled order; the pace counts them as one, unless one is discarded.

        With `another` one is likely to follow.
        """
        started_s, counting_ns, discarded = self._monotonic_s(), 0, False
        for group in self._generator.sample(groups, len(groups)):
            names = arms(group)
            if names:
                round_ = self.round(pace.done, group, names, another=another and len(groups) == 1)
                discarded |= round_.discarded is not None
                counting_ns += round_.counting_ns
                yield round_
        if discarded:
            self._discarded += 1
        else:
            pace.add(self._monotonic_s() - started_s, counting_ns * 1e-9)
