"""When a gate says slower, cleared or undecided: screen all cases, then confirm the suspects on fresh rounds. Pure.

The family of K cases raises a false alarm with a probability of .05 at most (notes: stats, 3): what a screening round
suspected is judged by fresh rounds alone, at three looks, each at .05 / (3 S) for S suspects (Bonferroni).
"""

from collections.abc import Sequence
from enum import StrEnum
from math import log1p

from .stats import MIN_ROUNDS, Estimate, hodges_lehmann

#: Rounds in which every case is screened.
SCREEN_ROUNDS = 8

#: Fresh rounds of a suspect after which it is judged.
LOOKS = (12, 20, 32)

#: Probability of a false alarm in the whole family.
FAMILY_LEVEL = 0.05


class Decision(StrEnum):
    """What the gate says of a case."""

    SLOWER = "slower"
    CLEARED = "cleared"
    UNDECIDED = "undecided"


def cleared_by_screening(log_ratios: Sequence[float], margin: float) -> bool:
    """Return whether the screening rounds show that a case is slower by less than the margin.

    Parameters
    ----------
    log_ratios
        One log(head / base) a round.
    margin
        The smallest slowdown that matters, as .03 for 3 %.
    """
    if len(log_ratios) < MIN_ROUNDS:
        return False
    interval = hodges_lehmann(log_ratios, FAMILY_LEVEL).interval
    return interval is not None and interval.high < log1p(margin)


def look(log_ratios: Sequence[float], margin: float, suspects: int) -> Decision:
    """Return what one look at a suspect's fresh rounds says.

    Parameters
    ----------
    log_ratios
        One log(head / base) a fresh round; those of the screening are not among them.
    margin
        The smallest slowdown that matters.
    suspects
        How many cases the screening left.
    """
    interval = confirmation(log_ratios, suspects).interval
    if interval is None:
        return Decision.UNDECIDED
    if interval.low > log1p(margin):
        return Decision.SLOWER
    return Decision.CLEARED if interval.high < log1p(margin) else Decision.UNDECIDED


def confirmation(log_ratios: Sequence[float], suspects: int) -> Estimate:
    """Return the estimate that a look judges, with the interval of its level: FAMILY_LEVEL / (looks x suspects)."""
    return hodges_lehmann(log_ratios, FAMILY_LEVEL / (len(LOOKS) * suspects))
