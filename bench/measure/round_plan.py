"""The plan of a round: who starts when, who is timed when, how many bursts of which size. Pure: no clock, no process.

Two versions that are compared call by call have bursts of one size, or the minimum of more samples would look faster.
"""

import math
import random
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

#: A burst is about this long, with between so many samples (notes: stats, 3).
BURST_NS, FEWEST_SAMPLES, MOST_SAMPLES = 10_000_000, 5, 20

#: Samples longer than these come in twos and alone.
SLOW_NS, VERY_SLOW_NS = 100_000_000, 1_000_000_000

#: Passes of a round whose arms all have the same: so many where the time allows, between fewest and most.
FEWEST_PASSES, MOST_PASSES = 5, 25

#: Longest padding variable in bytes: it shifts the stack by up to a page, libraries by as many pages, and objects by up
#: to one of Python's arenas.
LONGEST_PADDING = 4096


class RoundPlan(Struct, frozen=True, kw_only=True):
    """What is drawn at random for one round of one group."""

    spawn_order: tuple[str, ...]
    """Arms in the order in which their workers start."""
    positions: tuple[str, ...]
    """Arms in the order of the first pass; drawn independently of the spawn order."""
    cpus: tuple[int, ...]
    """CPUs of all workers of the round."""
    hash_seed: int
    padding: int

    def only(self, arms: Collection[str]) -> "RoundPlan":
        """Return the plan without arms that take no part after all: its orders are uniform all the same."""
        spawn_order = tuple(name for name in self.spawn_order if name in arms)
        return replace(self, spawn_order=spawn_order, positions=tuple(name for name in self.positions if name in arms))


def draw(generator: random.Random, arms: Sequence[str], cpus: Sequence[int], threads: int) -> RoundPlan:
    """Draw a round: two independent uniform permutations, and for one thread one CPU for all workers."""
    return RoundPlan(
        spawn_order=tuple(generator.sample(arms, len(arms))),
        positions=tuple(generator.sample(arms, len(arms))),
        cpus=(generator.choice(cpus),) if threads == 1 else tuple(cpus),
        hash_seed=generator.randrange(1, 2**32),
        padding=generator.randrange(LONGEST_PADDING),
    )


