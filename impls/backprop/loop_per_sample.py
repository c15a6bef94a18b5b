"""One sample at a time, everything inside the loop.

The question's first version (https://stackoverflow.com/q/18516605): as its MATLAB code, it computes even the sparsity
term, which is the same for every sample, anew for each. The text is kept: ``np.dot`` of two reshaped vectors is faster
here than ``@`` or ``np.outer``, so modernising it would change what others are compared with.
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
        grad_b1 = np.zeros(p, x.dtype)
        grad_b2 = np.zeros(n, x.dtype)
        for i in range(m):
            delta3 = -(x[i, :] - a3[i, :]) * a3[i, :] * (1 - a3[i, :])
            sum1 = np.dot(theta2.T, delta3)
            sum2 = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))
            delta2 = (sum1 + sum2) * a2[i, :] * (1 - a2[i, :])
            grad_w1 += np.dot(delta2.reshape(p, 1), a1[i, :].reshape(1, n))
            grad_w2 += np.dot(delta3.reshape(n, 1), a2[i, :].reshape(1, p))
            grad_b1 += delta2
            grad_b2 += delta3
        return grad_w1, grad_w2, grad_b1, grad_b2

    return step
