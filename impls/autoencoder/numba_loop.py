"""One sample at a time, as plain loops compiled by Numba.

The loops of ``loop_hoisted`` down to single numbers. The inner loops run along the rows and none of them sums up a
single number, so the compiler may use SIMD instructions without reordering any sum (no fastmath); exp is a call for
each number, unless Intel's icc_rt is installed.
"""

import math

import numba
import numpy as np

from ._parts import outputs, penalty

REQUIRES = ("numba",)


def prepare(inputs):
    """Return the step over the inputs of problem.py, compiled for their dtype and memory order by a first call."""
    x, w1, b1, w2, b2, _, beta, rho = inputs.values()
    (m, n), p = x.shape, len(b1)
    a2 = np.zeros((m, p), x.dtype)

    def step():
        rho_hat = np.zeros(p, x.dtype)
        forward(x, np.ascontiguousarray(w1.T), b1, a2, rho_hat)
        unwanted, sparsity = penalty(rho_hat / m, beta, rho)
        sums = [np.zeros(shape, x.dtype) for shape in ((p, n), (n, p), p, n)]
        squares = backward(x, a2, np.ascontiguousarray(w2), b2, sparsity, *sums)
        return outputs(inputs, unwanted, squares, sums)

    step()
    return step


@numba.njit(cache=True)
def forward(x, w1t, b1, a2, rho_hat):
    """Write the hidden units' activations of some samples, and add them to `rho_hat`; w1 is given transposed."""
    (m, n), p = x.shape, len(b1)
    one = x.dtype.type(1)  # a literal 1 is an int64, and float32 beside it becomes float64
    z = np.empty(p, x.dtype)
    for i in range(m):
        z[:] = b1
        for k in range(n):
            for j in range(p):
                z[j] += x[i, k] * w1t[k, j]
        for j in range(p):
            a2[i, j] = one / (one + math.exp(-z[j]))
            rho_hat[j] += a2[i, j]


@numba.njit(cache=True)
def backward(x, a2, w2, b2, sparsity, grad_w1, grad_w2, grad_b1, grad_b2):
    """Add the sums over some samples to the last four; return that of the squares."""
    (m, n), p = x.shape, len(sparsity)
    one = x.dtype.type(1)
    w2t = np.ascontiguousarray(w2.T)
    a3, delta3, delta2 = np.empty(n, x.dtype), np.empty(n, x.dtype), np.empty(p, x.dtype)
    squares = 0.0
    for i in range(m):
        a3[:] = b2
        for j in range(p):
            for k in range(n):
                a3[k] += a2[i, j] * w2t[j, k]
        for k in range(n):
            a3[k] = one / (one + math.exp(-a3[k]))
        delta2[:] = 0
        for k in range(n):
            off = a3[k] - x[i, k]
            squares += off * off
            delta3[k] = off * a3[k] * (one - a3[k])
            grad_b2[k] += delta3[k]
            for j in range(p):
                delta2[j] += delta3[k] * w2[k, j]
                grad_w2[k, j] += delta3[k] * a2[i, j]
        for j in range(p):
            delta2[j] = (delta2[j] + sparsity[j]) * a2[i, j] * (one - a2[i, j])
            grad_b1[j] += delta2[j]
            for k in range(n):
                grad_w1[j, k] += delta2[j] * x[i, k]
    return squares
