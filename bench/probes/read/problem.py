"""Dot product of two vectors: the bytes a second that can be read from a set of arrays of that size.

    total = x . y,    x, y (bytes / 2 / itemsize,), gone through `repeats` times a call

x and y repeat BLOCK numbers, so that inputs and reference stay small however large the set is. They are 1 and -1, so
that sums are whole numbers and exact in whatever order: rounding would drift one way where numbers repeat. np.dot read
as fast as a loop compiled from C over 4 MB to 256 MB, with one thread and with two; np.sum does not, its additions
bound it.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

SIZES = {"L": {"bytes": 268_435_456}, "S": {"bytes": 1_048_576}}
DEFAULT_SIZE = "L"
DATA = ("random",)
BASELINE = "dot"
OUTPUTS = ("total",)

BLOCK = 64
"""Numbers that x and y repeat."""

CALL_BYTES = 4 * 2**20
"""A call reads at least so many bytes, in several passes over a small set."""


def _blocks(size: Mapping[str, int], dtype: str) -> int:
    """Return the blocks in each of the two arrays."""
    return max(1, size["bytes"] // (2 * BLOCK * np.dtype(dtype).itemsize))


def _repeats(size: Mapping[str, int]) -> int:
    """Return the passes over the set in one call."""
    return max(1, math.ceil(CALL_BYTES / size["bytes"]))


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return the repeated part of x and y, how often it stands in them, and the passes a call."""
    random = np.random.RandomState(seed)
    x, y = (random.choice((-1.0, 1.0), BLOCK) for _ in range(2))
    if not np.dot(x, y):
        y[0] = -y[0]  # a sum of 0 would be told by half of the arrays, too
    found: dict[str, Array | float] = {"x": x.astype(dtype), "y": y.astype(dtype)}
    return found | {"blocks": float(_blocks(size, dtype)), "repeats": float(_repeats(size))}


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the dot product in extended precision, (1,)."""
    x, y = (np.asarray(inputs[name], dtype=np.longdouble) for name in ("x", "y"))
    return {"total": np.longdouble(inputs["blocks"]) * np.dot(x, y)[np.newaxis]}


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far the sum may be from the reference: 4 u |x| . |y|.

    Whole numbers below 1 / u are exact; in float32 the largest sets may have some a little above at the end.
    """
    return {"total": np.array([4 * unit_roundoff * float(inputs["blocks"]) * BLOCK])}


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that it reads."""
    numbers = _blocks(size, dtype) * BLOCK * _repeats(size)
    return {"flops": 2.0 * numbers, "bytes": 2.0 * numbers * np.dtype(dtype).itemsize}
