"""Does a worker's sample say what ``python -m timeit`` says? A benchmark, not a test.

In one process, for each implementation of backprop: bursts of the worker and runs of timeit's own command line take
turns on the same step. Prints the median over the repeats of worker / timeit - 1, from the minima of each.
"""

import contextlib
import io
import re
import statistics
import sys
import tempfile
import timeit
from pathlib import Path

sys.path.pop(0)  # this folder: its coverage.py is not the one that Numba looks for
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.machine import affinity
from bench.measure import round_plan
from bench.problems import implementation, problem
from bench.problems.case import Case, Size, orders
from bench.worker.answers import Answers
from bench.worker.outcome import Unfit
from bench.worker.protocol import CaseSpec, Start, TimeBurst, WriteInputs
from bench.worker.task import Task

REPEATS = 20


def timeit_seconds(number: int, samples: int) -> float:
    """Return the best time per call that ``python -m timeit`` prints for ``step()``."""
    arguments = ["-n", str(number), "-r", str(samples), "-u", "nsec", "-vvvvv"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        timeit.main([*arguments, "-s", "from __main__ import step", "step()"])
    best = re.search(r"best of \d+: ([\d.e+]+) nsec per loop", printed.getvalue())
    if best is None:
        sys.exit(f"timeit printed something else: {printed.getvalue()}")
    return float(best[1]) * 1e-9


def difference(task: Task, call_ns: int, number: int) -> float:
    """Return the median over the repeats of worker / timeit - 1."""
    samples = round_plan.samples_in_a_burst(call_ns, number)
    order = TimeBurst(pass_index=0, position=0, number=number, samples=samples)
    ratios = []
    for repeat in range(REPEATS):
        times = {}
        for who in ("worker", "timeit") if repeat % 2 else ("timeit", "worker"):
            if who == "worker":
                times[who] = min(task.burst(order).burst.sample_ns) / number * 1e-9
            else:
                times[who] = timeit_seconds(number, samples)
        ratios.append(times["worker"] / times["timeit"] - 1)
    return statistics.median(ratios)


def main() -> None:
    """Compare them for every implementation."""
    global step  # noqa: PLW0603  # timeit's set-up imports it
    affinity.pin(0, (0,))
    backprop = problem.find("backprop")
    with tempfile.TemporaryDirectory() as folder:
        case = Case(
            problem="backprop",
            implementation=backprop.baseline,
            size=Size(name="M", values=backprop.sizes["M"]),
            dtype="float64",
            layout="C",
            threads=1,
            allocator="default",
            data="patches",
        )
        spec = CaseSpec(
            case=case,
            folder=backprop.folder,
            importable=backprop.folder,
            inputs=Path(folder) / "inputs",
            outputs=backprop.outputs,
        )
        matrices = Answers(WriteInputs(spec=spec, seed=1, other_data="random")).written.matrices
        for name in implementation.found(backprop):
            try:
                task = Task(Start(spec=spec, implementation=name, layout=orders("C", matrices)))
                ready = task.start()
            except Unfit as unfit:
                print(f"{name:16} {unfit.outcome}: {unfit.reason}")
                continue
            step = task._prepared.step  # noqa: SLF001  # the very function that the worker times
            print(f"{name:16} worker / timeit - 1 = {difference(task, ready.call_ns, ready.number):+.2%}")


if __name__ == "__main__":
    main()
