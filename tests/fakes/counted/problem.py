"""Product of two tall matrices, one of them squared, for tests of what is counted.

product = x' (y * y), with x (m, 6) and y (m, 5).
"""

import numpy as np

SIZES = {"S": {"m": 100}, "M": {"m": 10_000}}
DEFAULT_SIZE = "S"
DATA = ("uniform",)
BASELINE = "row_by_row"
OUTPUTS = ("product",)


def inputs(size, dtype, data, seed):
    random = np.random.RandomState(seed)
    return {name: random.random_sample((size["m"], n)).astype(dtype) for name, n in (("x", 6), ("y", 5))}


def reference(inputs):
    x, y = (value.astype(np.longdouble) for value in inputs.values())
    return {"product": x.T @ (y * y)}


def tolerance(inputs, unit_roundoff):
    x, y = (np.abs(value.astype(np.float64)) for value in inputs.values())
    return {"product": unit_roundoff * (4 * len(x) ** 0.5 + 16) * (x.T @ (y * y))}


def work(size, dtype):
    return {"flops": 2.0 * 30 * size["m"] + 5.0 * size["m"], "bytes": 11.0 * size["m"] * np.dtype(dtype).itemsize}
