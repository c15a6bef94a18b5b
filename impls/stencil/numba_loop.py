"""The two loops, compiled by Numba: a pass over the plate for each step."""

import numba

REQUIRES = ("numba",)


def prepare(inputs):
    """Return the step over the inputs of problem.py, compiled for their dtype by a first call."""
    u, steps = inputs.values()

    def step():
        return _after(u, steps)

    step()
    return step


@numba.njit(cache=True)
def _after(u, steps):
    plate, other = u.copy(), u.copy()
    quarter = u.dtype.type(0.25)
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            for j in range(1, u.shape[1] - 1):
                other[i, j] = quarter * (plate[i - 1, j] + plate[i + 1, j] + plate[i, j - 1] + plate[i, j + 1])
        plate, other = other, plate
    return plate
