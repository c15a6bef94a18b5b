"""np.dot of two vectors."""

from typing import Any

import numpy as np

REQUIRES = ("numpy",)
COPIES_INPUTS = True


def prepare(inputs: Any) -> Any:
    """Return the step over the inputs of problem.py."""
    x, y = (np.tile(inputs[name], int(inputs["blocks"])) for name in ("x", "y"))
    repeats = int(inputs["repeats"])

    def step() -> Any:
        for _ in range(repeats):
            total = np.dot(x, y)
        return np.array([total])

    return step
