"""Computes in another program, whose clock says 50 ms a call."""

COPIES_INPUTS = True


def prepare(inputs):
    x, y = inputs["x"].copy(), inputs["y"].copy()
    spent_ns = 0

    def step():
        nonlocal spent_ns
        spent_ns += 50_000_000
        return x.T @ y

    step.clock_ns = lambda: spent_ns
    step.pools = [{"library": "other blas", "version": "1", "kernel": None, "threads": 1}]
    step.transfer_ns = 5
    return step
