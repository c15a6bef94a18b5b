"""What an evaluation does once for each unit or parameter, and not for each sample."""

import numpy as np


def penalty(rho_hat, beta, rho):
    """Return the sparsity's part of the cost, and its part of delta2: (p,)."""
    divergence = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    return beta * divergence.sum(), beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))


def outputs(inputs, unwanted, squares, sums, *, m=None):
    """Return the outputs of problem.py.

    Parameters
    ----------
    inputs
        Those of problem.py.
    unwanted
        The sparsity's part of the cost.
    squares
        Sum over all samples of (a3 - x)^2.
    sums
        Those over all samples of delta2' x (p, n), delta3' a2 (n, p), delta2 (p,) and delta3 (n,); they are written to.
    m
        How many samples there are, where the inputs have but some of them.
    """
    x, w1, _, w2, _, decay, _, _ = inputs.values()
    m = m or len(x)
    grad_w1, grad_w2, grad_b1, grad_b2 = (np.divide(total, m, out=total) for total in sums)
    grad_w1 += decay * w1
    grad_w2 += decay * w2
    cost = squares / (2 * m) + decay / 2 * ((w1**2).sum() + (w2**2).sum()) + unwanted
    return x.dtype.type(cost), grad_w1, grad_w2, grad_b1, grad_b2


def joined(totals):
    """Return the squares and the sums of `outputs` as one array (1 + 2 n p + p + n,), a message or a row."""
    return np.concatenate([np.ravel(total) for total in totals])


def parted(numbers, n, p):
    """Return the squares and the sums in an array of `joined`: views."""
    shapes = ((), (p, n), (n, p), (p,), (n,))
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [piece.reshape(shape) for piece, shape in zip(np.split(numbers, ends[:-1]), shapes, strict=True)]
