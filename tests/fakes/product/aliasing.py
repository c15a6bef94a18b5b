"""Returns the same array from each call."""

import numpy as np


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]
    product = np.empty((x.shape[1], y.shape[1]), x.dtype)

    def step():
        return np.dot(x.T, y, out=product)

    return step
