"""np.add into an array that is there already."""

from typing import Any

import numpy as np

REQUIRES = ("numpy",)
COPIES_INPUTS = True


def unsupported(case: Any) -> str | None:
    """Return why it is no limit for several threads."""
    return None if case.threads == 1 else "np.add computes in one thread"


def prepare(inputs: Any) -> Any:
    """Return the step over the inputs of problem.py."""
    x, y = (np.tile(inputs[name], int(inputs["blocks"])) for name in ("x", "y"))
    total = np.empty_like(x)
    block, repeats = len(inputs["x"]), int(inputs["repeats"])

    def step() -> Any:
        for _ in range(repeats):
            np.add(x, y, out=total)
        return total[-block:].copy()

    return step
