"""A block of samples at a time: loops compiled by Numba, products by BLAS.

A block's deltas are computed in one pass over its numbers and are still in the cache when the products read them.
Numba's ``np.dot`` is the BLAS that SciPy brings; it wants contiguous arrays, so inputs in Fortran order are copied,
block by block and within the clock. A block is summed by itself, so that no sum is long enough to lose digits.
"""

import numba
import numpy as np

REQUIRES = ("numba", "scipy")
BLOCK = 256
"""Samples: the deltas of a block take 182 kB in float64, which is less than a second-level cache."""


def prepare(inputs):
    """Return the step over the inputs of problem.py, compiled for their dtype and memory order by a first call."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))  # (p,)
        return _gradients(x, a1, a2, a3, theta2, sparsity)

    step()
    return step


@numba.njit(cache=True)
def _gradients(x, a1, a2, a3, theta2, sparsity):
    (m, n), p = x.shape, len(sparsity)
    grad_w1, grad_w2 = np.zeros((p, n), x.dtype), np.zeros((n, p), x.dtype)
    grad_b1, grad_b2 = np.zeros(p, x.dtype), np.zeros(n, x.dtype)
    delta3, delta2 = np.empty((BLOCK, n), x.dtype), np.empty((BLOCK, p), x.dtype)
    sum2, sum3 = np.empty(p, x.dtype), np.empty(n, x.dtype)
    weights = np.ascontiguousarray(theta2)
    for start in range(0, m, BLOCK):
        rows = slice(start, min(start + BLOCK, m))
        d3, d2 = delta3[: rows.stop - start], delta2[: rows.stop - start]
        _output_errors(x[rows], a3[rows], d3, sum3)
        np.dot(d3, weights, d2)
        _hidden_errors(a2[rows], sparsity, d2, sum2)
        grad_w1 += np.dot(d2.T, np.ascontiguousarray(a1[rows]))
        grad_w2 += np.dot(d3.T, np.ascontiguousarray(a2[rows]))
        grad_b1 += sum2
        grad_b2 += sum3
    return grad_w1, grad_w2, grad_b1, grad_b2


@numba.njit(cache=True)
def _output_errors(x, a3, delta3, sum3):
    """Write delta3 of some samples, (rows, n), and its sum over them."""
    sum3[:] = 0
    one = x.dtype.type(1)  # a literal 1 is an int64, and float32 beside it becomes float64
    for i in range(len(x)):
        for k in range(x.shape[1]):
            delta3[i, k] = (a3[i, k] - x[i, k]) * a3[i, k] * (one - a3[i, k])
            sum3[k] += delta3[i, k]


@numba.njit(cache=True)
def _hidden_errors(a2, sparsity, delta2, sum2):
    """Turn what was propagated back to some samples, (rows, p), into their delta2, and write its sum over them."""
    sum2[:] = 0
    one = a2.dtype.type(1)
    for i in range(len(a2)):
        for j in range(a2.shape[1]):
            delta2[i, j] = (delta2[i, j] + sparsity[j]) * a2[i, j] * (one - a2[i, j])
            sum2[j] += delta2[i, j]
