"""Sparse autoencoder: cost and gradient, as a minimisation asks for them.

The whole of what the exercise "Sparse Autoencoder" of the UFLDL tutorial (http://ufldl.stanford.edu/wiki/index.php/
Exercise:Sparse_Autoencoder) has computed at each step: forward pass, weight decay, sparsity and backpropagation. With
samples i = 1..m as rows, ' the transpose, * element by element and s(z) = 1 / (1 + exp(-z)),

    a2 = s(x w1' + b1)                                                            (m, p)
    a3 = s(a2 w2' + b2)                                                           (m, n)
    rho_hat = 1/m sum_i a2_i                                                      (p,)
    cost = 1/(2m) |a3 - x|^2 + decay/2 (|w1|^2 + |w2|^2)
           + beta sum_j (rho ln(rho / rho_hat_j) + (1 - rho) ln((1 - rho) / (1 - rho_hat_j)))
    delta3 = (a3 - x) * a3 * (1 - a3)                                             (m, n)
    delta2 = (delta3 w2 + beta (-rho / rho_hat + (1 - rho) / (1 - rho_hat))) * a2 * (1 - a2)        (m, p)
    grad_w1 = 1/m delta2' x + decay w1        grad_b1 = 1/m sum_i delta2_i        (p, n) and (p,)
    grad_w2 = 1/m delta3' a2 + decay w2       grad_b2 = 1/m sum_i delta3_i        (n, p) and (n,)

w1, b1, w2, b2 are the parameters, decay the weight of their squares (lambda), rho the mean activation that the hidden
units should have and beta the weight of that wish. No delta2 is known before rho_hat is, hence before the forward pass
has been through all samples: two passes, or what takes their place.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._backprop import problem as backprop
from ._tolerance import bounds

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

SIZES = {
    "S": {"m": 1_000, "n": 64, "p": 25},
    "M": {"m": 10_000, "n": 64, "p": 25},
    "L": {"m": 100_000, "n": 64, "p": 25},
    "wide": {"m": 10_000, "n": 784, "p": 196},
}
DEFAULT_SIZE = "M"
DATA = ("patches", "patches-60", "patches-400", "random")
BASELINE = "vectorized"
OUTPUTS = ("cost", "grad_w1", "grad_w2", "grad_b1", "grad_b2")
LADDER = ("loop_per_sample", "loop_hoisted", "vectorized", "inplace", "blocked", "numba_blocked", "c_fused")

DECAY = 1e-4
BETA, RHO = backprop.BETA, backprop.RHO

EXP_FLOPS = {"float64": 34.0, "float32": 22.0}
"""Of exp by the usual way, in operations: scaling to a power of 2 and the rest (8), then a polynomial of degree 13 or 7
for the rest (26 or 14), whose Taylor remainder is below the unit roundoff."""


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return what an implementation is given, made in float64 and then rounded to `dtype`.

    Parameters
    ----------
    size
        m samples, n input units, p hidden units; for `patches` n is the square of a whole number above 1.
    dtype
        Name of the arrays' dtype.
    data
        ``patches``: of the photographs of `backprop`, at the exercise's initial parameters; ``patches-60`` and
        ``patches-400``: at the parameters after so many iterations of its training; ``random``: uniform numbers.
    seed
        Of the patches' positions and the initial parameters, or of the numbers. The same numbers with every NumPy.

    Returns
    -------
    dict
        x (m, n), w1 (p, n), b1 (p,), w2 (n, p), b2 (n,), decay, beta, rho; arrays C-ordered.

    Raises
    ------
    ValueError
        If there is no such data, `n` is not a patch of the photographs, or the trained network has another size.
    """
    if data not in DATA:
        raise ValueError(f"data {data!r} is unknown: expected {', '.join(DATA[:-1])} or {DATA[-1]}")
    m, n, p = size["m"], size["n"], size["p"]
    random = np.random.RandomState(seed)  # Generator's streams may change with NumPy, this one's do not (NEP 19)
    if data == "random":
        x, theta = random.random_sample((m, n)), random_parameters(n, p, random)
    else:
        x = backprop.normalised(backprop.patches(m, n, random))
        theta = backprop.initial(n, p, random) if data == "patches" else backprop.trained(data, n, p)
    arrays = {name: np.array(array, dtype=dtype, order="C") for name, array in {"x": x, **theta}.items()}
    return {**{name: arrays[name] for name in ("x", "w1", "b1", "w2", "b2")}, "decay": DECAY, "beta": BETA, "rho": RHO}


