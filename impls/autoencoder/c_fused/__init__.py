"""C, both passes fused over blocks of samples, exp as a polynomial on vectors.

kernel.c says how it computes; it is compiled and kept as that of backprop, whose tiles it has. A call passes one
pointer to C: everything else is written down in prepare().
"""

import ctypes
from pathlib import Path

import numpy as np

from .._backprop.c_fused import Matrix, building, unavailable, unsupported

__all__ = ["prepare", "unavailable", "unsupported"]

REQUIRES = ("numpy",)
SOURCES = (*(Path(__file__).with_name(name) for name in ("kernel.c", "exp.h")), building.SOURCES[-1])


class Task(ctypes.Structure):
    """What kernel.c is given, in the order of its own Task."""

    _fields_ = (
        *((name, ctypes.c_ssize_t) for name in ("m", "n", "p")),
        *((name, Matrix) for name in ("x", "w1", "w2")),
        *((name, ctypes.c_void_p) for name in ("b1", "b2")),
        *((name, ctypes.c_double) for name in ("decay", "beta", "rho")),
        *((name, ctypes.c_void_p) for name in ("cost", "grad_w1", "grad_w2", "grad_b1", "grad_b2", "room")),
        ("threads", ctypes.c_ssize_t),
    )


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, w1, b1, w2, b2, decay, beta, rho = inputs.values()
    (m, n), p = x.shape, len(b1)
    library = building.library(x.dtype.name, SOURCES)
    results = [np.zeros(shape, x.dtype) for shape in ((), (p, n), (n, p), p, n)]
    cost, grad_w1, grad_w2, grad_b1, grad_b2 = results
    biases, addresses = ([array.ctypes.data for array in arrays] for arrays in ((b1, b2), results))
    matrices = map(Matrix, (x, w1, w2))
    task = Task(m, n, p, *matrices, *biases, decay, beta, rho, *addresses, None, library.threads_now())
    room = np.zeros(library.room_bytes(ctypes.byref(task)), np.uint8)
    task.room = room.ctypes.data
    task.arrays = (*inputs.values(), *results, room)  # kept for as long as C has their addresses
    evaluate, argument = library.evaluate, ctypes.byref(task)

    def step():
        evaluate(argument)
        return cost.copy(), grad_w1.copy(), grad_w2.copy(), grad_b1.copy(), grad_b2.copy()

    return step
