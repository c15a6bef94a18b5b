"""Forgets the last of the samples."""


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        return x[:-1].T @ y[:-1]

    return step
