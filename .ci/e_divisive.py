"""Change points by E-divisive, which docs/history.md holds against the method that `implbench history` uses."""

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.stats import change_points

#: Level and number of permutations, those of Matteson & James; and the seed that makes it repeatable.
LEVEL = 0.05
PERMUTATIONS = 199
SEED = 1

#: It holds a matrix of n x n: a longer series is not for it.
LONGEST = 2000


def divisive(y: Sequence[float], *, level: float = LEVEL, seed: int = SEED) -> tuple[int, ...]:
    """Return the changes that E-divisive finds, steps of under 2 % merged.

    Parameters
    ----------
    y
        Natural logarithms, at most 2000; ValueError for more.
    level
        Of each permutation test.
    seed
        Of the permutations: the same series gives the same changes.

    Notes
    -----
    Matteson & James 2014, with alpha = 1 and segments that end where the next begins (their kappa is not searched): of
    all segments the split with the largest statistic

        Q = m n / (m + n) (2 mean|X - Y| - mean|X - X'| - mean|Y - Y'|)

    is kept if among 199 permutations within the segments fewer than `level` reach it, and so on until one is not.
    """
    if len(y) > LONGEST:
        raise ValueError(f"{len(y)} values: E-divisive takes up to {LONGEST}")
    values = np.asarray(y, dtype=np.float64)
    random = np.random.default_rng(seed)
    starts: list[int] = []
    while True:
        edges = [0, *starts, len(y)]
        segments = [values[begin:end] for begin, end in pairwise(edges)]
        splits = [_best_split(segment) for segment in segments]
        which = max(range(len(splits)), key=lambda index: splits[index][0])
        largest, at = splits[which]
        allowed = int(level * (PERMUTATIONS + 1) + 1e-9) - 1
        if largest <= 0 or _reached(segments, largest, allowed, random) > allowed:
            return change_points.merged(y, starts)
        starts = sorted([*starts, edges[which] + at])


def _reached(segments: Sequence[NDArray[Any]], largest: float, allowed: int, random: np.random.Generator) -> int:
    """Return how many of the permutations reach the statistic; no more are made once they are more than allowed."""
    found = 0
    for _ in range(PERMUTATIONS):
        found += max(_best_split(random.permutation(segment))[0] for segment in segments) >= largest
        if found > allowed:
            break
    return found


def _best_split(x: NDArray[Any]) -> tuple[float, int]:
    """Return the largest statistic over the splits of a segment, and the size of its left part; 0 if too short."""
    n = len(x)
    if n < 2 * change_points.MIN_SIZE:
        return 0.0, 0
    distances = np.abs(np.subtract.outer(x, x)).cumsum(axis=0)
    sizes = np.arange(change_points.MIN_SIZE, n - change_points.MIN_SIZE + 1)
    left = distances.cumsum(axis=1).diagonal()[sizes - 1]
    rows = distances.sum(axis=1)[sizes - 1]
    total = distances[-1].sum()
    across = rows - left
    right = total - left - 2 * across
    other = n - sizes
    q = 2 * across / (sizes * other) - left / (sizes * (sizes - 1)) - right / (other * (other - 1))
    q *= sizes * other / n
    best = int(q.argmax())
    return float(q[best]), int(sizes[best])
