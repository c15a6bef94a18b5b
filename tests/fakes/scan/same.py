"""Over its own input."""

import numpy as np


def prepare(inputs):
    a = inputs["a"]
    return lambda: np.cumsum(a, out=a)
