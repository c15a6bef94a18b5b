"""Whole arrays: element-wise stages fused by numexpr, products by BLAS.

As ``inplace``, but each stage is one expression, which numexpr evaluates in pieces that stay in the cache: it makes no
temporary arrays and reads each array once. One thread only: with more, numexpr's threads and those of BLAS take turns,
and that no more than so many compute at a time could not be verified.
"""

import numexpr
import numpy as np

REQUIRES = ("numexpr",)


def unsupported(case):
    return "numexpr and BLAS have threads of their own, more together than asked for" if case.threads > 1 else None


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, a1, a2, a3, theta2, rho_hat, beta, rho = inputs.values()
    delta3, delta2 = np.zeros_like(a3), np.zeros_like(a2)  # (m, n) and (m, p), in the memory order of the activations
    ones = np.ones(len(x), x.dtype)

    def step():
        sparsity = beta * (-rho / rho_hat + (1.0 - rho) / (1.0 - rho_hat))  # (p,)
        # A literal 1 takes the arrays' dtype; 1.0 would have numexpr compute in float64.
        numexpr.evaluate("(a3 - x) * a3 * (1 - a3)", {"x": x, "a3": a3}, {}, out=delta3)
        np.matmul(delta3, theta2, out=delta2)  # not np.dot, whose out must be C-ordered
        given = {"delta2": delta2, "sparsity": sparsity, "a2": a2}
        numexpr.evaluate("(delta2 + sparsity) * a2 * (1 - a2)", given, {}, out=delta2)
        return np.dot(delta2.T, a1), np.dot(delta3.T, a2), np.dot(ones, delta2), np.dot(ones, delta3)

    return step
