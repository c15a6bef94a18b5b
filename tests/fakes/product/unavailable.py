"""Needs what nobody has."""

REQUIRES = ("numpy", "implbench-no-such-distribution")


def prepare(inputs):
    raise AssertionError("not reached")
