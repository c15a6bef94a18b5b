"""Sparse autoencoder: its training by L-BFGS.

What the exercise "Sparse Autoencoder" of the UFLDL tutorial is for (http://ufldl.stanford.edu/wiki/index.php/
Exercise:Sparse_Autoencoder): the parameters that minimise the cost of `autoencoder` over patches of photographs. Each
implementation hands its own cost and gradient to the same minimiser, scipy.optimize.minimize with method L-BFGS-B,
which calls it some 420 times in the exercise's 400 iterations (size M): what a faster step saves is seen in minutes.
The usual size is a short one.

The way to a minimum depends on the last digit of every step, so no two implementations end at the same parameters, and
none of them is the right one. What counts is where they lead: the cost there, computed here in float64, and the mean
activation that the exercise asks for.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._autoencoder import problem as autoencoder

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

SIZES = {
    "S": {"m": 1_000, "n": 64, "p": 25, "iterations": 30},
    "M": {"m": 10_000, "n": 64, "p": 25, "iterations": 400},
}
DEFAULT_SIZE = "S"
DATA = ("patches",)
BASELINE = "vectorized"
OUTPUTS = ("cost", "w1", "w2", "b1", "b2")
LADDER = ("loop_per_sample", "loop_hoisted", "vectorized", "inplace", "blocked", "numba_blocked", "c_fused")

PARAMETERS = OUTPUTS[1:]

GOALS = ((400, 0.37, 0.009, 0.012), (30, 0.60, 0.005, 0.020))
"""Iterations, and what is right after so many or more: a cost below this, a mean activation from this to this.

Reached, with many seeds and both dtypes: after 400 iterations over 10 000 samples 0.342 to 0.348 and 0.0115 to 0.0117,
after 30 over 1 000 samples 0.46 to 0.53 and 0.0089 to 0.0122. After fewer only the cost that is returned is verified.
"""


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return what an implementation is given: the inputs of `autoencoder` at the initial parameters, and iterations.

    Parameters
    ----------
    size
        m samples, n input units (the square of a whole number), p hidden units, and how many iterations.
    dtype
        Name of the arrays' dtype.
    data
        ``patches``: of the photographs of `backprop`.
    seed
        Of the patches' positions and the initial parameters.

    Returns
    -------
    dict
        x (m, n), w1 (p, n), b1 (p,), w2 (n, p), b2 (n,), decay, beta, rho, iterations.

    Raises
    ------
    ValueError
        If there is no such data, or `n` is not a patch of the photographs.
    """
    if data not in DATA:
        raise ValueError(f"data {data!r} is unknown: expected {DATA[0]}")
    return {**autoencoder.inputs(size, dtype, data, seed), "iterations": size["iterations"]}


def accept(inputs: Inputs, outputs: Mapping[str, Array]) -> str | None:
    """Return None if the parameters are good ones, else why not.

    The cost is computed anew from them, in float64: it must be what was returned, within the tolerance of
    `autoencoder`, and low enough for so many iterations; the hidden units' mean activation must be about `rho`.
    """
    found = {name: np.asarray(outputs[name]) for name in PARAMETERS}
    for name, array in found.items():
        if array.shape != np.shape(inputs[name]) or not np.isfinite(array).all():
            return f"{name} is not {np.shape(inputs[name])} finite numbers"
    given = _at(inputs, found)
    cost = autoencoder.evaluated(given, np.float64)["cost"]
    allowed = autoencoder.tolerance(given, float(np.finfo(found["w1"].dtype).eps) / 2)["cost"]
    if not abs(outputs["cost"] - cost) <= allowed:
        return f"the cost is {cost:.6g} at the parameters that were returned, and was said to be {outputs['cost']:.6g}"
    goal, least, most = _wanted(int(inputs["iterations"]))
    if not cost < goal:
        return f"the cost is {cost:.4f}, expected less than {goal} after {inputs['iterations']} iterations"
    rho_hat = mean_activation(given)
    if not least <= rho_hat <= most:
        return f"the mean activation is {rho_hat:.4f}, expected {least} to {most}"
    return None


def quality(inputs: Inputs, outputs: Mapping[str, Array]) -> float:
    """Return the cost at the parameters that were returned: the lower the better."""
    return float(autoencoder.evaluated(_at(inputs, outputs), np.float64)["cost"])


def mean_activation(given: Inputs) -> float:
    """Return the mean of the hidden units' activations over all samples, given the inputs of `autoencoder`."""
    x, w1, b1 = (np.asarray(given[name], dtype=np.float64) for name in ("x", "w1", "b1"))
    return float((1 / (1 + np.exp(-(x @ w1.T + b1)))).mean())


def _at(inputs: Inputs, outputs: Mapping[str, Array]) -> dict[str, Array | float]:
    """Return the inputs of `autoencoder` at the parameters that were returned."""
    given = {name: value for name, value in inputs.items() if name != "iterations"}
    return {**given, **{name: outputs[name] for name in PARAMETERS}}


def _wanted(iterations: int) -> tuple[float, float, float]:
    """Return the cost to get below after so many iterations, and the least and most mean activation."""
    reached = ((goal, least, most) for after, goal, least, most in GOALS if iterations >= after)
    return next(reached, (math.inf, 0.0, 1.0))
