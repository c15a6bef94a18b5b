"""The loop over a defaultdict: one look-up a word instead of two or three."""

from collections import defaultdict


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    (text,) = inputs.values()

    def step():
        counts: dict[str, int] = defaultdict(int)
        for word in text.split():
            counts[word] += 1
        return dict(counts)

    return step
