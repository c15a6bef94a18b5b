"""Train the parameters of backprop's data `patches-60` and `patches-400`, and write them to its folder `trained`.

As the exercise does it: L-BFGS on the cost with weight decay, over the patches of seed 1, from its initial weights. The
path depends on the last digits: with another BLAS or SciPy it ends elsewhere, at about the same cost.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.problems import implementation, problem

FOLDER = problem.find("backprop").folder
AUTOENCODER = problem.find("autoencoder").folder
SIZE = {"m": 10_000, "n": 64, "p": 25}
SEED = 1
ITERATIONS = (60, 400)
ORDER = ("w1", "w2", "b1", "b2")
"""In which the parameters lie in a file, row by row; as the gradients are returned."""


def main() -> None:
    """Train, store what was reached after each number of ITERATIONS, and print how good it is."""
    inputs = implementation.load(AUTOENCODER, "problem").inputs(SIZE, "float64", "patches", SEED)
    evaluate = implementation.load(AUTOENCODER, "vectorized").prepare(inputs)

    def cost_and_gradient(vector: Any) -> tuple[float, Any]:
        for name, array in implementation.load(FOLDER, "problem").split(vector, SIZE["n"], SIZE["p"]).items():
            inputs[name][...] = array
        cost, *gradients = evaluate()
        return float(cost), np.concatenate([each.ravel() for each in gradients])

    start = np.concatenate([inputs[name].ravel() for name in ORDER])
    path: list[Any] = [start]
    scipy.optimize.minimize(
        cost_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        callback=lambda vector: path.append(vector.copy()),
        options={"maxiter": max(ITERATIONS), "maxfun": 10 * max(ITERATIONS), "ftol": 0, "gtol": 0},
    )
    for iterations in ITERATIONS:
        vector = path[iterations]
        np.save(FOLDER / "trained" / f"patches-{iterations}.npy", vector, allow_pickle=False)
        print(f"after {iterations} iterations: J {cost_and_gradient(vector)[0]:.4f}")


if __name__ == "__main__":
    main()
