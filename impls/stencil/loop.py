"""Two loops over lists, point by point."""

import numpy as np

REQUIRES = ("numpy",)

MOST_POINTS = 2_000_000
"""In all steps: some half a second."""


def unsupported(case):
    """Return why a case is not done: it would take seconds."""
    points = case.size["n"] ** 2 * case.size["steps"]
    return f"takes seconds for {points:.1e} points; --size S" if points > MOST_POINTS else None


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    u, steps = inputs.values()

    def step():
        plate = u.tolist()
        for _ in range(steps):
            before, plate = plate, [row[:] for row in plate]
            for i in range(1, len(plate) - 1):
                above, here, below, row = before[i - 1], before[i], before[i + 1], plate[i]
                for j in range(1, len(row) - 1):
                    row[j] = 0.25 * (above[j] + below[j] + here[j - 1] + here[j + 1])
        return np.array(plate, u.dtype)

    return step
