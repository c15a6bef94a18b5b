"""Train the sparse autoencoder with each implementation, and draw what its hidden units have learned.

    python .ci/draw_features.py --into features.png
    python .ci/draw_features.py --size S --impl vectorized,c_fused --into few.png

Each hidden unit is drawn as the patch of norm 1 that activates it most, x_k = w1_jk / |w1_j|: of photographs these are
edges, each at another place and angle. Implementations that cannot run here are named and left out. Prints the cost and
the mean activation that each reached, and ends with exit code 1 where `accept` refuses one. Needs SciPy; takes minutes.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.pop(0)  # this folder: its coverage.py is not the one that Numba looks for
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from threadpoolctl import threadpool_limits

from bench.problems import implementation, problem

TRAINING = problem.find("training")
COLUMNS = 4
"""Pictures side by side."""


def main() -> int:
    """Train, draw, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impl", default="", metavar="NAME,...", help="only these (default: all that can run here)")
    parser.add_argument("--size", default="M", choices=list(TRAINING.sizes))
    parser.add_argument("--seed", type=int, default=1, help="of patches and initial parameters (default: 1)")
    parser.add_argument("--into", type=Path, required=True, metavar="FILE", help="the picture, .png or .svg")
    options = parser.parse_args()
    module = implementation.load(TRAINING.folder, "problem")
    inputs = module.inputs(TRAINING.sizes[options.size], "float64", TRAINING.data[0], options.seed)
    pictures, refused = {}, False
    with threadpool_limits(1):
        for name in implementation.chosen(TRAINING, [one for one in options.impl.split(",") if one]):
            prepare = available(name)
            if prepare is None:
                continue
            outputs = dict(zip(module.OUTPUTS, prepare(inputs)(), strict=True))
            why = module.accept(inputs, outputs)
            told = f"J = {module.quality(inputs, outputs):.4f}, mean of rho_hat = {mean(module, inputs, outputs):.4f}"
            print(f"{name}: {told}{f', refused: {why}' if why else ''}", flush=True)
            pictures[f"{name}\n{told}"] = features(outputs["w1"])
            refused = refused or why is not None
    draw(pictures, options.into)
    return int(refused)


def available(name: str) -> Any:
    """Return the `prepare` of an implementation; None, having said why, where it cannot run here."""
    reason = implementation.found(TRAINING)[name].unavailable
    module = None if reason else implementation.load(TRAINING.folder, name)
    reason = reason or (module.unavailable() if hasattr(module, "unavailable") else None)
    if reason:
        print(f"{name}: {reason}")
        return None
    return module.prepare  # type: ignore[union-attr]


def mean(module: Any, inputs: Any, outputs: Any) -> float:
    """Return the mean activation at the parameters that were returned."""
    return float(module.mean_activation({**inputs, **outputs}))


def features(w1: Any) -> Any:
    """Return the units' patches as one picture, a line between them: w1 (p, n), each patch sqrt(n) pixels wide."""
    count, side = int(np.ceil(np.sqrt(len(w1)))), int(np.sqrt(w1.shape[1]))
    picture = np.full((count * (side + 1) + 1, count * (side + 1) + 1), np.nan)
    for unit, weights in enumerate(w1):
        top, left = (1 + place * (side + 1) for place in divmod(unit, count))
        picture[top : top + side, left : left + side] = (weights / np.abs(weights).max()).reshape(side, side)
    return picture


def draw(pictures: dict[str, Any], into: Path) -> None:
    """Draw the pictures side by side, their titles above them."""
    rows = max(1, -(-len(pictures) // COLUMNS))
    width = min(COLUMNS, max(1, len(pictures)))
    figure, places = plt.subplots(rows, width, figsize=(2.6 * width, 3.0 * rows), squeeze=False, layout="constrained")
    for place in places.flat:
        place.set_axis_off()
    for place, (title, picture) in zip(places.flat, pictures.items(), strict=False):
        place.imshow(picture, cmap="gray", vmin=-1, vmax=1, interpolation="nearest")
        place.set_title(title, fontsize=7)
    figure.savefig(into, dpi=100)
    print(f"written: {into}")


if __name__ == "__main__":
    sys.exit(main())
