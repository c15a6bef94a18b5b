"""Whole matrices, in GNU Octave: three matrix products.

What ``vectorized`` and ``row_major`` are in NumPy: no loop, a row for each sample.
"""

from pathlib import Path

from .._octave import Evaluation, unavailable

__all__ = ["prepare", "unavailable"]

REQUIRES = ("numpy",)
COPIES_INPUTS = True


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    return Evaluation(Path(__file__).parent, inputs)
