"""Product of two tall matrices, for tests of the harness.

product = x' y, with x (m, 6) and y (m, 5).
"""

import numpy as np

SIZES = {"M": {"m": 10_000}, "S": {"m": 100}}
DEFAULT_SIZE = "M"
DATA = ("uniform",)
BASELINE = "honest"
OUTPUTS = ("product",)
CLOCKS = ("own_clock",)


def inputs(size, dtype, data, seed):
    random = np.random.RandomState(seed)
    return {name: random.random_sample((size["m"], n)).astype(dtype) for name, n in (("x", 6), ("y", 5))}


def reference(inputs):
    x, y = (value.astype(np.longdouble) for value in inputs.values())
    return {"product": x.T @ y}


def tolerance(inputs, unit_roundoff):
    x, y = (np.abs(value.astype(np.float64)) for value in inputs.values())
    return {"product": unit_roundoff * (4 * len(x) ** 0.5 + 16) * (x.T @ y)}


def work(size, dtype):
    return {"flops": 2.0 * 30 * size["m"], "bytes": 11.0 * size["m"] * np.dtype(dtype).itemsize}
