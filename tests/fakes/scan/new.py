"""Into a new array."""

import numpy as np


def prepare(inputs):
    a = inputs["a"]
    return lambda: np.cumsum(a)
