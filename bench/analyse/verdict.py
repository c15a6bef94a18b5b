"""What an interval says at a margin: faster, slower, equivalent, or undecided. Pure."""

from enum import StrEnum
from math import exp, log1p

from ..stats.intervals import Estimate, Uncertain


class Verdict(StrEnum):
    """What an interval says at a margin."""

    FASTER = "faster"
    SLOWER = "slower"
    EQUIVALENT = "equivalent"
    SLOWER_WITHIN = "slower within tolerance"
    UNDECIDED = "undecided"


def judge(log_ratio: Estimate, margin: float, resolved: float = 0.0) -> Verdict:
    """Return the verdict on a candidate, from its log-ratio over the baseline.

    Parameters
    ----------
    log_ratio
        Natural logarithm of candidate time / baseline time.
    margin
        The smallest relative difference that matters, as .03 for 3 %.
    resolved
        The smallest difference that this machine showed it can tell (the A/A arm); where it exceeds the margin, a
        difference must exceed it too, and nothing is called equivalent.
    """
    if log_ratio.interval is None:
        return Verdict.UNDECIDED
    low, high = log_ratio.interval.low, log_ratio.interval.high
    least = log1p(max(margin, resolved))
    if low > least:
        return Verdict.SLOWER
    if high < -least:
        return Verdict.FASTER
    if resolved <= margin and -log1p(margin) < low and high < log1p(margin):
        return Verdict.SLOWER_WITHIN if low > 0 else Verdict.EQUIVALENT
    return Verdict.UNDECIDED


class Ratio(Uncertain, frozen=True, kw_only=True):
    """A ratio of times with its interval, both as plain numbers."""

    @classmethod
    def of(cls, log_ratio: Estimate) -> "Ratio":
        """Return exp() of a log-ratio."""
        return cls(value=log_ratio.value, interval=log_ratio.interval).mapped(exp)

    def inverse(self) -> "Ratio":
        """Return the ratio the other way round: of time over baseline, the speed-up over the baseline."""
        return self.mapped(lambda ratio: 1 / ratio)


def apart(one: Estimate, other: Estimate, margin: float) -> bool:
    """Return whether two log-ratios differ by more than the margin, and their intervals do not overlap."""
    if one.interval is None or other.interval is None:
        return False
    overlap = one.interval.low <= other.interval.high and other.interval.low <= one.interval.high
    return not overlap and abs(one.value - other.value) > margin
