"""Inclusive prefix sum that may overwrite its input, judged by the problem's own test beside a reference."""

import numpy as np

SIZES = {"M": {"n": 20_000}, "S": {"n": 50}}
DEFAULT_SIZE = "M"
DATA = ("uniform",)
BASELINE = "new"
OUTPUTS = ("scan",)
INOUT = ("a",)


def inputs(size, dtype, data, seed):
    return {"a": np.random.RandomState(seed).random_sample(size["n"]).astype(dtype)}


def reference(inputs):
    return {"scan": np.cumsum(inputs["a"].astype(np.longdouble))}


def tolerance(inputs, unit_roundoff):
    return {"scan": len(inputs["a"]) * unit_roundoff * np.cumsum(inputs["a"].astype(np.float64))}


def accept(inputs, outputs):
    scan = outputs["scan"]
    if not np.allclose(np.diff(scan), inputs["a"][1:], atol=1e-4):
        return "a step is not in the input"
    return None


def quality(inputs, outputs):
    return -len(outputs["scan"])


def work(size, dtype):
    return {"flops": float(size["n"]), "bytes": 2.0 * size["n"] * np.dtype(dtype).itemsize}
