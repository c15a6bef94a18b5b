"""Whole arrays, a row for each sample: no array in transposed order.

The three matrix products of ``vectorized``, in the order in which the inputs lie: no element-wise operation mixes an
array with the transpose of another, and the products' own ``.T`` is a flag to BLAS, not a copy.
"""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))  # (p,)
        delta3 = (a3 - x) * a3 * (1 - a3)  # (m, n)
        delta2 = (np.dot(delta3, theta2) + sparsity) * a2 * (1 - a2)  # (m, p)
        return np.dot(delta2.T, a1), np.dot(delta3.T, a2), delta2.sum(axis=0), delta3.sum(axis=0)

    return step
