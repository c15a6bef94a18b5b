"""Copies its inputs in prepare, as its problem says."""


def prepare(inputs):
    x, y = inputs["x"].copy(), inputs["y"].copy()

    def step():
        return x.T @ y

    return step
