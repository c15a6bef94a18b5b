"""Whether the rounds of a case fall into two clusters, as those with page faults and those without."""

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from .intervals import check_finite

#: Two clusters of rounds lie more than this many median absolute deviations apart.
CLUSTER_GAP = 4.0

#: The least deviation within a cluster that is believed, in log: below it lie the timer and chance ties.
CLUSTER_MAD_FLOOR = 5e-4

#: Clusters nearer than this, in log, are told apart by nobody who reads a report.
CLUSTER_LEAST_GAP = 0.02

#: Fewer rounds are not looked at for clusters: a quarter of them would be less than two.
MIN_CLUSTER_ROUNDS = 8

#: Taken off n for two medians and a split chosen after looking; tuned by simulation, see `two_clusters`.
CLUSTER_FREEDOM = 5


class Split(Struct, frozen=True, kw_only=True):
    """Rounds that fall into two clusters."""

    low: tuple[int, ...]
    """Indices of the rounds in the lower cluster, ascending."""
    high: tuple[int, ...]
    gap: float
    """Distance between the highest of the lower and the lowest of the higher cluster."""


def two_clusters(d: Sequence[float]) -> Split | None:
    """Return how the rounds fall into two clusters, or None where they form one.

    Parameters
    ----------
    d
        One log-ratio a round, all finite.

    Returns
    -------
    Split or None
        The widest gap with a quarter of the rounds or more on each side, if over 4 MAD n / (n - 5); not below 8 rounds.

    Raises
    ------
    ValueError
        If `d` is empty or not finite.

    Notes
    -----
    MAD is the median absolute deviation *within* the clusters: of all residuals together, each from the median of its
    own cluster. Over all of d it would be about half the gap where the clusters are of like size, and "gap over 4 MAD"
    could never hold. It counts as 5e-4 at least, or clusters of equal values would be any distance apart.

    The split is chosen after looking, so with few rounds the MAD within comes out too small: plain 4 MAD calls 33 % of
    normal samples of 8 rounds bimodal, 10 % of 12, 2.6 % of 16, 0.6 % of 20. The factor n / (n - 5) leaves 5, 1.9, 0.6
    and 0.1 % (20000 samples each). A least gap of 2 % instead would still leave 14 % of 8 rounds that spread by 2 %.
    """
    check_finite(d)
    n = len(d)
    if n < MIN_CLUSTER_ROUNDS:
        return None
    order = sorted(range(n), key=d.__getitem__)
    quarter = -(-n // 4)
    cut = max(range(quarter, n - quarter + 1), key=lambda at: d[order[at]] - d[order[at - 1]])
    low, high = order[:cut], order[cut:]
    gap = d[high[0]] - d[low[-1]]
    mad = median(_deviations([d[i] for i in low]) + _deviations([d[i] for i in high]))
    if gap <= max(CLUSTER_LEAST_GAP, CLUSTER_GAP * max(mad, CLUSTER_MAD_FLOOR) * n / (n - CLUSTER_FREEDOM)):
        return None
    return Split(low=tuple(sorted(low)), high=tuple(sorted(high)), gap=gap)


def _deviations(values: Sequence[float]) -> list[float]:
    """Return the distance of each value from their median."""
    centre = median(values)
    return [abs(value - centre) for value in values]
