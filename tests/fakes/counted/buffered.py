"""2 NumPy calls, 1 allocation of 30 numbers."""

import numpy as np


def prepare(inputs):
    x, y = inputs.values()
    squares = np.zeros_like(y)

    def step():
        np.multiply(y, y, out=squares)
        return np.dot(x.T, squares)

    return step
