"""2 NumPy calls, 2 allocations of 5 m and of 30 numbers."""

import numpy as np


def prepare(inputs):
    x, y = inputs.values()

    def step():
        return np.dot(x.T, y * y)

    return step
