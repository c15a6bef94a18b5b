"""Blocks of samples that fit the cache, buffers allocated once.

As ``inplace``, a block of samples at a time and twice: the first pass leaves the hidden units' activations (m, p), the
second does the rest of a block while all of it is in the second-level cache.
"""

import numpy as np

from ._parts import outputs, penalty
from .inplace import activate

REQUIRES = ("numpy",)

BLOCK_BYTES = 3 << 18
"""What a block reads and writes. A second-level cache has 1 to 2 MiB a core; BLAS needs some for its packed copies."""


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, _, b1, _, _, _, beta, rho = inputs.values()
    forward, backward = passes(inputs, np.zeros((len(x), len(b1)), x.dtype))

    def step():
        unwanted, sparsity = penalty(forward() / len(x), beta, rho)
        squares, *sums = backward(sparsity)
        return outputs(inputs, unwanted, squares, sums)

    return step


def passes(inputs, hidden):
    """Return both passes over the samples in the inputs of problem.py, which may be but some of all.

    The first writes the hidden units' activations to `hidden` (m, p) and returns their sums (p,). The second is given
    the sparsity's part of delta2 (p,), writes over `hidden` and returns the sum over samples and outputs of (a3 - x)^2,
    then those over samples of delta2' x (p, n), delta3' a2 (n, p), delta2 (p,) and delta3 (n,).
    """
    x, w1, b1, w2, b2, _, _, _ = inputs.values()
    (m, n), p = x.shape, len(b1)
    rows = max(1, BLOCK_BYTES // ((3 * n + 2 * p) * x.itemsize))
    buffers = np.zeros_like(x[:rows]), np.zeros_like(x[:rows]), np.zeros_like(hidden[:rows])
    ones = np.ones(min(m, rows), x.dtype)
    blocks = []  # views: some rows of x and of the activations, as many of the buffers
    for start in range(0, m or 1, rows):
        stop = min(m, start + rows)
        blocks.append([array[start:stop] for array in (x, hidden)])
        blocks[-1] += [buffer[: stop - start] for buffer in (*buffers, ones)]

    def gradients(sparsity, x, a2, a3, delta3, delta2, ones):
        activate(a2, w2, b2, out=a3)
        np.subtract(a3, x, out=delta3)
        squares = np.vdot(delta3, delta3) if delta3.flags.c_contiguous else (delta3 * delta3).sum()
        np.multiply(delta3, a3, out=delta3)
        np.subtract(1, a3, out=a3)
        np.multiply(delta3, a3, out=delta3)
        np.matmul(delta3, w2, out=delta2)
        grad_w2 = delta3.T @ a2
        np.add(delta2, sparsity, out=delta2)
        np.multiply(delta2, a2, out=delta2)
        np.subtract(1, a2, out=a2)
        np.multiply(delta2, a2, out=delta2)
        return np.asarray(squares), delta2.T @ x, grad_w2, ones @ delta2, ones @ delta3

    def forward():
        activations = np.zeros(p, x.dtype)
        for some, a2, *_, ones in blocks:
            activate(some, w1, b1, out=a2)
            activations += ones @ a2
        return activations

    def backward(sparsity):
        totals = gradients(sparsity, *blocks[0])
        for block in blocks[1:]:
            for total, part in zip(totals, gradients(sparsity, *block), strict=True):
                np.add(total, part, out=total)
        return totals

    return forward, backward
