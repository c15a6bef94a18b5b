"""Raises."""


def prepare(inputs):
    def step():
        raise ArithmeticError("the third sample is odd")

    return step
