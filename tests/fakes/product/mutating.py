"""Changes its input, past the flag that forbids it."""


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        product = x.T @ y
        x.flags.writeable = True
        x[0, 0] += 1
        return product

    return step
