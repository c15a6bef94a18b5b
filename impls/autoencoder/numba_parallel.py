"""Samples shared out among threads, each with plain loops compiled by Numba.

Each thread adds up its own share of the samples, twice, with the loops of ``numba_loop``; the shares are added at the
end of each pass. There is no BLAS in it: its threads beside Numba's would wait for one another.
"""

import numba
import numpy as np

from ._parts import outputs, penalty
from .numba_loop import backward, forward

REQUIRES = ("numba",)


def prepare(inputs):
    """Return the step over the inputs of problem.py, compiled for their dtype and memory order by a first call."""
    x, w1, b1, w2, b2, _, beta, rho = inputs.values()
    (m, n), p = x.shape, len(b1)
    a2 = np.zeros((m, p), x.dtype)

    def step():
        shares = numba.get_num_threads()  # asked in the compiled code for the number, Numba would keep nothing
        activations = np.zeros((shares, p), x.dtype)
        _forward(x, np.ascontiguousarray(w1.T), b1, a2, activations)
        unwanted, sparsity = penalty(activations.sum(axis=0) / m, beta, rho)
        squares = np.zeros(shares)
        sums = [np.zeros((shares, *shape), x.dtype) for shape in ((p, n), (n, p), (p,), (n,))]
        _backward(x, a2, np.ascontiguousarray(w2), b2, sparsity, squares, *sums)
        return outputs(inputs, unwanted, squares.sum(), [shared.sum(axis=0) for shared in sums])

    step()
    return step


@numba.njit(parallel=True, cache=True)
def _forward(x, w1t, b1, a2, activations):
    m, shares = len(x), len(activations)
    for share in numba.prange(shares):
        rows = slice(m * share // shares, m * (share + 1) // shares)
        forward(x[rows], w1t, b1, a2[rows], activations[share])


@numba.njit(parallel=True, cache=True)
def _backward(x, a2, w2, b2, sparsity, squares, grad_w1, grad_w2, grad_b1, grad_b2):
    m, shares = len(x), len(squares)
    for share in numba.prange(shares):
        rows = slice(m * share // shares, m * (share + 1) // shares)
        sums = grad_w1[share], grad_w2[share], grad_b1[share], grad_b2[share]
        squares[share] = backward(x[rows], a2[rows], w2, b2, sparsity, *sums)
