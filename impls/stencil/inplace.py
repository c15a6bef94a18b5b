"""Whole arrays, into two plates that take turns: nothing is allocated in a step."""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    u, steps = inputs.values()
    other = np.empty_like(u)

    def step():
        plates = [u.copy(), other]
        other[:] = u  # the boundary
        for _ in range(steps):
            before, after = plates
            inner = after[1:-1, 1:-1]
            np.add(before[:-2, 1:-1], before[2:, 1:-1], out=inner)
            inner += before[1:-1, :-2]
            inner += before[1:-1, 2:]
            inner *= 0.25
            plates.reverse()
        return plates[0] if plates[0] is not other else other.copy()

    return step
