"""np.dot into an array that is there already."""

from typing import Any

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs: Any) -> Any:
    """Return the step over the inputs of problem.py."""
    x, y = inputs["x"], inputs["y"]
    product = np.empty_like(x)
    every = len(x) // 8

    def step() -> Any:
        np.dot(x, y, out=product)
        return product[::every].copy()

    return step
