"""Samples shared out among threads, each with plain loops compiled by Numba.

Each thread adds up its own share of the samples, one after the other; the shares are added at the end. There is no BLAS
in it: its threads beside Numba's would wait for one another. Without fastmath, as `numba_loop`.
"""

import numba
import numpy as np

REQUIRES = ("numba",)


def prepare(inputs):
    """Return the step over the inputs of problem.py, compiled for their dtype and memory order by a first call."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))  # (p,)
        shares = _gradients(x, a1, a2, a3, theta2, sparsity, numba.get_num_threads())
        return tuple(shared.sum(axis=0) for shared in shares)

    step()
    return step


@numba.njit(parallel=True, cache=True)
def _gradients(x, a1, a2, a3, theta2, sparsity, shares):
    """Return the gradients over each of so many shares; asked in here for the number, Numba would keep nothing."""
    (m, n), p = x.shape, len(sparsity)
    grad_w1, grad_w2 = np.zeros((shares, p, n), x.dtype), np.zeros((shares, n, p), x.dtype)
    grad_b1, grad_b2 = np.zeros((shares, p), x.dtype), np.zeros((shares, n), x.dtype)
    for share in numba.prange(shares):
        rows = slice(m * share // shares, m * (share + 1) // shares)
        sums = grad_w1[share], grad_w2[share], grad_b1[share], grad_b2[share]
        _add_up(x[rows], a1[rows], a2[rows], a3[rows], theta2, sparsity, sums)
    return grad_w1, grad_w2, grad_b1, grad_b2


@numba.njit(cache=True)
def _add_up(x, a1, a2, a3, theta2, sparsity, sums):
    """Add the gradients over some samples to `sums`."""
    grad_w1, grad_w2, grad_b1, grad_b2 = sums
    (m, n), p = x.shape, len(sparsity)
    one = x.dtype.type(1)  # a literal 1 is an int64, and float32 beside it becomes float64
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
