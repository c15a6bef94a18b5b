"""How much longer does a call take that makes lists, by how many small objects there were before? No test.

    python .ci/arenas.py [--processes N]

Each process is a fresh one with the same addresses and hashes, holds another number of pairs of numbers, and calls the
same function: the shortest of its calls, and the page faults of the one in the middle. What is held fills up to two of
Python's arenas of 1 MiB, which `bench.machine.address_space.occupy` does to the workers of a round, up to one.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT))

from bench.machine import address_space, affinity, hardware  # noqa: E402

#: The pairs that fill two arenas.
MOST_PAIRS = 14_600

CALLS = """import gc, math, resource, sys, time
import numpy as np
from bench.machine import address_space
address_space.occupy(int(sys.argv[1]))
points = np.random.RandomState(1).rand(20_000, 2)
gc.collect()
gc.disable()
found = []
for _ in range(30):
    faults, started = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.perf_counter_ns()
    lengths = np.array([math.hypot(x, y) for x, y in points.tolist()])
    found.append((time.perf_counter_ns() - started, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults))
print(min(took for took, _ in found[5:]) * 1e-6, sorted(faults for _, faults in found[5:])[12])
"""


def called(pairs: int) -> tuple[float, int]:
    """Return the ms of the shortest call in a process that holds so many pairs, and the page faults of a usual one."""
    environ = os.environ | {"PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    with address_space.alike():
        done = subprocess.run(
            [sys.executable, "-c", CALLS, str(pairs)], env=environ, capture_output=True, text=True, check=True
        )
    took_ms, faults = done.stdout.split()
    return float(took_ms), int(faults)


def main() -> None:
    """Print a line for each process, and what they come to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=40)
    options = parser.parse_args()
    affinity.pin(0, hardware.allowed_cpus()[:1])
    called(0)  # what is imported is compiled now
    found = []
    for number in range(options.processes):
        pairs = number * MOST_PAIRS // options.processes
        found.append(called(pairs))
        print(f"{pairs:6} pairs: {found[-1][0]:.2f} ms, {found[-1][1]:4} page faults a call", flush=True)
    took = [one for one, _ in found]
    print(f"shortest {min(took):.2f} ms, median {statistics.median(took):.2f} ms, longest {max(took):.2f} ms")
    print(f"page faults a call: {min(faults for _, faults in found)} to {max(faults for _, faults in found)}")


if __name__ == "__main__":
    main()
