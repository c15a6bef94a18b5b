"""Heat on a plate: steps of the five-point stencil.

    u'[i, j] = (u[i-1, j] + u[i+1, j] + u[i, j-1] + u[i, j+1]) / 4    for each point that is not on the boundary

The boundary stays as it is. A step does three additions and a multiplication a point, and reads and writes the whole
plate: where that does not fit the cache, memory is what limits it, and who does several steps on a part of the plate
before going on to the next reads and writes it once for all of them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Array | int]

SIZES = {
    "S": {"n": 250, "steps": 8},
    "M": {"n": 1_000, "steps": 8},
    "L": {"n": 4_000, "steps": 8},
}
DEFAULT_SIZE = "M"
DATA = ("random",)
BASELINE = "slices"
OUTPUTS = ("u",)
LADDER = ("loop", "slices", "inplace", "bands", "numba_bands")

FLOPS = 4
"""Of a point in a step."""


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | int]:
    """Return u (n, n), of uniform numbers in [0, 1) made in float64 and rounded to `dtype`, and how many steps.

    Raises
    ------
    ValueError
        If there is no such data.
    """
    if data not in DATA:
        raise ValueError(f"data {data!r} is unknown: expected {' or '.join(DATA)}")
    random = np.random.RandomState(seed)  # Generator's streams may change with NumPy, this one's do not (NEP 19)
    return {"u": random.random_sample((size["n"], size["n"])).astype(dtype), "steps": size["steps"]}


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the plate after all steps in extended precision, from the given one as it is stored."""
    return {"u": _after(np.asarray(inputs["u"], dtype=np.longdouble), int(inputs["steps"]))}


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each point may be from the reference: 4 k u A^k |u0| after k steps of the average A.

    A sum of four numbers in any order has an error below 3 u times the sum of their absolute values (Higham, Accuracy
    and Stability of Numerical Algorithms, section 4.2); the division by four is exact, and later steps only average the
    errors of earlier ones. The fourth u stands for the products of errors, and for weights that are applied first.

    Parameters
    ----------
    inputs
        As an implementation is given them.
    unit_roundoff
        u, half the spacing of the numbers at 1, of the dtype that must do the arithmetic.
    """
    steps = int(inputs["steps"])
    return {"u": 4 * steps * unit_roundoff * _after(np.abs(np.asarray(inputs["u"], dtype=np.float64)), steps)}


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that any must read and write."""
    n, steps = size["n"], size["steps"]
    return {"flops": float(FLOPS * steps * (n - 2) ** 2), "bytes": float(2 * np.dtype(dtype).itemsize * n * n)}


def _after(u: Array, steps: int) -> Array:
    for _ in range(steps):
        before, u = u, u.copy()
        u[1:-1, 1:-1] = (before[:-2, 1:-1] + before[2:, 1:-1] + before[1:-1, :-2] + before[1:-1, 2:]) / 4
    return u
