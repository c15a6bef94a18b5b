"""Warnings that are of what is tested, and not of the machine that tests it."""

import os

from bench.machine import variables


def of_the_machine():
    """Return what is said of the variables that are set here: some machines force a BLAS kernel."""
    return set(variables.warnings(os.environ))


def warnings(found):
    """Return the warnings of a comparison but for those."""
    return [one for one in found["warnings"] if one not in of_the_machine()]
