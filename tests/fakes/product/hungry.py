"""Asks for more memory than there is."""


def prepare(inputs):
    def step():
        return bytearray(2**60)

    return step
