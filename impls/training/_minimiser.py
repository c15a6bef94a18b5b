"""L-BFGS over the parameters of the autoencoder, whoever computes their cost and gradient."""

import numpy as np
from scipy.optimize import minimize

ORDER = ("w1", "w2", "b1", "b2")
"""In which the parameters lie in a vector, row by row; as the gradients are returned."""

EVALUATIONS = 10
"""At most so many for each iteration; 1.05 is usual."""


def training(autoencoder):
    """Return the function ``prepare`` of an implementation of the training.

    Parameters
    ----------
    autoencoder
        The module of an implementation of the problem autoencoder. What it prepares is asked again and again, while the
        parameters change in the arrays that it was given.
    """

    def prepare(inputs):
        given = {name: value for name, value in inputs.items() if name != "iterations"}
        vector = np.empty(sum(given[name].size for name in ORDER), given["x"].dtype)
        pieces = np.split(vector, np.cumsum([given[name].size for name in ORDER[:-1]]))
        parameters = {name: piece.reshape(given[name].shape) for name, piece in zip(ORDER, pieces, strict=True)}
        put(parameters, inputs)
        evaluate = autoencoder.prepare({**given, **parameters})  # in the order of the inputs

        def cost_and_gradient(theta):
            vector[:] = theta
            cost, *gradients = evaluate()
            return float(cost), np.concatenate([each.ravel() for each in gradients], dtype=np.float64)

        def step():
            put(parameters, inputs)
            iterations = int(inputs["iterations"])
            limits = {"maxiter": iterations, "maxfun": EVALUATIONS * iterations, "ftol": 0, "gtol": 0}
            start = vector.astype(np.float64)
            found = minimize(cost_and_gradient, start, jac=True, method="L-BFGS-B", options=limits)
            vector[:] = found.x
            return vector.dtype.type(found.fun), *(parameters[name].copy() for name in ORDER)

        return step

    return prepare


def put(parameters, values):
    """Write the values of some parameters into their arrays."""
    for name, array in parameters.items():
        array[...] = values[name]
