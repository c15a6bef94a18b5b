"""Starts ranks of MPI and clusters of dask, which measure, and reads what they print."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tables import BY_DASK, MESSAGES, SAMPLES, SHARED, STEPS_BY_TCP, TCP

HERE = Path(__file__).resolve().parent

OVER_TCP = ("--mca", "pml", "ob1", "--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", "lo")
"""Options of Open MPI: talk over TCP, as ranks on several hosts would."""


def measured(largest: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each point of a round, and what it belongs to."""
    samples = [m for m in SAMPLES if m <= largest]
    for m in samples:
        for ranks in (1, 2):
            yield from (("steps", one) for one in by_ranks(ranks, "steps", [m]))
    for name, over in ((SHARED, ()), (TCP, OVER_TCP)):
        yield from ((name, one) for one in by_ranks(2, "messages", MESSAGES, options=over))
    yield from ((STEPS_BY_TCP, one) for one in by_ranks(2, "steps", [10, 1000, 10_000], options=OVER_TCP))
    yield from (("bytes", one) for one in by_ranks(2, "bytes", [10_000], options=OVER_TCP))
    for workers in (1, 2):
        yield from (("dask", one) for one in by_workers(workers, [m for m in BY_DASK if m <= largest]))


def by_ranks(
    ranks: int, what: str, of: Sequence[int], *, seconds: float = 1.0, options: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield what so many ranks measure."""
    mpiexec = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or "mpiexec"
    many = [mpiexec, *options, "--bind-to", "none", "--oversubscribe", "-n", str(ranks)]
    yield from _lines([*many, sys.executable, "-m", "mpi4py", str(HERE / "ranks.py"), what], of, seconds)


def by_workers(workers: int, samples: Sequence[int], *, seconds: float = 1.0) -> Iterator[dict[str, Any]]:
    """Yield what a cluster of so many workers measures."""
    yield from _lines([sys.executable, str(HERE / "cluster.py"), str(workers)], samples, seconds)


def _lines(command: list[str], numbers: Sequence[int], seconds: float) -> Iterator[dict[str, Any]]:
    """Yield the lines of JSON that a program prints, which uses one thread of BLAS for each of its processes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    environment |= {"OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    command = [*command, ",".join(map(str, numbers)), "--seconds", str(seconds)]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    for line in ended.stdout.splitlines():
        print(line, file=sys.stderr, flush=True)
        yield json.loads(line)
