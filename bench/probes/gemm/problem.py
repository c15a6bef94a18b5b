"""Product of two square matrices: the floating-point operations a second of the BLAS in use, at a large size.

    product = x y,    x, y (n, n), of which ROWS rows are verified

Square and large is where a BLAS comes nearest to what the CPU can do: 2 n^3 operations on 3 n^2 numbers. No other
product of this machine's BLAS is expected to do more operations a second.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

SIZES = {"L": {"n": 1024}, "S": {"n": 64}}
DEFAULT_SIZE = "L"
DATA = ("random",)
BASELINE = "dot"
OUTPUTS = ("rows",)

ROWS = 8
"""So many rows are returned: fewer bytes than would have the allocator ask the system for memory on each call."""


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return x and y (n, n) of uniform numbers in [0, 1) made in float64 and rounded to `dtype`."""
    random = np.random.RandomState(seed)
    n = size["n"]
    return {name: random.random_sample((n, n)).astype(dtype) for name in ("x", "y")}


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return evenly spaced rows of the product, in extended precision."""
    x, y = (np.asarray(inputs[name], dtype=np.longdouble) for name in ("x", "y"))
    return {"rows": x[:: len(x) // ROWS] @ y}


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each number may be from the reference: u c |x| |y|, c = 4 sqrt(n) + 16, as that of matmul."""
    x, y = (np.abs(np.asarray(inputs[name], dtype=np.float64)) for name in ("x", "y"))
    return {"rows": unit_roundoff * (4 * math.sqrt(len(x)) + 16) * (x[:: len(x) // ROWS] @ y)}


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that any must read and write."""
    n = size["n"]
    return {"flops": 2.0 * n**3, "bytes": 3.0 * n**2 * np.dtype(dtype).itemsize}