def random_parameters(n: int, p: int, random: np.random.RandomState) -> dict[str, Array]:
    """Return uniform parameters, the biases too: w1 (p, n), b1 (p,), w2 (n, p), b2 (n,).

    With the weights as wide as this, the activations are all over the interval from 0 to 1.
    """
    return {
        "w1": random.uniform(-3, 3, (p, n)) / math.sqrt(n),
        "b1": random.uniform(-1, 1, p),
        "w2": random.uniform(-3, 3, (n, p)) / math.sqrt(p),
        "b2": random.uniform(-1, 1, n),
    }


def stored(inputs: Inputs, dtype: type) -> dict[str, Array]:
    """Return the given numbers as `dtype`; no digit is lost if `dtype` is wider. Those of x are left as they are."""
    return {name: np.asarray(value, dtype=None if name == "x" else dtype) for name, value in inputs.items()}


def blocks(x: Array, dtype: type) -> Iterator[tuple[slice, Array]]:
    """Yield which samples, and these as `dtype`: as many as keep the arrays of the reference in the cache."""
    for start in range(0, len(x), backprop.BLOCK):
        rows = slice(start, start + backprop.BLOCK)
        yield rows, x[rows].astype(dtype)


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the outputs in extended precision, from the given inputs as they are stored.

    Where longdouble is no wider than float64 (MSVC, macOS on arm64) the error is that of float64, still far inside the
    tolerance.
    """
    return evaluated(inputs, np.longdouble)


def evaluated(inputs: Inputs, dtype: type) -> dict[str, Array]:
    """Return the outputs, computed in `dtype` as in the formula, a block of samples at a time."""
    given = stored(inputs, dtype)
    x, w1, b1, w2, b2, decay, beta, rho = given.values()
    m = len(x)
    a2 = np.concatenate([backprop.sigmoid(rows @ w1.T + b1) for _, rows in blocks(x, dtype)])
    rho_hat = a2.sum(axis=0) / m
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
    squares, sums = dtype(0), [np.zeros_like(each) for each in (w1, w2, b1, b2)]
    for rows, given_x in blocks(x, dtype):
        a3 = backprop.sigmoid(a2[rows] @ w2.T + b2)
        delta3 = (a3 - given_x) * a3 * (1 - a3)
        delta2 = (delta3 @ w2 + sparsity) * a2[rows] * (1 - a2[rows])
        squares += ((a3 - given_x) ** 2).sum()
        parts = delta2.T @ given_x, delta3.T @ a2[rows], delta2.sum(axis=0), delta3.sum(axis=0)
        sums = [total + part for total, part in zip(sums, parts, strict=True)]
    divergence = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    cost = squares / (2 * m) + decay / 2 * ((w1 * w1).sum() + (w2 * w2).sum()) + beta * divergence.sum()
    grad_w1, grad_w2, grad_b1, grad_b2 = (total / m for total in sums)
    return dict(zip(OUTPUTS, (cost, grad_w1 + decay * w1, grad_w2 + decay * w2, grad_b1, grad_b2), strict=True))


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each number of an output may be from the reference: the error analysis of ``_tolerance.py``.

    Parameters
    ----------
    inputs
        As an implementation is given them.
    unit_roundoff
        u, half the spacing of the numbers at 1, of the dtype that must do the arithmetic.
    """
    return bounds(stored(inputs, np.float64), unit_roundoff)


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that any must read and write.

    Five products at 2 m n p; for each of the m (n + p) activations an exp (`EXP_FLOPS`), a sum and a quotient, four
    operations for its delta and one to sum that; the squares of a3 - x and the sums of a2. What is done once for each
    parameter is left out. Between the passes nothing need be written: a2 can be computed twice, or kept in a cache.
    """
    m, n, p = size["m"], size["n"], size["p"]
    parameters = 2 * n * p + n + p
    return {
        "flops": 5.0 * 2 * m * n * p + m * (n + p) * (EXP_FLOPS[dtype] + 2 + 5) + m * (2 * n + p),
        "bytes": float(np.dtype(dtype).itemsize * (m * n + 2 * parameters + 1)),
    }
