"""C, both stages and all three products fused over blocks of samples.

kernel.c says how it computes; building.py compiles it here, for this machine's CPU, and keeps the library in the user's
cache. A call passes one pointer to C: everything else is written down in prepare().
"""

import ctypes

import numpy as np

from . import building

REQUIRES = ("numpy",)


class Matrix(ctypes.Structure):
    """An array of two dimensions, any memory order; strides in numbers."""

    _fields_ = (("at", ctypes.c_void_p), ("row", ctypes.c_ssize_t), ("col", ctypes.c_ssize_t))

    def __init__(self, array):
        super().__init__(array.ctypes.data, *(stride // array.itemsize for stride in array.strides))


class Task(ctypes.Structure):
    """What kernel.c is given, in the order of its own Task."""

    _fields_ = (
        *((name, ctypes.c_ssize_t) for name in ("m", "n", "p")),
        *((name, Matrix) for name in ("x", "a1", "a2", "a3", "theta2")),
        ("rho_hat", ctypes.c_void_p),
        *((name, ctypes.c_double) for name in ("beta", "rho")),
        *((name, ctypes.c_void_p) for name in ("grad_w1", "grad_w2", "grad_b1", "grad_b2", "room")),
        ("threads", ctypes.c_ssize_t),
    )


def unavailable():
    """Return why nothing can be compiled here, None if it can."""
    return None if building.compiler() else "needs a C compiler (cc)"


def unsupported(case):
    """Return why a case cannot be done, None if it can."""
    return None if case.dtype in building.C_TYPES else f"is written for {' and '.join(building.C_TYPES)}"


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()
    (m, n), p = x.shape, len(rho_hat)
    library = building.library(x.dtype.name)
    results = [np.zeros(shape, x.dtype) for shape in ((p, n), (n, p), p, n)]
    grad_w1, grad_w2, grad_b1, grad_b2 = results
    matrices = map(Matrix, (x, a1, a2, a3, theta2))
    addresses = [array.ctypes.data for array in results]
    task = Task(m, n, p, *matrices, rho_hat.ctypes.data, beta, rho, *addresses, None, library.threads_now())
    room = np.zeros(library.room_bytes(ctypes.byref(task)), np.uint8)
    task.room = room.ctypes.data
    task.arrays = (*inputs.values(), *results, room)  # kept for as long as C has their addresses
    backprop, argument = library.backprop, ctypes.byref(task)

    def step():
        backprop(argument)
        return grad_w1.copy(), grad_w2.copy(), grad_b1.copy(), grad_b2.copy()

    return step
