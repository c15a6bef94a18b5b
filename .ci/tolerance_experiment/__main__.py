"""How well does a tolerance that is measured tell right from wrong? An experiment, not a test.

    python .ci/tolerance_experiment                    prints the tables of docs/tolerance.md
    python .ci/tolerance_experiment --only NAME        tells each verdict on the computations with NAME in their names

Each computation is done on several contents of its inputs, in float64 and float32, by honest implementations that
differ in their order, blocking, precision or library, and by ones with a planted fault; the baseline stands in for a
reference.
"""

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import elementwise
import iterations
import products
import sums
from computation import Computation
from judging import Trial, trials
from tables import by_computation, by_constant, in_all

COMPUTATIONS: tuple[Computation, ...] = (
    *products.COMPUTATIONS,
    *sums.COMPUTATIONS,
    *elementwise.COMPUTATIONS,
    *iterations.COMPUTATIONS,
)


def main() -> None:
    """Run the experiment and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contents", type=int, default=6, help="of the inputs of each computation")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    found: list[Trial] = []
    for one in COMPUTATIONS:
        if options.only in one.name:
            found += trials(one, options.contents, options.seed)
            print(f"{one.name}: done", file=sys.stderr)
    if options.only:
        for trial in found:
            print(trial)
    print(in_all(found), by_constant(found), by_computation(found), sep="\n\n")


if __name__ == "__main__":
    main()
