"""Refuses single precision."""


def unsupported(case):
    return "computes in float64 only" if case.dtype == "float32" else None


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        return x.T @ y

    return step
