"""How often the interval that a run ends with holds the truth, where the run ends by itself: simulated.

    python .ci/coverage.py [--runs N] [--precision PERCENT]

Runs are planned, stopped and judged by the very code that measures; only the workers are made up (tests/simulated.py),
with the noise of tests/noise.py. The table is that of docs/measuring.md.
"""

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from functools import partial
from math import log
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.analyse.decided import decided  # noqa: E402
from bench.analyse.verdict import Verdict, findings  # noqa: E402
from bench.measure.runner import Runner  # noqa: E402
from bench.measure.selection import Selection, select  # noqa: E402
from bench.problems import problem  # noqa: E402
from bench.stats.sequential import LOOKS  # noqa: E402
from bench.store.records import Settings  # noqa: E402
from tests import noise  # noqa: E402
from tests.simulated import Simulation  # noqa: E402

#: Time of the candidate over that of the baseline: far apart, beyond a margin of 3 %, and the same.
RATIOS = (1 / 455, 1 / 2, 1.05, 1.0)

#: Seconds of a call of the baseline.
CALL_S = 0.001


def main() -> None:
    """Print coverage, rounds and verdicts of each model and ratio."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=2000, help="of each model and ratio (default: 2000)")
    options.add_argument("--precision", type=float, help="end runs by this half-width, in percent")
    wanted = options.parse_args()
    print("| noise | time over baseline | coverage [%] | wrong [%] | undecided [%] | rounds |")
    print("| :--- | ---: | ---: | ---: | ---: | ---: |")
    for model in noise.MODELS:
        for ratio in RATIOS:
            one = partial(simulated, model, ratio, wanted.precision)
            with Pool() as pool:
                found = Counter[str]()
                for said in pool.imap_unordered(one, range(wanted.runs), chunksize=50):
                    found.update(said)
            share = {name: 100 * found[name] / wanted.runs for name in ("held", "wrong", "undecided")}
            print(
                f"| {model} | {ratio:.4g} | {share['held']:.1f} | {share['wrong']:.1f} | {share['undecided']:.1f} "
                f"| {found['rounds'] / wanted.runs:.1f} |",
                flush=True,
            )


def simulated(model: str, ratio: float, precision: float | None, seed: int) -> dict[str, int]:
    """Return what came of one run: whether its interval held the truth, what it said, and its rounds."""
    found = problem.find(str(ROOT / "tests" / "fakes" / "product"))
    arms, left = select(found, Selection(implementations=("honest_too",), sizes=("S",)))
    settings = Settings(
        seed=seed, margin=0.03, rounds=None, budget_s=600.0, timeout_s=60.0, command=(),
        looks=LOOKS if precision is None else (), precision=None if precision is None else precision / 100,
    )  # fmt: skip
    times = {"honest": CALL_S, "honest_too": CALL_S * ratio}
    machine = Simulation(
        truth=lambda arm, source, index: times[arm.case.implementation], noise=noise.MODELS[model], seed=seed
    )
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(found, settings, lambda progress: None, decided=decided, backend=machine.backend())
        run, _ = runner.run(arms, left, Path(folder))
    one = next(each for each in findings(replace(run, id="simulated"))[0].findings if not each.arm.baseline)
    interval = one.log_ratio.interval if one.log_ratio else None
    held = interval is not None and interval.low <= log(ratio) <= interval.high
    right = {
        Verdict.FASTER: ratio < 1 / 1.03,
        Verdict.SLOWER: ratio > 1.03,
        Verdict.EQUIVALENT: 1 / 1.03 < ratio < 1.03,
        Verdict.SLOWER_WITHIN: 1 < ratio < 1.03,
    }
    return {
        "held": held or interval is None,
        "wrong": one.verdict in right and not right[one.verdict],
        "undecided": one.verdict == Verdict.UNDECIDED,
        "rounds": one.rounds,
    }


if __name__ == "__main__":
    main()
