"""What a cluster of dask.distributed on this machine does: python .ci/scaling/cluster.py WORKERS SAMPLES,...

Prints a line of JSON for each number of samples. The workers make their chunks and keep them; what they, the scheduler
and the client tell one another in a step goes over TCP to this machine and is counted, without what idle ones tell.
"""

import argparse
import importlib
import json
import sys
import time
from functools import partial
from typing import Any

import dask.array
import numpy as np
from distributed import Client, LocalCluster, wait
from generated import FOLDER, UNITS, loopback_bytes, parameters, samples

sys.path.insert(0, str(FOLDER.parent))  # where the workers, too, find what is sent by its name
contender = importlib.import_module(f"{FOLDER.name}.dask_blocks")

LEAST_STEPS = 3


def main() -> None:
    """Start the cluster, measure, end it."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("workers", type=int)
    options.add_argument("samples", help="numbers, with commas between")
    options.add_argument("--seconds", type=float, default=1.0, help="for each number (default: 1)")
    given = options.parse_args()
    many = {"n_workers": given.workers, "threads_per_worker": 1, "processes": True, "memory_limit": 0}
    with LocalCluster(**many, dashboard_address=None) as cluster, Client(cluster) as client:
        for m in map(int, given.samples.split(",")):
            print(json.dumps({"workers": given.workers, **measured(m, given, client)}), flush=True)


def measured(m: int, given: argparse.Namespace, client: Client) -> dict[str, Any]:
    """Measure steps on m samples: the shortest; the CPU time and the bytes of one, in the mean."""
    rows = min(-(-m // given.workers), contender.CHUNK_BYTES // (8 * UNITS))
    chunks = tuple(min(rows, m - start) for start in range(0, m, rows))
    x = dask.array.map_blocks(
        partial(made, rows, m), chunks=(chunks, (UNITS,)), dtype=float, meta=np.zeros((0, 0)), name=f"samples-{m}"
    ).persist()
    wait(x)
    step = contender.evaluation(x, {"x": x, **parameters()})
    cost = float(step()[0])
    idle = _bytes_while(partial(time.sleep, 1.0))
    found: list[float] = []
    started, before = time.perf_counter(), used(client)
    moved = _bytes_while(lambda: _steps(step, given.seconds, found)) - idle * (time.perf_counter() - started)
    workers, here = ((after - begun) / len(found) for after, begun in zip(used(client), before, strict=True))
    return {
        "samples": m,
        "cost": cost,
        "seconds": min(found),
        "worker_cpu_s": float(workers.max()),
        "scheduler_cpu_s": float(here),
        "steps": len(found),
        "chunks": len(chunks),
        "bytes": moved / len(found),
    }


def used(client: Client) -> tuple[Any, float]:
    """Return the CPU time that each worker has used so far, and that of this process, the scheduler's and client's."""
    return np.array([*client.run(time.process_time).values()]), time.process_time()


def made(rows: int, m: int, block_info: Any = None) -> Any:
    """Return the samples of a chunk."""
    start = rows * block_info[None]["chunk-location"][0]
    return samples(start, min(m, start + rows))


def _steps(step: Any, seconds: float, found: list[float]) -> None:
    while len(found) < LEAST_STEPS or sum(found) < seconds:
        started = time.perf_counter()
        step()
        found.append(time.perf_counter() - started)


def _bytes_while(action: Any) -> int:
    before = loopback_bytes()
    action()
    return loopback_bytes() - before


if __name__ == "__main__":
    main()
