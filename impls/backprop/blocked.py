"""Blocks of samples that fit the cache, buffers allocated once.

As ``inplace``, a block of samples at a time: what the first product leaves of a block in the second-level cache is used
up there by the other two, and no array of m rows is ever written.
"""

import numpy as np

REQUIRES = ("numpy",)

BLOCK_BYTES = 3 << 18
"""What a block reads and writes. A second-level cache has 1 to 2 MiB a core; BLAS needs some for its packed copies."""


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()
    (m, n), p = x.shape, len(rho_hat)
    rows = max(1, BLOCK_BYTES // ((5 * n + 3 * p) * x.itemsize))
    buffers = [np.zeros_like(array[:rows]) for array in (a3, a3, a2, a2)]  # in the inputs' memory order
    buffers.append(np.ones(min(m, rows), x.dtype))
    blocks = []  # views: some rows of the inputs, as many of the buffers
    for start in range(0, m, rows):
        stop = min(m, start + rows)
        given = [array[start:stop] for array in (x, a1, a2, a3)]
        blocks.append((*given, *(buffer[: stop - start] for buffer in buffers)))

    def gradients(sparsity, x, a1, a2, a3, delta3, slope3, delta2, slope2, ones):
        np.subtract(a3, x, out=delta3)
        np.subtract(1, a3, out=slope3)
        np.multiply(delta3, a3, out=delta3)
        np.multiply(delta3, slope3, out=delta3)
        np.matmul(delta3, theta2, out=delta2)
        np.subtract(1, a2, out=slope2)
        np.add(delta2, sparsity, out=delta2)
        np.multiply(delta2, a2, out=delta2)
        np.multiply(delta2, slope2, out=delta2)
        return delta2.T @ a1, delta3.T @ a2, ones @ delta2, ones @ delta3

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))  # (p,)
        totals = gradients(sparsity, *blocks[0])
        for block in blocks[1:]:
            for total, part in zip(totals, gradients(sparsity, *block), strict=True):
                np.add(total, part, out=total)
        return totals

    return step
