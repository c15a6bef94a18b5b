"""Whether the rounds of a case fall into two groups. Pure."""

from collections.abc import Mapping, Sequence
from math import exp
from statistics import median

from msgspec import Struct

from ..stats.clusters import two_clusters


class Level(Struct, frozen=True, kw_only=True):
    """Rounds of a case that are alike."""

    rounds: int
    speedup_over_baseline: float
    """Median over them."""
    faults_per_call: float | None
    """Likewise; None where they are unknown."""


class Bimodal(Struct, frozen=True, kw_only=True):
    """How the rounds of a case fall into two groups."""

    fast: Level
    slow: Level


def bimodal(logs: Mapping[int, float], faults: Mapping[int, float]) -> Bimodal | None:
    """Return how rounds fall into two groups; None where they do not.

    Parameters
    ----------
    logs
        Round -> log(time / time of the baseline).
    faults
        Round -> page faults a call, of those of which they are known.
    """
    split = two_clusters(list(logs.values())) if logs else None
    if split is None:
        return None
    indices = list(logs)
    fast, slow = (_level([indices[i] for i in cluster], logs, faults) for cluster in (split.low, split.high))
    return Bimodal(fast=fast, slow=slow)


def _level(rounds: Sequence[int], logs: Mapping[int, float], faults: Mapping[int, float]) -> Level:
    known = [faults[i] for i in rounds if i in faults]
    return Level(
        rounds=len(rounds),
        speedup_over_baseline=exp(-median(logs[i] for i in rounds)),
        faults_per_call=median(known) if known else None,
    )
