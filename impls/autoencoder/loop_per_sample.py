"""One sample at a time, everything inside the loop.

The exercise as one first writes it down, and as the question's code is written (https://stackoverflow.com/q/18516605):
a loop for the mean activations, then another that passes each sample through the network once more and back, and
computes even the sparsity term anew for each.
"""

import numpy as np

from ._parts import outputs, penalty

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, w1, b1, w2, b2, _, beta, rho = inputs.values()
    (m, n), p = x.shape, len(b1)

    def step():
        rho_hat = np.zeros(p, x.dtype)
        for i in range(m):
            rho_hat += 1 / (1 + np.exp(-(np.dot(w1, x[i, :]) + b1)))
        rho_hat /= m
        squares = 0.0
        sums = [np.zeros(shape, x.dtype) for shape in ((p, n), (n, p), p, n)]
        for i in range(m):
            a2 = 1 / (1 + np.exp(-(np.dot(w1, x[i, :]) + b1)))
            a3 = 1 / (1 + np.exp(-(np.dot(w2, a2) + b2)))
            delta3 = -(x[i, :] - a3) * a3 * (1 - a3)
            sum2 = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))
            delta2 = (np.dot(w2.T, delta3) + sum2) * a2 * (1 - a2)
            squares += np.dot(x[i, :] - a3, x[i, :] - a3)
            sums[0] += np.dot(delta2.reshape(p, 1), x[i, :].reshape(1, n))
            sums[1] += np.dot(delta3.reshape(n, 1), a2.reshape(1, p))
            sums[2] += delta2
            sums[3] += delta3
        return outputs(inputs, penalty(rho_hat, beta, rho)[0], squares, sums)

    return step
