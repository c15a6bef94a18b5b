"""Right at first, wrong after a while."""


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]
    calls = []

    def step():
        calls.append(None)
        return x.T @ y + (len(calls) > 12)

    return step
