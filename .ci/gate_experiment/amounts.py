"""How much extra work makes a kernel slower by so many percent: both versions timed in turn, by timeit's minima.

Of CPU time, which other programs do not lengthen; a kernel computes in one thread.

A program of its own, to run with the variables of `implbench compare` (`measured_amounts` does so).
"""

import importlib
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean, median

from kernels import CHECKOUT, implementation
from kinds import KINDS
from tools import run

from bench.machine.threads import variables

#: Slowdowns that are planted, in percent.
PERCENTS = (5, 10, 30)

#: Seconds of a sample, or one call; and seconds of all samples of a version, which take turns with the other's.
SAMPLE_S, ALL_S = 0.002, 0.3

#: Samples of a version at least.
FEWEST = 20

#: Processes that are measured for a ratio.
PROCESSES = 5

#: An amount is taken if the slowdown that it makes, in the mean of two measurements or more, is off by at most this
#: part; after so many measurements that which is nearest, if it is off by no more than twice that.
ALLOWED = 0.1
TRIES = 16

Amounts = dict[str, dict[int, tuple[int, float]]]
"""Kind -> percent -> extra work and the ratio of times that it was measured to make."""


def measured_amounts(names: Sequence[str], percents: Sequence[int] = PERCENTS) -> Amounts:
    """Return the amounts of some kinds, measured in processes with one thread and freed memory retained.

    Raises
    ------
    RuntimeError
        If a process failed.
    ValueError
        If no amount makes the slowdown that is wanted.
    """
    return {
        name: {percent: amount_for(percent, KINDS[name].most, partial(_measured_ratio, name)) for percent in percents}
        for name in names
    }


def _measured_ratio(name: str, amount: int) -> float:
    """Return time with extra work / time without: the median of several processes, each with other addresses."""
    ratios = []
    for _ in range(PROCESSES):
        done = run([str(Path(__file__)), name, str(amount)], CHECKOUT, **variables(1, "retain"))
        if done.returncode:
            raise RuntimeError(done.stderr)
        ratios.append(float(done.stdout))
    return median(ratios)


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


def ratio(name: str, amount: int, folder: Path) -> float:
    """Return time of a kind with extra work / time without, in this process."""
    kind = KINDS[name]
    (folder / "problem.py").write_text(kind.problem)
    problem = implementation.load(folder, "problem")
    inputs = problem.inputs(problem.SIZES["M"], "float64", "random", 1)
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


def main() -> None:
    """Print the ratio of one kind and amount."""
    name, amount = sys.argv[1:]
    with tempfile.TemporaryDirectory(suffix=name) as folder:
        print(ratio(name, int(amount), Path(folder)))


if __name__ == "__main__":
    main()
