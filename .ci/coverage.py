"""How often the interval that a run ends with holds the truth, where the run ends by itself: simulated.

    python .ci/coverage.py [--runs N] [--precision PERCENT,...] [--whole]

Each round gives a log-ratio with the noise of tests/noise.py; when a run looks, what it says then and when it ends is
the code that measures. With --whole all of that code runs, on the made-up machine of tests/simulated.py: that takes a
thousand times as long and says the same. The tables are those of docs/measuring.md.
"""

import argparse
import sys
import tempfile
from collections import Counter
from functools import cache, partial
from math import expm1, log
from multiprocessing import Pool
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.analyse.decided import decided  # noqa: E402
from bench.analyse.findings import findings  # noqa: E402
from bench.analyse.verdict import Verdict, judge  # noqa: E402
from bench.measure.runner import Runner  # noqa: E402
from bench.measure.selection import Selection, select  # noqa: E402
from bench.problems import problem  # noqa: E402
from bench.problems.problem import Problem  # noqa: E402
from bench.stats.intervals import MIN_ROUNDS, Estimate, Interval, hodges_lehmann  # noqa: E402
from bench.stats.sequential import LOOKS, Stopping, rounds_for  # noqa: E402
from bench.store.records import Arm, Left, Settings  # noqa: E402
from tests import noise  # noqa: E402
from tests.noise import Noise  # noqa: E402
from tests.simulated import Simulation  # noqa: E402

MARGIN = 0.03

#: Time of the candidate over that of the baseline: far apart, beyond the margin, the same, and at the margin, where no
#: number of rounds decides rightly and each look can be wrong.
RATIOS = (1 / 455, 1 / 2, 1.05, 1.0, 1 + MARGIN)

#: Seconds of a call of the baseline, and passes of a round where they are not planned.
CALL_S, PASSES = 0.001, 5

#: A run that is to reach a precision ends after so many rounds at the latest.
MOST_ROUNDS = 200


def main() -> None:
    """Print coverage, verdicts and rounds for each model, and each ratio or precision."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=2000, help="of each model and ratio (default: 2000)")
    options.add_argument("--precision", help="end runs by these half-widths, in percent, instead of a decision")
    options.add_argument("--whole", action="store_true", help="simulate bursts and workers, too")
    wanted = options.parse_args()
    subject = "half-width [%]" if wanted.precision else "time over baseline"
    print(f"| noise | {subject} | coverage [%] | wrong [%] | undecided [%] | rounds |")
    print("| :--- | ---: | ---: | ---: | ---: | ---: |")
    for name, model in noise.MODELS.items():
        if wanted.precision:
            for percent in map(float, wanted.precision.split(",")):
                _print(name, percent, partial(to_precision, model, percent / 100), wanted.runs)
        else:
            for ratio in RATIOS:
                _print(name, ratio, partial(whole if wanted.whole else to_decision, model, ratio), wanted.runs)


def _print(name: str, subject: float, one: "partial[dict[str, int]]", runs: int) -> None:
    found = Counter[str]()
    with Pool() as pool:
        for said in pool.imap_unordered(one, range(runs), chunksize=50):
            found.update(said)
    held, wrong, undecided = (100 * found[what] / runs for what in ("held", "wrong", "undecided"))
    print(f"| {name} | {subject:.4g} | {held:.1f} | {wrong:.1f} | {undecided:.1f} | {found['rounds'] / runs:.1f} |")


def to_decision(model: Noise, ratio: float, seed: int) -> dict[str, int]:
    """Return what came of a run that ends with a decision, or with its last look."""
    random, stopping, d = Random(seed), Stopping(looks=LOOKS), list[float]()
    for look in LOOKS:
        d += [model.log_ratio(random, log(ratio), PASSES) for _ in range(look - len(d))]
        estimate = hodges_lehmann(d, stopping.level(look))
        if judge(estimate, MARGIN) != Verdict.UNDECIDED:
            break
    return said(estimate, ratio)


def to_precision(model: Noise, precision: float, seed: int) -> dict[str, int]:
    """Return what came of a run that ends once its interval is narrow enough, with a ratio of 1."""
    random, stopping, d = Random(seed), Stopping(precision=precision), list[float]()
    due = MIN_ROUNDS
    while len(d) < due:
        d += [model.log_ratio(random, 0.0, PASSES) for _ in range(due - len(d))]
        estimate = hodges_lehmann(d, stopping.level(len(d)))
        if not is_exact(estimate.interval, precision):
            due = min(MOST_ROUNDS, max(rounds_for(d, precision), len(d) + 1))
    return said(estimate, 1.0)


def is_exact(interval: Interval | None, precision: float) -> bool:
    """Return whether an interval is no wider than that, either way."""
    return interval is not None and expm1((interval.high - interval.low) / 2) <= precision


def said(estimate: Estimate, ratio: float) -> dict[str, int]:
    """Return whether an interval held the truth, whether its verdict was wrong or none, and its rounds."""
    interval, verdict = estimate.interval, judge(estimate, MARGIN)
    beyond = {Verdict.FASTER: ratio < 1 / (1 + MARGIN), Verdict.SLOWER: ratio > 1 + MARGIN}
    right = beyond.get(verdict, verdict == Verdict.UNDECIDED or 1 / (1 + MARGIN) < ratio < 1 + MARGIN)
    return {
        "held": interval is None or interval.low <= log(ratio) <= interval.high,
        "wrong": not right,
        "undecided": verdict == Verdict.UNDECIDED,
        "rounds": estimate.rounds,
    }


@cache
def case() -> tuple[Problem, tuple[Arm, ...], tuple[Left, ...]]:
    """Return a problem, and its baseline and one implementation."""
    found = problem.find(str(ROOT / "tests" / "fakes" / "product"))
    return found, *select(found, Selection(implementations=("honest_too",), sizes=("S",)))


def whole(model: Noise, ratio: float, seed: int) -> dict[str, int]:
    """Return the same as `to_decision`, by the whole of the code."""
    found, arms, left = case()
    settings = Settings(
        seed=seed, margin=MARGIN, rounds=None, budget_s=600.0, timeout_s=60.0, command=(), looks=LOOKS
    )  # fmt: skip
    times = {"honest": CALL_S, "honest_too": CALL_S * ratio}
    machine = Simulation(truth=lambda arm, source, index: times[arm.case.implementation], noise=model, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(found, settings, lambda progress: None, decided=decided, backend=machine.backend())
        run, _ = runner.run(arms, left, Path(folder))
    one = next(each for each in findings(run)[0].findings if not each.arm.baseline)
    if one.log_ratio is None:
        raise ValueError(f"{one.arm.name}: {one.reason}")
    return said(one.log_ratio, ratio)


if __name__ == "__main__":
    main()
