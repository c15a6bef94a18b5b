"""Ends the process where it is given anything else than plain arrays."""

import os

import numpy as np


def prepare(inputs):
    x, y = inputs.values()
    if type(x) is not np.ndarray:
        os._exit(3)

    def step():
        return np.dot(x.T, y * y)

    return step
