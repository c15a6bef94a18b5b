"""What each rank of `mpiexec -n RANKS python -m mpi4py .ci/scaling/ranks.py steps|messages|bytes ...` measures.

Rank 0 prints a line of JSON for each point. A step is over when it is over for the last rank.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generated import FOLDER, loopback_bytes, parameters, samples

from bench.machine.usage import waited_ns
from bench.problems import implementation

COMM = MPI.COMM_WORLD
rank = implementation.load(FOLDER, "mpi_allreduce").rank

LEAST_STEPS = 3

QUIET = 0.01
"""A rank that waited for a CPU for a larger share of a step was disturbed by others."""

PATIENCE = 10
"""So many times as long it is tried to find steps that were not."""


def main() -> None:
    """Measure steps, or count their bytes, at each number of samples, or allreduces at each number of bytes."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("what", choices=["steps", "messages", "bytes"])
    options.add_argument("numbers", help="of samples or bytes, with commas between")
    options.add_argument("--seconds", type=float, default=1.0, help="for each number (default: 1)")
    given = options.parse_args()
    measure = {"steps": of_steps, "messages": of_messages, "bytes": of_bytes}[given.what]
    for number in map(int, given.numbers.split(",")):
        point = measure(number, given.seconds)
        if COMM.rank == 0:
            print(json.dumps({"ranks": COMM.size, **point}), flush=True)


def of_steps(m: int, seconds: float) -> dict[str, Any]:
    """Measure steps on m samples, of which each rank makes its share: the shortest of those that nobody disturbed.

    Where others had the CPUs all the time it is the least CPU time of the rank that used the least in a step: the one
    for which the others wait, in MPI's functions and so by computing, if all have as much to do.
    """
    step, quiet, used = evaluation(m), [], []
    budget, spent = COMM.bcast(seconds), 0.0
    cost = float(step()[0])
    while (len(used) < LEAST_STEPS or spent < budget) or (len(quiet) < LEAST_STEPS and spent < PATIENCE * budget):
        took, waited, cpu = timed(step)
        spent += took
        used.append(cpu)
        if waited <= QUIET * took:
            quiet.append(took)
    return {"samples": m, "cost": cost, "seconds": min(quiet or used), "undisturbed": len(quiet), "steps": len(used)}


def of_bytes(m: int, seconds: float) -> dict[str, Any]:
    """Count the bytes that this machine sends to itself over a network in a step, if ranks talk over TCP."""
    step, steps = evaluation(m), max(LEAST_STEPS, int(seconds * 100))
    step()
    COMM.Barrier()
    before = loopback_bytes()
    for _ in range(steps):
        step()
    return {"samples": m, "bytes": (loopback_bytes() - before) / steps}


def evaluation(m: int) -> Callable[[], Any]:
    """Return the step of the implementation over this rank's share of m samples."""
    share = samples(m * COMM.rank // COMM.size, m * (COMM.rank + 1) // COMM.size)
    step: Callable[[], Any] = rank.evaluation(COMM, {"x": share, **parameters()}, m)
    return step


def timed(step: Callable[[], object]) -> tuple[float, float, float]:
    """Return the seconds of a step and for how many of them a rank waited for a CPU, of both the most of any rank.

    And the CPU time of a rank, the least of any.
    """
    COMM.Barrier()
    before = waited_ns(os.getpid()), time.process_time(), time.perf_counter()
    step()
    took, cpu = time.perf_counter() - before[2], time.process_time() - before[1]
    most = np.array([took, (waited_ns(os.getpid()) - before[0]) * 1e-9, -cpu])
    COMM.Allreduce(MPI.IN_PLACE, most, op=MPI.MAX)
    return float(most[0]), float(most[1]), -float(most[2])


def of_messages(size: int, seconds: float) -> dict[str, Any]:
    """Measure allreduces of so many bytes, in batches of 20, one after the other; the shortest batch."""
    message, batches = np.zeros(size // 8), []
    for _ in range(max(LEAST_STEPS, int(seconds * 200))):
        COMM.Barrier()
        started = time.perf_counter()
        for _ in range(20):
            COMM.Allreduce(MPI.IN_PLACE, message)
        batches.append((time.perf_counter() - started) / 20)
    return {"message_bytes": size, "seconds": min(batches)}


if __name__ == "__main__":
    main()
