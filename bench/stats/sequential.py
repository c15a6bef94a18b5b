"""When a run has looked long enough at a pair, and the level of what it then says. Pure.

Who looks at an interval again and again, and stops as soon as it pleases, is wrong more often than once in twenty. A
run that stops by itself does so by one of two rules:

- By decision. It looks at numbers of rounds that are fixed beforehand, and ends where the interval decides at the
  margin. The looks share ALPHA (Bonferroni, as the gate's: notes, stats 3), so that whatever the noise is, over all of
  them together an interval misses the truth in one run of twenty at most. The first look is at the fewest rounds that
  have an interval at all, 6, at the only level that these know, 2**-6: what is far apart is decided there. The later
  looks share the rest equally. Where the time ends between two looks, the last one takes what those before it left.
- By width (`precision`). The rounds are planned from the spread of those before, and the run ends where the interval
  is narrow enough, wherever it lies. That favours samples that happen to spread little, and nothing else: it costs up
  to two percent of coverage, for which WIDTH_LEVEL makes up.

`analyse/decided` tells which arms need no more rounds, `measure/run_planner` asks it after each round, and
`measure/budget` tells what the time allows. `.ci/coverage.py` simulates both under the noise of the notes, and
tests/stats/test_sequential.py the first.
"""

from collections.abc import Sequence
from math import ceil, inf
from statistics import NormalDist, stdev

from msgspec import Struct

from .intervals import ALPHA, MIN_ROUNDS, hodges_lehmann

#: Numbers of rounds after which a run looks at its pairs, each less than twice the one before.
LOOKS = (MIN_ROUNDS, 10, 18, 32)

#: One-sided level of an interval whose width ended the run: by simulation it holds the truth in 95.5 to 97.8 % of runs
#: of 6 to 200 rounds under the noise of the notes, where that of ALPHA does so in 92.8 % and more.
WIDTH_LEVEL = 2.0**-MIN_ROUNDS

#: Beyond the spread of so few rounds that a plan is made from: it aims at a half-width smaller by this factor.
PLANNED_PART = 0.9


class Stopping(Struct, frozen=True, kw_only=True):
    """What ends the rounds of a pair, but for time."""

    looks: tuple[int, ...] = ()
    """Numbers of rounds after which a decision ends them; empty: none does."""
    precision: float | None = None
    """Half-width of a ratio, as a fraction, that ends them; None: none does."""
    alpha: float = ALPHA
    """One-sided level of all looks together."""

    def level(self, rounds: int) -> float:
        """Return the one-sided level of the interval of a pair of so many rounds."""
        if self.precision is not None:
            return WIDTH_LEVEL
        if not self.looks or rounds < self.looks[0]:  # nothing but the time has ended them
            return self.alpha
        levels = dict(zip(self.looks, _levels(self.looks, self.alpha), strict=True))
        if rounds in levels or rounds > self.looks[-1]:
            return levels.get(rounds, levels[self.looks[-1]])
        return self.alpha - sum(level for look, level in levels.items() if look < rounds)


#: Nothing but a number of rounds that was fixed beforehand.
FIXED = Stopping()


def _levels(looks: Sequence[int], alpha: float) -> list[float]:
    """Return the level of each look: an equal part, but for a first one whose rounds know no level as small."""
    least, equal = 2.0 ** -looks[0], alpha / len(looks)
    if not equal < least < alpha:
        return [equal] * len(looks)
    return [least, *[(alpha - least) / (len(looks) - 1)] * (len(looks) - 1)]


def half_width(log_ratios: Sequence[float], alpha: float) -> float:
    """Return half the width of the interval of log-ratios; infinite where there is none."""
    interval = hodges_lehmann(log_ratios, alpha).interval if log_ratios else None
    return inf if interval is None else (interval.high - interval.low) / 2


def rounds_for(log_ratios: Sequence[float], precision: float) -> int:
    """Return how many rounds make an interval that narrow, from the spread of those so far, of two or more.

    Parameters
    ----------
    log_ratios
        One a round.
    precision
        Wanted half-width of the ratio, as .01 for 1 %.

    Notes
    -----
    The half-width over n rounds is about z s / sqrt(n) for the standard deviation s, as Student's: the signed-rank
    interval is as wide within 5 % where the noise is normal, and narrower where its tails are heavy.
    """
    wanted = PLANNED_PART * precision
    z = NormalDist().inv_cdf(1 - WIDTH_LEVEL)
    return max(MIN_ROUNDS, ceil((z * stdev(log_ratios) / wanted) ** 2))
