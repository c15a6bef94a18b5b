"""When a gate says slower, cleared or undecided: screen all cases, then confirm the suspects on fresh rounds. Pure.

The family of K cases raises a false alarm with a probability of .05 at most (notes: stats, 3), in two parts:

- .02 for one early look at the first rounds of each case, those of the screening among them, each at .02 / K
  (Bonferroni). How many rounds these are follows from K alone: as many as it takes for that level to be reached at all.
  What is slower by far is judged there, and needs no fresh rounds.
- .03 for the S suspects of the screening, judged by fresh rounds alone, at three looks, each at .03 / (3 S).

A search that holds several gates, one after the other, shares the same level among all of them (`Rule`).
"""

from collections.abc import Sequence
from enum import StrEnum
from math import ceil, log1p, log2

from msgspec import Struct

from .intervals import MIN_ROUNDS, Estimate, hodges_lehmann

#: Rounds in which every case is screened.
SCREEN_ROUNDS = 8

#: Fresh rounds of a suspect after which it is judged.
LOOKS = (12, 20, 32)

#: Probability of a false alarm in the whole family, and the part of it that the early looks may take.
FAMILY_LEVEL, EARLY_LEVEL = 0.05, 0.02


class Decision(StrEnum):
    """What the gate says of a case."""

    SLOWER = "slower"
    CLEARED = "cleared"
    UNDECIDED = "undecided"


class Rule(Struct, frozen=True, kw_only=True):
    """How a gate is held."""

    comparisons: int = 1
    """How many gates, one after the other, have FAMILY_LEVEL in common."""
    screen_rounds: int = SCREEN_ROUNDS
    clearing_level: float = FAMILY_LEVEL
    """One-sided level at which the screening clears a case."""
    judges_all: bool = False
    """Whether something of each case, as its peak of memory, is judged on these rounds, at its part of the level."""

    def rounds(self, cases: int) -> int:
        """Return in how many rounds each of so many cases is screened: as many as the levels take."""
        if not self.judges_all:
            return self.screen_rounds
        return max(self.screen_rounds, ceil(log2(max(1, cases) / FAMILY_LEVEL)))


#: That of a gate which stands alone.
ALONE = Rule()


def rule_of_search(comparisons: int) -> Rule:
    """Return the rule of each gate of a search that holds so many, and goes on by what each of them says.

    There a case that is cleared in vain leads astray as one does that is called slower in vain. So both ways the early
    look has .02 / C of the C gates, in as many rounds as that takes, and the looks at fresh rounds have .03 / C:
    whatever the noise is, and whichever case comes next in the light of those before, in one search of twenty at most
    any gate says what is not so (Bonferroni 1936; Dunn 1961, *Multiple comparisons among means*).
    """
    return Rule(
        comparisons=comparisons,
        screen_rounds=early_rounds(comparisons),
        clearing_level=EARLY_LEVEL / comparisons,
    )


def early_rounds(cases: int) -> int:
    """Return how many of a case's first rounds the early look takes, for a family of so many cases.

    The signed-rank test of n rounds knows no level below 2**-n, which is met where all of them lie on one side.
    """
    return max(SCREEN_ROUNDS, ceil(log2(cases / EARLY_LEVEL)))


def is_slower_early(log_ratios: Sequence[float], margin: float, cases: int) -> bool:
    """Return whether a case's first rounds show already that it is slower by more than the margin.

    Parameters
    ----------
    log_ratios
        One log(head / base) a round, of as many as `early_rounds` says, or of all there are if the time has ended.
    margin
        The smallest slowdown that matters.
    cases
        How many cases are screened.
    """
    if len(log_ratios) < MIN_ROUNDS:
        return False
    interval = hodges_lehmann(log_ratios, EARLY_LEVEL / cases).interval
    return interval is not None and interval.low > log1p(margin)


def cleared_by_screening(log_ratios: Sequence[float], margin: float, level: float = FAMILY_LEVEL) -> bool:
    """Return whether the screening rounds show that a case is slower by less than the margin.

    Parameters
    ----------
    log_ratios
        One log(head / base) a round.
    margin
        The smallest slowdown that matters, as .03 for 3 %.
    level
        One-sided.
    """
    if len(log_ratios) < MIN_ROUNDS:
        return False
    interval = hodges_lehmann(log_ratios, level).interval
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
    """Return the estimate that a look judges, with the interval of its part of the level that the early looks leave."""
    return hodges_lehmann(log_ratios, (FAMILY_LEVEL - EARLY_LEVEL) / (len(LOOKS) * suspects))
