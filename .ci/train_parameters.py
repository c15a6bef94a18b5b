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
BACKPROP = implementation.load(FOLDER, "problem")
SIZE = {"m": 10_000, "n": 64, "p": 25}
SEED = 1
LAMBDA = 1e-4
"""Weight of the decay, as in the exercise."""
ITERATIONS = (60, 400)


def cost_and_gradient(vector: Any, x: Any) -> tuple[float, Any]:
    """Return J of the exercise and its derivatives at the parameters in `vector`, (3289,)."""
    theta = BACKPROP.split(vector, SIZE["n"], SIZE["p"])
    given = {**BACKPROP.at_parameters(x, **theta), "beta": BACKPROP.BETA, "rho": BACKPROP.RHO}
    raw = implementation.load(FOLDER, "row_major").prepare(given)()
    w1, w2, b1, b2 = (sums / len(x) for sums in raw)
    gradient = np.concatenate([(w1 + LAMBDA * theta["w1"]).ravel(), (w2 + LAMBDA * theta["w2"]).ravel(), b1, b2])
    rho, rho_hat = BACKPROP.RHO, given["rho_hat"]
    divergence = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    decay = LAMBDA / 2 * ((theta["w1"] ** 2).sum() + (theta["w2"] ** 2).sum())
    cost = ((given["a3"] - x) ** 2).sum() / 2 / len(x) + BACKPROP.BETA * divergence.sum() + decay
    return float(cost), gradient


def main() -> None:
    """Train, store what was reached after each number of ITERATIONS, and print how good it is."""
    random = np.random.RandomState(SEED)
    x = BACKPROP.normalised(BACKPROP.patches(SIZE["m"], SIZE["n"], random))
    initial = BACKPROP.initial(SIZE["n"], SIZE["p"], random)
    start = np.concatenate([initial[name].ravel() for name in ("w1", "w2", "b1", "b2")])
    path: list[Any] = [start]
    scipy.optimize.minimize(
        lambda vector: cost_and_gradient(vector, x),
        start,
        jac=True,
        method="L-BFGS-B",
        callback=lambda vector: path.append(vector.copy()),
        options={"maxiter": max(ITERATIONS), "maxfun": 10 * max(ITERATIONS), "ftol": 0, "gtol": 0},
    )
    for iterations in ITERATIONS:
        vector = path[iterations]
        np.save(FOLDER / "trained" / f"patches-{iterations}.npy", vector, allow_pickle=False)
        cost, _ = cost_and_gradient(vector, x)
        rho_hat = BACKPROP.at_parameters(x, **BACKPROP.split(vector, SIZE["n"], SIZE["p"]))["rho_hat"].mean()
        print(f"after {iterations} iterations: J {cost:.4f}, mean of rho_hat {rho_hat:.4f}")


if __name__ == "__main__":
    main()
