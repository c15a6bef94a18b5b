"""How much extra work makes a kernel slower by so many percent: both versions timed in turn, by timeit's minima.

Of CPU time, which other programs do not lengthen; a kernel computes in one thread.

A program of its own, to run with the variables of `implbench compare` (`measured_amounts` does so).
"""

import importlib
import json
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from kernels import CHECKOUT, implementation
from kinds import KINDS
from tools import run

from bench.machine.threads import variables

#: Slowdowns that are planted, in percent.
PERCENTS = (5, 10, 30)

#: Seconds of a sample, or one call; and seconds of all samples of a version, which take turns with the other's.
SAMPLE_S, ALL_S = 0.002, 1.5

#: Samples of a version at least.
FEWEST = 40

#: An amount is taken if the slowdown that it makes, in the mean of two measurements or more, is off by at most this
#: part; after so many measurements that which is nearest, if it is off by no more than twice that.
ALLOWED = 0.1
TRIES = 16

Amounts = dict[str, dict[int, tuple[int, float]]]
"""Kind -> percent -> extra work and the ratio of times that it was measured to make."""


def measured_amounts(names: Sequence[str]) -> Amounts:
    """Return the amounts of some kinds, measured in a process with one thread and freed memory retained.

    Raises
    ------
    RuntimeError
        If it failed, or no amount makes the slowdown that is wanted.
    """
    done = run([str(Path(__file__)), *names], CHECKOUT, **variables(1, "retain"))
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout)
    return {
        name: {int(percent): (amount, ratio) for percent, (amount, ratio) in of.items()} for name, of in found.items()
    }


def amount_for(percent: int, most: int, ratio: Callable[[int], float]) -> tuple[int, float]:
    """Return the extra work that makes a call slower by so many percent, and the ratio that was measured.

    Each amount is that before, scaled by the slowdown that it lacked; time grows about in proportion to extra work.

    Parameters
    ----------
    most
        An amount that makes a call take about twice as long.
    ratio
        Extra work -> time with it / time without.

    Raises
    ------
    ValueError
        If no amount came near enough.
    """
    amount = max(1, most * percent // 100)
    measured: dict[int, list[float]] = {}
    for _ in range(TRIES):
        slowdowns = measured.setdefault(amount, [])
        slowdowns.append(100 * (ratio(amount) - 1))
        slowdown = fmean(slowdowns)
        near = abs(slowdown - percent) <= ALLOWED * percent
        if near and len(slowdowns) > 1:
            return amount, 1 + slowdown / 100
        if not near:
            amount = max(1, round(amount * min(2, max(0.5, percent / max(slowdown, 0.1)))))
    amount, slowdown = min(
        ((amount, fmean(slowdowns)) for amount, slowdowns in measured.items()), key=lambda one: abs(one[1] - percent)
    )
    if abs(slowdown - percent) > 2 * ALLOWED * percent:
        raise ValueError(f"no amount of extra work makes {percent} %: {amount} makes {slowdown:.1f} %")
    return amount, 1 + slowdown / 100


def _amounts(name: str, folder: Path) -> dict[int, tuple[int, float]]:
    """Return percent -> (extra work, ratio) of one kind."""
    kind = KINDS[name]
    (folder / "problem.py").write_text(kind.problem)
    problem = implementation.load(folder, "problem")
    inputs = problem.inputs(problem.SIZES["M"], "float64", "random", 1)

    def ratio(amount: int) -> float:
        timers = []
        for extra in (amount, 0):
            (folder / f"kernel_{extra}.py").write_text(kind.kernel(extra))
            importlib.invalidate_caches()  # the file may be younger than the clock of the file system shows
            step = implementation.load(folder, f"kernel_{extra}").prepare(inputs)
            timers.append(timeit.Timer(step, timer=time.process_time))
        call_s = max(1e-9, min(timers[1].repeat(5, 3)) / 3)
        number = max(1, round(SAMPLE_S / call_s))
        samples = max(FEWEST, round(ALL_S / (number * call_s)))
        pairs = [[timer.timeit(number) for timer in timers] for _ in range(samples)]
        head, base = map(min, zip(*pairs, strict=True))
        return head / base

    return {percent: amount_for(percent, kind.most, ratio) for percent in PERCENTS}


def main() -> None:
    """Print the amounts of the kinds named, as JSON."""
    found = {}
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory(suffix=name) as folder:
            found[name] = _amounts(name, Path(folder))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
