"""All rows at once, in NumPy."""

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x = inputs["x"]

    def step():
        return (x * x).sum(axis=1)

    return step
