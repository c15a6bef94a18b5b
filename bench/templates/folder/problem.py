"""Sum of squares of each row.

    sums_i = sum_j x_ij^2,    x (m, n), sums (m,)

A working example: put your own computation in its place. The first line is the title in every table, the rest says what
is computed, with the shapes. Every file beside this one with a function prepare(inputs) is an implementation of it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

# These are read without running this file, so they must be literals.
SIZES = {  # --size S takes one of them, --set m=500 changes a number of it
    "S": {"m": 100, "n": 64},
    "M": {"m": 1_000, "n": 64},
}
DEFAULT_SIZE = "M"
DATA = ("random",)  # the kinds of data that inputs() can make; --data takes one, else it is the first
BASELINE = "loop"  # the implementation that the others are compared with
OUTPUTS = ("sums",)  # what an implementation returns, in this order


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return what an implementation is given: x (m, n) of uniform numbers in [-1, 1), C-ordered.

    Made in float64 and rounded to `dtype`, so that both dtypes see the same numbers; the same seed gives the same
    inputs, another seed others. A number that is no array is given as it is.
    """
    random = np.random.RandomState(seed)  # Generator's streams may change with NumPy, this one's do not (NEP 19)
    return {"x": random.uniform(-1, 1, (size["m"], size["n"])).astype(dtype)}


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the right answer in extended precision, from the inputs as they are stored; it may be slow."""
    x = np.asarray(inputs["x"], dtype=np.longdouble)
    return {"sums": (x * x).sum(axis=1)}


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each number may be from the reference: (n + 1) u sum_j |x_ij x_ij|.

    A sum of n products has an error of at most n u times the sum of their magnitudes, in whatever order it is computed
    (Jeannerod and Rump 2013, SIAM J. Matrix Anal. Appl. 34(2); Higham, Accuracy and Stability of Numerical Algorithms,
    ch. 3, has n u / (1 - n u)). One more u is for the rounding of the reference.

    It comes from an analysis of the formula, not from trying: so that nothing right is refused, and little that is
    wrong gets through. Where terms cancel, it is the sum of the magnitudes that counts, not the result.

    Parameters
    ----------
    inputs
        As an implementation is given them.
    unit_roundoff
        u, half the spacing of the numbers at 1, of the dtype that must do the arithmetic.
    """
    x = np.asarray(inputs["x"], dtype=np.float64)
    return {"sums": (x.shape[1] + 1) * unit_roundoff * (x * x).sum(axis=1)}


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that any must read and write.

    A product and a sum for each number of x; x is read, the sums are written.
    """
    m, n = size["m"], size["n"]
    return {"flops": 2.0 * m * n, "bytes": float(np.dtype(dtype).itemsize * (m * n + m))}
