"""Ratios of peaks of memory, which systems count in pages: where there is next to nothing, a ratio would be of noise.

A peak is one number a round, as a time is, and its ratios over rounds are estimated as those of times are. Only, what
is less than LEAST_BYTES counts as that much: so who takes next to nothing is the same as who takes nothing.
"""

from collections.abc import Collection, Mapping
from math import log
from statistics import median

#: Where less is resident it is not known how much: pages are counted by the huge one (2 MiB), and for each CPU apart.
LEAST_BYTES = 4_000_000


def log_ratio(candidate: float, baseline: float) -> float:
    """Return log(candidate / baseline) of two peaks in bytes, each of LEAST_BYTES at least."""
    return log(max(candidate, LEAST_BYTES) / max(baseline, LEAST_BYTES))


def log_ratios(candidate: Mapping[int, float], baseline: Mapping[int, float]) -> dict[int, float]:
    """Return round -> log-ratio of two peaks, for the rounds that know both."""
    return {index: log_ratio(own, baseline[index]) for index, own in candidate.items() if index in baseline}


def are_measurable(*peaks: Collection[float]) -> bool:
    """Return whether the ratio of these, one value a round, is one of memory: each is usually LEAST_BYTES or more."""
    return all(len(one) > 0 and median(one) >= LEAST_BYTES for one in peaks)
