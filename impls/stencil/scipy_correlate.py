"""scipy.ndimage.correlate, with the four weights."""

import numpy as np
from scipy import ndimage

REQUIRES = ("numpy", "scipy")


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    u, steps = inputs.values()
    weights = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], u.dtype) / 4

    def step():
        plate = u.copy()
        for _ in range(steps):
            plate[1:-1, 1:-1] = ndimage.correlate(plate, weights)[1:-1, 1:-1]
        return plate

    return step
