"""One sample at a time, delta3 and the sparsity term outside the loop.

The question's second version (the update of https://stackoverflow.com/q/18516605): what does not depend on the sample
is computed once, delta3 for all samples at once, and slices of one row take the place of reshaping.
"""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()
    m, n = x.shape
    p = len(rho_hat)

    def step():
        grad_w1 = np.zeros((p, n), x.dtype)
        grad_w2 = np.zeros((n, p), x.dtype)
        grad_b1 = np.zeros((p, 1), x.dtype)
        grad_b2 = np.zeros((n, 1), x.dtype)
        sum2 = (beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))).reshape(p, 1)
        delta3t = (-(x - a3) * a3 * (1 - a3)).T
        for i in range(m):
            delta3 = delta3t[:, i : (i + 1)]
            sum1 = np.dot(theta2.T, delta3)
            delta2 = (sum1 + sum2) * a2[i : (i + 1), :].T * (1 - a2[i : (i + 1), :].T)
            grad_w1 += np.dot(delta2, a1[i : (i + 1), :])
            grad_w2 += np.dot(delta3, a2[i : (i + 1), :])
            grad_b1 += delta2
            grad_b2 += delta3
        return grad_w1, grad_w2, grad_b1.ravel(), grad_b2.ravel()

    return step
