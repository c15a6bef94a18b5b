"""What a gate can see on this machine: gates simulated from rounds of identical code that it measured. Pure."""

import random
from collections.abc import Sequence
from math import log1p

from msgspec import Struct

from . import gate
from .gate import Decision

#: Slowdowns tried, smallest first: it is the first that is found often enough.
SLOWDOWNS = tuple(percent / 100 for percent in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100))

#: A slowdown counts as visible when so many of the simulated gates find it.
POWER = 0.95

#: Gates that are simulated for each figure.
GATES = 300


class Calibration(Struct, frozen=True, kw_only=True):
    """What a gate of these benchmarks can be trusted with, here and now."""

    margin: float
    rounds: int
    """Rounds of identical code that it is made from."""
    false_alarms: float
    """Share of simulated gates on identical code that called any benchmark slower."""
    undecided: float
    """Share of simulated gates on identical code that left any benchmark undecided."""
    visible: float | None
    """The smallest slowdown of one benchmark that at least POWER of the gates find; None if none tried is."""


def calibrate(log_ratios: Sequence[Sequence[float]], margin: float, *, fresh: int, seed: int) -> Calibration:
    """Return what gates simulated from measured rounds do.

    Parameters
    ----------
    log_ratios
        For each benchmark the log-ratios of identical code, one a round.
    margin
        The gate's margin.
    fresh
        Rounds that the budget leaves a suspect.
    seed
        Of the resampling.

    Notes
    -----
    A simulated round is a measured one drawn at random, with its sign drawn too: identical arms may be exchanged.
    """
    generator = random.Random(seed)
    identical = [_gate(generator, log_ratios, margin, fresh, 0.0) for _ in range(GATES)]
    visible = None
    for slowdown in SLOWDOWNS:
        gates = (_gate(generator, log_ratios, margin, fresh, slowdown) for _ in range(GATES))
        if sum(found[0] == Decision.SLOWER for found in gates) >= POWER * GATES:
            visible = slowdown
            break
    return Calibration(
        margin=margin,
        rounds=sum(map(len, log_ratios)),
        false_alarms=sum(Decision.SLOWER in found for found in identical) / GATES,
        undecided=sum(Decision.UNDECIDED in found for found in identical) / GATES,
        visible=visible,
    )


def _gate(
    generator: random.Random, log_ratios: Sequence[Sequence[float]], margin: float, fresh: int, slowdown: float
) -> list[Decision]:
    """Return the decisions of one simulated gate, in which the first of the benchmarks, shuffled, is slowed down."""
    benchmarks = generator.sample(log_ratios, len(log_ratios))
    shifts = [log1p(slowdown), *[0.0] * (len(benchmarks) - 1)]

    def drawn(index: int, count: int) -> list[float]:
        return [generator.choice(benchmarks[index]) * generator.choice((-1, 1)) + shifts[index] for _ in range(count)]

    screened = [drawn(index, gate.SCREEN_ROUNDS) for index in range(len(benchmarks))]
    cleared = [gate.cleared_by_screening(one, margin) for one in screened]
    found = []
    for index, first in enumerate(screened):
        more = [] if cleared[index] else drawn(index, min(fresh, gate.LOOKS[-1]))
        early = [*first, *more][: gate.early_rounds(len(benchmarks))]
        if cleared[index]:
            found.append(Decision.CLEARED)
        elif gate.is_slower_early(early, margin, len(benchmarks)):
            found.append(Decision.SLOWER)
        else:
            found.append(_confirmed(more, margin, cleared.count(False)))
    return found


def _confirmed(fresh: Sequence[float], margin: float, suspects: int) -> Decision:
    """Return the decision of the looks that a suspect's fresh rounds allow, the last where they end."""
    for count in [*(n for n in gate.LOOKS if n < len(fresh)), len(fresh)]:
        decision = gate.look(fresh[:count], margin, suspects) if count else Decision.UNDECIDED
        if decision != Decision.UNDECIDED:
            return decision
    return Decision.UNDECIDED
