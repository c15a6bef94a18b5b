"""The product as it should be."""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        return np.dot(x.T, y)

    return step
