"""Whole arrays on an NVIDIA GPU, as CuPy's own operations.

As ``row_major``. The inputs are copied to the GPU in `prepare`; fetching the outputs, which waits until it has
finished, is within the clock. CuPy multiplies float32 without TF32 unless CUPY_TF32 is set.
"""

import importlib.util
import time

import numpy as np

COPIES_INPUTS = True


def unavailable():
    if importlib.util.find_spec("cupy") is None:  # a distribution for each CUDA has it
        return "needs CuPy (pip install cupy-cuda12x[ctk], or the one for your CUDA)"
    try:
        import cupy
    except ImportError:  # it loads the driver's library
        return "no CUDA driver, without which CuPy cannot be imported"
    try:
        return None if cupy.cuda.runtime.getDeviceCount() else "no CUDA device"
    except cupy.cuda.runtime.CUDARuntimeError:  # what it raises where there is none
        return "no CUDA device"


def prepare(inputs):
    """Return the step over a copy of the inputs of problem.py on the GPU."""
    import cupy

    cupy.cuda.Device().synchronize()  # starts the GPU, if nothing has yet
    started = time.perf_counter_ns()
    given = [cupy.asarray(value) if isinstance(value, np.ndarray) else value for value in inputs.values()]
    cupy.cuda.Device().synchronize()
    transfer_ns = time.perf_counter_ns() - started
    x, a1, a2, a3, theta2, rho_hat, beta, rho = given

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))  # (p,)
        delta3 = (a3 - x) * a3 * (1 - a3)  # (m, n)
        delta2 = (delta3 @ theta2 + sparsity) * a2 * (1 - a2)  # (m, p)
        outputs = delta2.T @ a1, delta3.T @ a2, delta2.sum(axis=0), delta3.sum(axis=0)
        fetched = tuple(cupy.asnumpy(output) for output in outputs)
        cupy.cuda.Device().synchronize()
        return fetched

    step()  # compiles CuPy's kernels and starts cuBLAS
    step.transfer_ns = transfer_ns  # type: ignore[attr-defined]
    return step
