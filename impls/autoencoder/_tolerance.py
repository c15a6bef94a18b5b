"""How far rounding may take an honest evaluation from the truth: a bound for every number, to first order in u.

Each stage adds its own roundings, and carries those of its operands on by its derivative (Higham, Accuracy and
Stability of Numerical Algorithms, 2nd ed., ch. 1 and 3). Written e(y) for the bound on the error of y, and with |y|
the magnitudes, element by element:

    e(z2) = c(n) u (|x| |w1|' + |b1|)                      a sum of n products and b1, in any order
    e(a)  = a (1 - a) (e(z) + f u) + 2 u a                 da/dz = a (1 - a); exp off by f u, a sum, a quotient
    e(rho_hat) = mean(e(a2)) + c(m) u rho_hat
    e(z3) = e(a2) |w2|' + c(p) u (a2 |w2|' + |b2|)
    e(delta3) = e(a3) (a3 (1 - a3) + |a3 - x| |1 - 2 a3|) + 4 u |delta3|
    e(sparsity) = beta (rho / rho_hat^2 + (1 - rho) / (1 - rho_hat)^2) e(rho_hat) + 4 u (the magnitudes)
    e(back) = e(delta3) |w2| + c(n) u |delta3| |w2|        back = delta3 w2
    e(delta2) = a2 (1 - a2) (e(back) + e(sparsity)) + |back + sparsity| |1 - 2 a2| e(a2)
                + 4 u a2 (1 - a2) (|back| + |sparsity|)
    e(grad_w1) = 1/m (e(delta2)' |x| + c(m) u |delta2|' |x|) + 3 u decay |w1|,  the others alike
    e(cost) = 1/m sum |a3 - x| e(a3) + c(m n) u squares + c(n p) u decay + beta sum (|d KL/d rho_hat| e(rho_hat)
              + (f + 4) u (rho |ln| + (1 - rho) |ln|) + 4 u)

A sum of k terms is off by less than k u times the sum of their magnitudes in any order (ch. 4), and hardly ever by more
than a few sqrt(k) (Higham and Mary, A new approach to probabilistic rounding error analysis, 2019): c(k) is the less of
k + 2 and 4 sqrt(k) + 16. Errors of different samples are added up as if all had one sign, which they have not.

Measured, the error is 0.001 to 0.1 of this, of loops, of BLAS, of frameworks and of polynomials for exp alike. One
sample of 10 000 dropped exceeds it a thousand million times in float64, and four to ten times in float32, but for
patches without contrast (three in ten of the usual data), whose part is as small as a rounding error there.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._backprop import problem as backprop

Array = NDArray[Any]

ELEMENTARY = 4.0
"""f: error of exp and log that counts as right, relative to the result: 2 units in the last place."""


def bounds(given: Mapping[str, Array], u: float) -> dict[str, NDArray[np.float64]]:
    """Return the bounds for cost (), grad_w1 (p, n), grad_w2 (n, p), grad_b1 (p,) and grad_b2 (n,).

    Parameters
    ----------
    given
        The inputs in float64.
    u
        The unit roundoff.
    """
    x, w1, b1, w2, b2, decay, beta, rho = given.values()
    (m, n), p = x.shape, len(b1)
    z2 = u * terms(n) * (np.abs(x) @ np.abs(w1).T + np.abs(b1))
    a2, error2 = activation(x @ w1.T + b1, z2, u)
    z3 = error2 @ np.abs(w2).T + u * terms(p) * (a2 @ np.abs(w2).T + np.abs(b2))
    a3, error3 = activation(a2 @ w2.T + b2, z3, u)
    rho_hat = a2.mean(axis=0)
    rho_hat_error = error2.mean(axis=0) + u * terms(m) * rho_hat

    slope2, slope3, off = a2 * (1 - a2), a3 * (1 - a3), np.abs(a3 - x)
    delta3 = off * slope3
    delta3_error = error3 * (slope3 + off * np.abs(1 - 2 * a3)) + 4 * u * delta3
    wanted, unwanted = beta * rho / rho_hat, beta * (1 - rho) / (1 - rho_hat)
    sparsity = unwanted - wanted
    sparsity_error = (wanted / rho_hat + unwanted / (1 - rho_hat)) * rho_hat_error + 4 * u * (wanted + unwanted)
    back = ((a3 - x) * slope3) @ w2
    back_error = delta3_error @ np.abs(w2) + u * terms(n) * (delta3 @ np.abs(w2))
    delta2 = np.abs(back + sparsity) * slope2
    delta2_error = slope2 * (back_error + sparsity_error + 4 * u * (np.abs(back) + np.abs(sparsity)))
    delta2_error += np.abs(back + sparsity) * np.abs(1 - 2 * a2) * error2

    total2, total3 = delta2_error + u * terms(m) * delta2, delta3_error + u * terms(m) * delta3
    logs = rho * np.abs(np.log(rho / rho_hat)) + (1 - rho) * np.abs(np.log((1 - rho) / (1 - rho_hat)))
    divergence = np.abs(sparsity) * rho_hat_error + beta * u * ((ELEMENTARY + 4) * logs + 4)
    squares = (off * error3).sum() / m + u * terms(m * n) * (off * off).sum() / (2 * m)
    decayed = u * terms(n * p) * decay / 2 * ((w1 * w1).sum() + (w2 * w2).sum())
    return {
        "cost": np.asarray(squares + decayed + divergence.sum()),
        "grad_w1": total2.T @ np.abs(x) / m + 3 * u * decay * np.abs(w1),
        "grad_w2": (total3.T @ a2 + delta3.T @ error2) / m + 3 * u * decay * np.abs(w2),
        "grad_b1": total2.sum(axis=0) / m,
        "grad_b2": total3.sum(axis=0) / m,
    }


def terms(count: int) -> float:
    """Return c: so many roundings u a sum of so many terms may be off by, relative to the sum of their magnitudes."""
    return min(count + 2.0, 4 * math.sqrt(count) + 16)


def activation(z: Array, error: Array, u: float) -> tuple[Array, Array]:
    """Return the activations at z, and the bound of their errors, given that of z."""
    a = backprop.sigmoid(z)
    return a, a * (1 - a) * (error + ELEMENTARY * u) + 2 * u * a
