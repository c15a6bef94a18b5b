"""Sum of two vectors: the bytes a second that can be read and written, two read for each one written.

    sum = x + y,    x, y (bytes / 3 / itemsize,), gone through `repeats` times a call; the last block is verified

The counting is that of STREAM (McCalpin 1995): what the CPU reads of the line that it is about to overwrite does not
count. x and y repeat BLOCK numbers, so that inputs and reference stay small however large the set is.
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
BASELINE = "add"
OUTPUTS = ("block",)

BLOCK = 64
"""Numbers that x and y repeat."""

CALL_BYTES = 4 * 2**20
"""A call moves at least so many bytes, in several passes over a small set."""


def _blocks(size: Mapping[str, int], dtype: str) -> int:
    """Return the blocks in each of the three arrays."""
    return max(1, size["bytes"] // (3 * BLOCK * np.dtype(dtype).itemsize))


def _repeats(size: Mapping[str, int]) -> int:
    """Return the passes over the set in one call."""
    return max(1, math.ceil(CALL_BYTES / size["bytes"]))


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return the repeated part of x and y, how often it stands in them, and the passes a call."""
    random = np.random.RandomState(seed)
    found: dict[str, Array | float] = {name: random.random_sample(BLOCK).astype(dtype) for name in ("x", "y")}
    return found | {"blocks": float(_blocks(size, dtype)), "repeats": float(_repeats(size))}


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the last BLOCK numbers of the sum, in extended precision."""
    x, y = (np.asarray(inputs[name], dtype=np.longdouble) for name in ("x", "y"))
    return {"block": x + y}


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each number may be from the reference: u |x + y| for the one rounding, doubled."""
    x, y = (np.abs(np.asarray(inputs[name], dtype=np.float64)) for name in ("x", "y"))
    return {"block": 2 * unit_roundoff * (x + y)}


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that it reads and writes."""
    numbers = _blocks(size, dtype) * BLOCK * _repeats(size)
    return {"flops": float(numbers), "bytes": 3.0 * numbers * np.dtype(dtype).itemsize}
