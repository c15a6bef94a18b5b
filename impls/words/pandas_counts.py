"""value_counts of pandas, over a Series of Python's strings."""

import pandas as pd

REQUIRES = ("pandas",)


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    (text,) = inputs.values()

    def step():
        return pd.Series(text.split(), dtype=object).value_counts(sort=False).to_dict()

    return step
