"""How often like machines are said to differ, and how often the interval of all holds the truth: simulated.

    python .ci/merge_coverage.py [--runs N]

Each machine gives log-ratios with the noise of tests/noise.py about one truth; on the last of unlike ones all spread
three times as far. Where machines do not differ, the rounds of all make one interval. The table is that of
docs/machines.md.
"""

import argparse
import sys
from functools import partial
from itertools import product
from math import log
from multiprocessing import Pool
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.analyse.machines import LEVEL, of_chance  # noqa: E402
from bench.stats.intervals import hodges_lehmann  # noqa: E402
from tests import noise  # noqa: E402
from tests.noise import Noise  # noqa: E402

#: Numbers of machines, and rounds on each.
MACHINES, ROUNDS = (2, 3, 5), (8, 16)

TRUTH, PASSES = log(0.8), 5

WIDER = 3.0
"""How much further the log-ratios of the last machine spread, where it is unlike the others."""


def main() -> None:
    """Print a row for each model, number of machines and rounds."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=2000, help="of each row (default: 2000)")
    runs = options.parse_args().runs
    print("| noise | machines | rounds on each | said to differ [%] | interval of all holds the truth [%] |")
    print("| :--- | ---: | ---: | ---: | ---: |")
    for (name, model), machines, rounds, is_alike in product(noise.MODELS.items(), MACHINES, ROUNDS, (True, False)):
        with Pool() as pool:
            found = pool.map(partial(merged, model, machines, rounds, is_alike), range(runs), chunksize=50)
        differ, held = (100 * sum(values) / runs for values in zip(*found, strict=True))
        told = f"{name}{'' if is_alike else ', one machine noisier'}"
        print(f"| {told} | {machines} | {rounds} | {differ:.1f} | {100 * held / (100 - differ):.1f} |", flush=True)


def merged(model: Noise, machines: int, rounds: int, is_alike: bool, seed: int) -> tuple[bool, bool]:  # noqa: FBT001
    """Return whether the machines are said to differ, and whether they are not and their interval holds the truth."""
    random = Random(seed)
    logs = [[model.log_ratio(random, 0.0, PASSES) for _ in range(rounds)] for _ in range(machines)]
    if not is_alike:
        logs[-1] = [WIDER * one for one in logs[-1]]
    if of_chance(logs) < LEVEL:
        return True, False
    interval = hodges_lehmann([TRUTH + one for each in logs for one in each]).interval
    return False, interval is not None and interval.low <= TRUTH <= interval.high


if __name__ == "__main__":
    main()
