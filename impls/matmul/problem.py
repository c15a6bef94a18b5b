"""Matrix product of a wide and a tall array, in each memory order.

    product = x y,    x (n, m), y (m, n), m much larger than n

The second experiment of the accepted answer of https://stackoverflow.com/q/18516605: does ``np.dot`` care whether its
operands are C- or F-ordered? Until numpy's pull request 2730 it copied what was not C-ordered; today the order is a
flag to BLAS. A layout names the order of x, then that of y.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

SIZES = {
    "S": {"n": 64, "m": 1_000},
    "M": {"n": 64, "m": 10_000},
    "L": {"n": 64, "m": 100_000},
}
DEFAULT_SIZE = "M"
DATA = ("random",)
BASELINE = "dot"
LAYOUTS = ("CC", "FC", "CF", "FF")
OUTPUTS = ("product",)

BLOCK = 10_000
"""Terms of each sum in one step of the reference, which takes up to four times the memory of float32."""


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return x (n, m) and y (m, n), C-ordered, of uniform numbers in [0, 1) made in float64 and rounded to `dtype`.

    Raises
    ------
    ValueError
        If there is no such data.
    """
    if data not in DATA:
        raise ValueError(f"data {data!r} is unknown: expected {' or '.join(DATA)}")
    random = np.random.RandomState(seed)  # Generator's streams may change with NumPy, this one's do not (NEP 19)
    n, m = size["n"], size["m"]
    return {
        "x": random.random_sample((n, m)).astype(dtype),
        "y": random.random_sample((m, n)).astype(dtype),
    }


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the product in extended precision, from the given inputs as they are stored."""
    x, y = np.asarray(inputs["x"]), np.asarray(inputs["y"])
    product = np.zeros((len(x), y.shape[1]), np.longdouble)
    for start in range(0, len(y), BLOCK):
        terms = slice(start, start + BLOCK)
        product += x[:, terms].astype(np.longdouble) @ y[terms].astype(np.longdouble)
    return {"product": product}


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each number of the product may be from the reference: u c |x| |y|, c = 4 sqrt(m) + 16.

    A sum of m products may be computed in any order: its error is below gamma_m |x| |y| (Higham, Accuracy and Stability
    of Numerical Algorithms, ch. 3), and usually of the order of sqrt(m) u |x| |y|.

    Parameters
    ----------
    inputs
        As an implementation is given them.
    unit_roundoff
        u, half the spacing of the numbers at 1, of the dtype that must do the arithmetic.
    """
    x, y = (np.abs(np.asarray(inputs[name], dtype=np.float64)) for name in ("x", "y"))
    return {"product": unit_roundoff * (4 * math.sqrt(len(y)) + 16) * (x @ y)}


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that any must read and write."""
    n, m = size["n"], size["m"]
    return {"flops": 2.0 * n * n * m, "bytes": float(np.dtype(dtype).itemsize * (2 * n * m + n * n))}
