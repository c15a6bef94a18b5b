"""One sample at a time, as plain loops compiled by Numba.

The loop that MATLAB's compiler is given, down to single numbers. The inner loops run along the rows and none of them
sums up a single number, so the compiler may use SIMD instructions without reordering any sum (no fastmath).
"""

import numba
import numpy as np

REQUIRES = ("numba",)


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
    one = x.dtype.type(1)  # a literal 1 is an int64, and float32 beside it becomes float64
    grad_w1, grad_w2 = np.zeros((p, n), x.dtype), np.zeros((n, p), x.dtype)
    grad_b1, grad_b2 = np.zeros(p, x.dtype), np.zeros(n, x.dtype)
    delta2, delta3 = np.empty(p, x.dtype), np.empty(n, x.dtype)
    for i in range(m):
        delta2[:] = 0
        for k in range(n):
            delta3[k] = (a3[i, k] - x[i, k]) * a3[i, k] * (one - a3[i, k])
            grad_b2[k] += delta3[k]
            for j in range(p):
                delta2[j] += delta3[k] * theta2[k, j]
                grad_w2[k, j] += delta3[k] * a2[i, j]
        for j in range(p):
            delta2[j] = (delta2[j] + sparsity[j]) * a2[i, j] * (one - a2[i, j])
            grad_b1[j] += delta2[j]
            for k in range(n):
                grad_w1[j, k] += delta2[j] * a1[i, k]
    return grad_w1, grad_w2, grad_b1, grad_b2
