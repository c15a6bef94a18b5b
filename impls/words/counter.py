"""collections.Counter, whose loop is in C."""

from collections import Counter


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    (text,) = inputs.values()

    def step():
        return dict(Counter(text.split()))

    return step