def order_of_pass(positions: Sequence[str], index: int) -> tuple[str, ...]:
    """Return the arms in the order of pass `index`: a cyclic Latin square, reversed on every other pass.

    Two arms give ABBA BAAB: a drift that is linear in time cancels, and each arm follows each other equally often.
    """
    shift = (index // 2) % len(positions)
    row = (*positions[shift:], *positions[:shift])
    return row[::-1] if index % 2 else row


def samples_in_a_burst(call_ns: int, number: int) -> int:
    """Return how many samples make a burst, from the time of a call and the calls in a sample."""
    sample_ns = max(1, call_ns * number)
    if sample_ns > VERY_SLOW_NS:
        return 1
    if sample_ns > SLOW_NS:
        return 2
    return min(MOST_SAMPLES, max(FEWEST_SAMPLES, math.ceil(BURST_NS / sample_ns)))


class BurstSize(Struct, frozen=True, kw_only=True):
    """What a burst of an arm is expected to be."""

    call_ns: int
    number: int
    """Calls in a sample."""
    samples: int

    @property
    def sample_ns(self) -> int:
        """Of a sample."""
        return self.number * self.call_ns

    @property
    def burst_ns(self) -> int:
        """Of the whole burst."""
        return self.samples * self.sample_ns


class Turns(Struct, frozen=True, kw_only=True):
    """How often an arm is timed in a round."""

    passes: int
    """It takes part in so many, the first ones."""
    samples: int
    """In each burst."""


#: From the arms that have warmed up and the time so far, in ns, to the turns of each in the round.
TurnChooser = Callable[[Mapping[str, BurstSize], int], Mapping[str, Turns]]


def equal_turns(sizes: Mapping[str, BurstSize], passes: int) -> dict[str, Turns]:
    """Return the same number of passes for all arms, with bursts as they are."""
    return {name: Turns(passes=passes, samples=size.samples) for name, size in sizes.items()}


def passes_for(pass_ns: int, start_ns: int, share_ns: int) -> int:
    """Return how many passes a round has where all arms have the same: as many as fit its share of the budget.

    Parameters
    ----------
    pass_ns
        One burst of each arm.
    start_ns
        Starting and ending the round's workers.
    share_ns
        Time for one round, if the wanted rounds are to fit in the budget.
    """
    return min(MOST_PASSES, max(FEWEST_PASSES, (share_ns - start_ns) // max(1, pass_ns)))


#: Two versions whose calls differ by such a factor need no bursts of equal size to be told apart.
FAR_APART = 4.0


class Paced(Struct, frozen=True, kw_only=True):
    """An arm whose worker has warmed up."""

    name: str
    case: Hashable
    """Arms of one case are versions of the same."""
    number: int
    """Calls in a sample, as the worker found them to be long enough for the clock."""
    call_ns: int


class BurstSizes:
    """Remembers the size of each arm's bursts, and the shortest call of each: a disturbed one is longer."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}
        self._shortest_ns: dict[str, int] = {}

    def of(self, arms: Sequence[Paced]) -> dict[str, tuple[int, int]]:
        """Return arm -> calls in a sample and samples in a burst.

        Arms of a case that are near each other have one size, that of their first round; the fastest decides. Those
        that are far apart have one of their own: else a burst of the slower would last as many times longer. Where they
        prove near after all, because one was disturbed before, they get one size from then on.
        """
        for one in arms:
            self._shortest_ns[one.name] = min(one.call_ns, self._shortest_ns.get(one.name, one.call_ns))
        for near in self._near(arms):
            known = {self._known[one.name] for one in near if one.name in self._known}
            size = known.pop() if len(known) == 1 else self._usual(near, known)
            self._known |= dict.fromkeys([one.name for one in near], size)
        return {one.name: self._known[one.name] for one in arms}

    def _near(self, arms: Sequence[Paced]) -> list[list[Paced]]:
        """Return the arms in parts: in each, those of one case whose calls, by length, are near the one before."""
        parts: list[list[Paced]] = []
        for one in sorted(arms, key=lambda one: self._shortest_ns[one.name]):
            fits = [
                part
                for part in parts
                if part[0].case == one.case
                and self._shortest_ns[one.name] < FAR_APART * self._shortest_ns[part[-1].name]
            ]
            if fits:
                fits[0].append(one)
            else:
                parts.append([one])
        return parts

    def _usual(self, near: Sequence[Paced], known: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """Return the size for arms that have none, or several: with the most calls in a sample that any needs."""
        number = max([*(one.number for one in near), *(number for number, _ in known)])
        return number, samples_in_a_burst(min(self._shortest_ns[one.name] for one in near), number)

    def recall(self, bursts: Mapping[str, BurstSize], numbers: Mapping[str, int]) -> None:
        """Take sizes from a round that was held before, and from the calls in its last samples, which may be more."""
        for name, size in bursts.items():
            self._known[name] = max(size.number, numbers.get(name, 0)), size.samples
            self._shortest_ns[name] = min(size.call_ns, self._shortest_ns.get(name, size.call_ns))

    def lengthen(self, name: str, number: int, arms: Sequence[Paced]) -> dict[str, int]:
        """Give an arm's samples, which turned out too short, more calls; return arm -> calls of all that follow.

        Arms of its case that had samples of the same size get the new one too, or the minimum of shorter samples would
        look faster.
        """
        case = next(one.case for one in arms if one.name == name)
        size = self._known[name]
        same = [one.name for one in arms if one.case == case and self._known.get(one.name) == size]
        self._known |= dict.fromkeys(same, (number, size[1]))
        return dict.fromkeys(same, number)
