"""The plan of a round: who starts when, who is timed when, how many bursts. Pure: no clock, no process."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

#: A burst is about this long, with between so many samples (notes: stats, 3).
BURST_NS, FEWEST_SAMPLES, MOST_SAMPLES = 10_000_000, 5, 20

#: Samples longer than these come in twos and alone.
SLOW_NS, VERY_SLOW_NS = 100_000_000, 1_000_000_000

#: Passes of a round: so many where the time allows, tuned by cost between fewest and most.
FEWEST_PASSES, MOST_PASSES = 5, 25

#: A run plans for at least so many rounds: an interval wants 6, and 8 stand one that is lost.
WANTED_ROUNDS = 8

#: Longest padding variable in bytes: it shifts the stack by up to a page, and libraries by as many pages.
LONGEST_PADDING = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundPlan:
    """What is drawn at random for one round of one group."""

    spawn_order: tuple[str, ...]
    """Arms in the order in which their workers start."""
    positions: tuple[str, ...]
    """Arms in the order of the first pass; drawn independently of the spawn order."""
    cpus: tuple[int, ...]
    """CPUs of all workers of the round."""
    hash_seed: int
    padding: int


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


def passes_for(pass_ns: int, start_ns: int, share_ns: int) -> int:
    """Return how many passes a round has: as many as leave room for the wanted rounds in the budget.

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
