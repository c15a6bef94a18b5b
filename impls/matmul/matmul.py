"""The @ operator, np.matmul."""

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, y = inputs["x"], inputs["y"]

    def step():
        return x @ y

    return step
