"""When a candidate is accepted that may be one of hundreds: faster at first sight, and again on fresh rounds. Pure.

Who goes on proposing candidates until one is accepted is lucky in the end, at whatever level each is judged. So of the
probability of .05 that anything is accepted in vain, over all candidates that are ever judged against one baseline, the
k-th has the part

    alpha_k = .05 * 6 / (pi k)**2,    for the sum of 1 / k**2 over all k is pi**2 / 6.

This is alpha-spending over a stream of hypotheses: Foster & Stine 2008, *Alpha-investing*; Tian & Ramdas 2021, *Online
control of the familywise error rate*. By the union bound it holds whatever the candidates have to do with each other,
and though each is proposed in the light of the verdicts on those before. It is cheap: the signed-rank test of n rounds
knows the level 2**-n, so the hundredth candidate needs 13 fresh rounds more than the first.

A candidate is screened as any pair is (`sequential`). One that is faster there is confirmed, on fresh rounds and other
contents of the inputs, whose looks share alpha_k; the screening counts for nothing in that.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import ceil, log1p, log2, pi
from statistics import NormalDist, median, stdev

from .intervals import MIN_ROUNDS, Estimate
from .sequential import Stopping

#: Probability that any of the candidates which are no faster than asked is accepted, over all there ever are.
LOOP_LEVEL = 0.05

#: The fresh rounds are looked at when there are as many as the level takes, and so many times that.
LATER_LOOKS = (1.6, 2.6)

#: More rounds than this decide nothing that is worth knowing.
MOST_ROUNDS = 10_000


class Decision(StrEnum):
    """What is said of a candidate."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    UNDECIDED = "UNDECIDED"


def level_of(attempt: int) -> float:
    """Return the one-sided level for the `attempt`-th candidate that is judged against a baseline, counted from 1."""
    return LOOP_LEVEL * 6 / (pi * attempt) ** 2


def confirmation(attempt: int) -> Stopping:
    """Return after how many fresh rounds the `attempt`-th candidate is looked at, and at which level.

    The first look has as many rounds as it takes for its part of the level to be reached at all.
    """
    alpha = level_of(attempt)
    first = max(MIN_ROUNDS, ceil(log2((1 + len(LATER_LOOKS)) / alpha)))
    return Stopping(looks=(first, *(ceil(first * times) for times in LATER_LOOKS)), alpha=alpha)


def decision(log_ratio: Estimate | None, accept_at: float, resolved: float = 0.0) -> Decision:
    """Return what an interval says of a candidate.

    Parameters
    ----------
    log_ratio
        Natural logarithm of candidate time / baseline time.
    accept_at
        By how much faster it has to be, as .03 for 3 %.
    resolved
        The smallest difference that this machine showed it can tell (the A/A arm); where it exceeds what is asked, a
        gain must exceed it too, and only what is slower by more than it is rejected.
    """
    if log_ratio is None or log_ratio.interval is None:
        return Decision.UNDECIDED
    noise = log1p(resolved) if resolved > accept_at else 0.0
    line = -max(log1p(accept_at), noise)
    if log_ratio.interval.high < line:
        return Decision.ACCEPT
    return Decision.REJECT if log_ratio.interval.low > (noise or line) else Decision.UNDECIDED


def rounds_to_decide(log_ratios: Sequence[float], accept_at: float, alpha: float) -> int | None:
    """Return about how many rounds would decide on a candidate, None where that is unknown or more than MOST_ROUNDS.

    Parameters
    ----------
    log_ratios
        One a round, of at least two.
    accept_at
        By how much faster it has to be.
    alpha
        One-sided level.

    Notes
    -----
    From the distance of their median to the line, by the half-width z s / sqrt(n); as `sequential.rounds_for`.
    """
    if len(log_ratios) < 2:
        return None
    distance = abs(median(log_ratios) + log1p(accept_at))
    width = NormalDist().inv_cdf(1 - alpha) * stdev(log_ratios)
    if width > distance * MOST_ROUNDS**0.5:
        return None
    return max(MIN_ROUNDS, ceil(-log2(alpha)), ceil((width / distance) ** 2) if width else 0)
