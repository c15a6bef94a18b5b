"""The product as it should be, another way."""


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        return x.T @ y

    return step
