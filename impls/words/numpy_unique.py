"""np.unique over an array of strings, each as wide as the longest."""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    (text,) = inputs.values()

    def step():
        words, counts = np.unique(np.array(text.split()), return_counts=True)
        return dict(zip(words.tolist(), counts.tolist(), strict=True))

    return step
