"""One sample at a time, in GNU Octave: the question's MATLAB code.

As it stands in the question (https://stackoverflow.com/q/18516605), everything inside the loop, the sparsity term too.
MATLAB compiles such a loop while it runs; Octave interprets it.
"""

from pathlib import Path

from .._octave import Evaluation, unavailable

__all__ = ["prepare", "unavailable"]

REQUIRES = ("numpy",)
COPIES_INPUTS = True


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    return Evaluation(Path(__file__).parent, inputs)
