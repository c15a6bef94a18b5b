"""How often each method finds a change that is there, and one that is not: the table of docs/history.md.

Simulated series with known truth, 120 runs each, seeded: ``python .ci/change_points_table.py`` prints the same table
again (some minutes on one CPU). ``--series N`` makes it with fewer series.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from e_divisive import divisive

from bench.stats import change_points

RUNS = 120

#: Standard deviation of a run's log-ratio.
NOISE = 0.01

#: A change counts as found within so many runs of the true one.
NEAR = 5

#: Name of a scenario -> kind of noise, and step in percent.
SCENARIOS = {
    f"{kind}, {'flat' if not step else f'step of {step} %'}": (kind, step)
    for kind, steps in {
        "independent": (0, 3, 5, 10),
        "noisy": (0, 5, 10),
        "outliers": (0, 5),
        "autocorrelated": (0, 5),
        "bimodal": (0, 5),
    }.items()
    for step in steps
}


def series(kind: str, step: int, random: np.random.Generator) -> tuple[NDArray[np.float64], int | None]:
    """Return a series of logarithms, and the index of the first run after its change (None in a flat one)."""
    y = random.normal(0.0, NOISE * (3 if kind == "noisy" else 1), RUNS)
    if kind == "outliers":  # one run in twenty is 10 to 50 % slower
        hit = random.random(RUNS) < 0.05
        y[hit] += np.log(random.uniform(1.1, 1.5, hit.sum()))
    elif kind == "autocorrelated":  # AR(1), coefficient 0.5, of the same standard deviation
        for i in range(1, RUNS):
            y[i] = 0.5 * y[i - 1] + (1 - 0.5**2) ** 0.5 * y[i]
    elif kind == "bimodal":  # three runs in ten land on a level that is 4 % slower
        y[random.random(RUNS) < 0.3] += log(1.04)
    if not step:
        return y, None
    at = int(random.integers(30, RUNS - 30))
    y[at:] += log(1 + step / 100) * random.choice((-1, 1))
    return y, at


def threshold(y: Sequence[float]) -> tuple[int, ...]:
    """Return where a run differs from the one before it by more than 5 %: the usual gate."""
    return tuple(i for i in range(1, len(y)) if abs(y[i] - y[i - 1]) > log(1.05))


def stable(y: Sequence[float]) -> tuple[int, ...]:
    """Return the changes that E-divisive finds, none in a series with too many: as `implbench history` has it."""
    starts = divisive(y)
    return starts if len(starts) <= len(y) / change_points.STABLE_VALUES else ()


METHODS: dict[str, Callable[[Sequence[float]], tuple[int, ...]]] = {
    "PELT": lambda y: change_points.analyse(y).starts,
    "E-divisive": stable,
    "5 % against the previous run": threshold,
}


def rows(count: int) -> Iterator[str]:
    """Yield the lines of the table, in Markdown."""
    yield f"| series of {RUNS} runs | {' | '.join(METHODS)} |"
    yield f"| :--- |{' ---: |' * len(METHODS)}"
    for place, (name, (kind, step)) in enumerate(SCENARIOS.items()):
        random = np.random.default_rng([2014, place])
        false, found = dict.fromkeys(METHODS, 0), dict.fromkeys(METHODS, 0)
        for _ in range(count):
            y, at = series(kind, step, random)
            for method, find in METHODS.items():
                starts = find(list(y))
                near = [one for one in starts if at is not None and abs(one - at) <= NEAR]
                false[method] += len(starts) - min(1, len(near))
                found[method] += bool(near)
        cells = [
            f"{false[method] / count:.3f}" + (f", {100 * found[method] / count:.1f} %" if step else "")
            for method in METHODS
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=1000)
    count = parser.parse_args().series
    for row in rows(count):
        print(row, flush=True)
    print(f"\n{count} series a row: false alarms a series, and where there is a step the share of series that show it.")


if __name__ == "__main__":
    main()
