"""Changes its input without saying so."""


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        product = x.T @ y
        x[0, 0] += 1
        return product

    return step
