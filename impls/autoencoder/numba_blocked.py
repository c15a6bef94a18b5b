"""A block of samples at a time: loops compiled by Numba, products by BLAS.

What is done to single numbers is done in one pass over a block's, between the products that read them from the cache.
Numba's ``np.dot`` is the BLAS that SciPy brings; it wants contiguous arrays, so an x in Fortran order is copied, block
by block and within the clock. A block is summed by itself, so that no sum is long enough to lose digits.
"""

import math

import numba
import numpy as np

from ._parts import outputs, penalty

REQUIRES = ("numba", "scipy")
BLOCK = 256
"""Samples: what a block computes takes 313 kB in float64, which is less than a second-level cache."""


def prepare(inputs):
    """Return the step over the inputs of problem.py, compiled for their dtype and memory order by a first call."""
    x, w1, b1, w2, b2, _, beta, rho = inputs.values()
    (m, n), p = x.shape, len(b1)
    a2 = np.zeros((m, p), x.dtype)

    def step():
        rho_hat = np.zeros(p, x.dtype)
        _forward(x, np.ascontiguousarray(w1.T), b1, a2, rho_hat)
        unwanted, sparsity = penalty(rho_hat / m, beta, rho)
        sums = [np.zeros(shape, x.dtype) for shape in ((p, n), (n, p), p, n)]
        squares = _backward(x, a2, np.ascontiguousarray(w2), b2, sparsity, *sums)
        return outputs(inputs, unwanted, squares, sums)

    step()
    return step


@numba.njit(cache=True)
def _forward(x, w1t, b1, a2, rho_hat):
    total = np.empty(len(b1), x.dtype)
    for start in range(0, len(x), BLOCK):
        rows = slice(start, min(start + BLOCK, len(x)))
        np.dot(np.ascontiguousarray(x[rows]), w1t, a2[rows])
        _activate(a2[rows], b1, total)
        rho_hat += total


@numba.njit(cache=True)
def _backward(x, a2, w2, b2, sparsity, grad_w1, grad_w2, grad_b1, grad_b2):
    n, p = w2.shape
    w2t = np.ascontiguousarray(w2.T)
    above, below = np.empty((BLOCK, n), x.dtype), np.empty((BLOCK, p), x.dtype)
    sum2, sum3, ignored = np.empty(p, x.dtype), np.empty(n, x.dtype), np.empty(n, x.dtype)
    squares = 0.0
    for start in range(0, len(x), BLOCK):
        rows = slice(start, min(start + BLOCK, len(x)))
        given, hidden = np.ascontiguousarray(x[rows]), a2[rows]
        delta3, delta2 = above[: rows.stop - start], below[: rows.stop - start]
        np.dot(hidden, w2t, delta3)
        _activate(delta3, b2, ignored)
        squares += _output_errors(given, delta3, sum3)
        np.dot(delta3, w2, delta2)
        _hidden_errors(hidden, sparsity, delta2, sum2)
        grad_w1 += np.dot(delta2.T, given)
        grad_w2 += np.dot(delta3.T, hidden)
        grad_b1 += sum2
        grad_b2 += sum3
    return squares


@numba.njit(cache=True)
def _activate(z, bias, total):
    """Turn the products of some samples into activations, and write their sum over the samples."""
    total[:] = 0
    one = z.dtype.type(1)  # a literal 1 is an int64, and float32 beside it becomes float64
    for i in range(len(z)):
        for j in range(z.shape[1]):
            z[i, j] = one / (one + math.exp(-(z[i, j] + bias[j])))
            total[j] += z[i, j]


@numba.njit(cache=True)
def _output_errors(x, a3, total):
    """Turn a3 of some samples, (rows, n), into delta3, write its sum over them, and return that of the squares."""
    total[:] = 0
    one, squares = x.dtype.type(1), 0.0
    for i in range(len(x)):
        for k in range(x.shape[1]):
            off = a3[i, k] - x[i, k]
            squares += off * off
            a3[i, k] = off * a3[i, k] * (one - a3[i, k])
            total[k] += a3[i, k]
    return squares


@numba.njit(cache=True)
def _hidden_errors(a2, sparsity, delta2, total):
    """Turn what was propagated back to some samples, (rows, p), into their delta2, and write its sum over them."""
    total[:] = 0
    one = a2.dtype.type(1)
    for i in range(len(a2)):
        for j in range(a2.shape[1]):
            delta2[i, j] = (delta2[i, j] + sparsity[j]) * a2[i, j] * (one - a2[i, j])
            total[j] += delta2[i, j]
