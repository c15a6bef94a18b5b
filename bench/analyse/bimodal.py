"""Whether the rounds of a case fall into two groups, in words. Pure."""

from collections.abc import Mapping
from math import exp
from statistics import median

from ..stats.clusters import two_clusters


def told(logs: Mapping[int, float], faults: Mapping[int, float]) -> str | None:
    """Return how the rounds fall into two groups, with the page faults of each; None where they do not."""
    split = two_clusters(list(logs.values())) if logs else None
    if split is None:
        return None
    indices = list(logs)
    parts = []
    for cluster in (split.low, split.high):
        rounds = [indices[i] for i in cluster]
        speedup = exp(-median(logs[i] for i in rounds))
        known = [faults[i] for i in rounds if i in faults]
        paging = f" with {median(known):.0f} page faults a call" if known else ""
        parts.append(f"{len(rounds)} rounds at {speedup:.3g}x{paging}")
    return f"bimodal: {parts[0]}, {parts[1]}"
