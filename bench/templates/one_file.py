"""Sum of squares of each row.

A working example: put your own computation in its place. Each public function but `inputs` is an implementation, and
the first of them is what the others are compared with; an underscore in front of a name makes it a helper.
"""

import numpy as np


def inputs(m=1_000, n=64, *, seed):
    """Return what the functions are called with; the defaults are the sizes (--set m=500, --sweep m=100..1e5)."""
    return np.random.RandomState(seed).uniform(-1, 1, (m, n))  # several arguments: a tuple; by name: a dict


def loop(x):
    """One number after the other, in Python."""
    sums = np.zeros(len(x))
    for i, row in enumerate(x):
        for value in row:
            sums[i] += value * value
    return sums


def vectorised(x):
    """All rows at once, in NumPy."""
    return (x * x).sum(axis=1)
