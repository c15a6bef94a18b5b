"""np.dot, as in the answer."""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, y = inputs["x"], inputs["y"]

    def step():
        return np.dot(x, y)

    return step
