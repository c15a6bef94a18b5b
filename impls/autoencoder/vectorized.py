"""Whole arrays, a row for each sample: five matrix products.

The formulas as they stand, which is how the tutorial wants the exercise solved.
"""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, w1, b1, w2, b2, decay, beta, rho = inputs.values()
    m = len(x)

    def step():
        a2 = 1 / (1 + np.exp(-(x @ w1.T + b1)))  # (m, p)
        a3 = 1 / (1 + np.exp(-(a2 @ w2.T + b2)))  # (m, n)
        rho_hat = a2.mean(axis=0)  # (p,)
        divergence = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
        squares, weights = ((a3 - x) ** 2).sum(), (w1**2).sum() + (w2**2).sum()
        cost = squares / (2 * m) + decay / 2 * weights + beta * divergence.sum()
        sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))  # (p,)
        delta3 = (a3 - x) * a3 * (1 - a3)  # (m, n)
        delta2 = (delta3 @ w2 + sparsity) * a2 * (1 - a2)  # (m, p)
        grad_w1, grad_w2 = delta2.T @ x / m + decay * w1, delta3.T @ a2 / m + decay * w2
        return cost, grad_w1, grad_w2, delta2.mean(axis=0), delta3.mean(axis=0)

    return step
