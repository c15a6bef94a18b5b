"""How far two processes with the same code differ, by whether their addresses are drawn or alike.

Pairs of fresh processes on one CPU time a call of NumPy of about 1 us and a loop over a dictionary, each by the median
of twenty minima: the figures of docs/measuring.md. ``python .ci/addresses.py`` takes about two minutes.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from math import log
from pathlib import Path
from random import Random
from statistics import median, stdev

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from bench.machine import address_space, threads  # noqa: E402

#: Name of a kernel -> its setup, and its statement.
KERNELS = {
    "np.multiply, 1000 numbers": ("x, y = np.random.rand(2, 1000)", "np.multiply(x, y)"),
    "loop over a dictionary": ("d = {float(i): 1.0 for i in range(100)}", "for key in d: d[key] += 1.0"),
}

#: What a process does: it prints seconds.
TIMED = """import sys
from bench.machine import address_space
address_space.shift(int(sys.argv[1]))
import gc, statistics, timeit
import numpy as np
setup, statement = sys.argv[2:]
gc.disable()
timer = timeit.Timer(statement, setup, globals={"np": np})
timer.timeit(20_000)
print(statistics.median(min(timer.repeat(20, 256)) / 256 for _ in range(20)))"""


def seconds(kernel: str, drawn: int) -> float:
    """Return what a call takes in a fresh process, with hash seed, environment and shift as they were drawn."""
    environ = os.environ | threads.variables(1, "retain") | {"PYTHONHASHSEED": str(drawn), "PADDING": "x" * drawn}
    command = [sys.executable, "-c", TIMED, str(drawn), *KERNELS[kernel]]
    done = subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main(pairs: int) -> None:
    """Print the spread for each kernel and both ways."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for kernel in KERNELS:
        for way, placed in (("drawn", contextlib.nullcontext(enter_result=True)), ("alike", address_space.alike())):
            random = Random(1)
            with placed as allowed:
                times = [[seconds(kernel, drawn) for _ in range(2)] for drawn in random.sample(range(4096), pairs)]
            of_pairs = stdev(log(second / first) for first, second in times)
            of_processes = stdev(log(first) for first, _second in times)
            said = f"pairs {of_pairs:.2%}, processes {of_processes:.2%}, {median(map(min, times)) * 1e9:,.0f} ns"
            print(f"{kernel}, addresses {way if allowed else 'drawn, for nothing else is allowed'}: {said}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=24)
    main(parser.parse_args().pairs)
