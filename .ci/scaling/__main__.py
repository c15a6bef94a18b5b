"""Weak and strong scaling of the autoencoder's step over 1 and 2 MPI ranks and dask workers, and a model of more.

    python .ci/scaling POINTS.json [--rounds N] [--largest M]    measure (needs: pip install '.[dask,mpi4py]')
    python .ci/scaling --table POINTS.json                       the tables of docs/machines.md

Ranks and workers use one thread each and all CPUs there are; nothing forces a kernel of BLAS (OPENBLAS_* are unset).
10 million samples take 8 GB of memory. In each round the shortest step counts in which no rank waited for a CPU that
another program had; where there is none, CPU time, with a star in the tables; and of the rounds the shortest.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from math import isclose
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from measuring import measured
from tables import printed

from bench.machine import hardware


def main() -> None:
    """Measure and store, or print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("points", type=Path)
    options.add_argument("--table", action="store_true", help="print the tables of what was stored")
    options.add_argument("--rounds", type=int, default=3, help="how often all is measured (default: 3)")
    options.add_argument("--largest", type=float, default=1e7, help="number of samples (default: 1e7)")
    given = options.parse_args()
    if given.table:
        print(printed(json.loads(given.points.read_text())))
        return
    found = defaultdict[str, list[dict[str, Any]]](list)
    for number in range(given.rounds):
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr, flush=True)
        for name, point in measured(given.largest):
            found[name].append(point)
    costs = {one["samples"]: one["cost"] for one in found["steps"]}
    wrong = [one for one in found["steps"] + found["dask"] if not isclose(one["cost"], costs[one["samples"]])]
    if wrong:
        sys.exit(f"not all get the same cost: {wrong}")
    about = {"date": time.strftime("%Y-%m-%d"), "cpu": hardware.cpu()["model"], "cpus": len(os.sched_getaffinity(0))}
    given.points.write_text(stored({"about": [about], **found}))
    print(printed(json.loads(given.points.read_text())))


def stored(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return what was found as JSON, a line for each point."""
    kinds = (json.dumps(name) + ": [\n" + ",\n".join(map(json.dumps, points)) + "\n]" for name, points in found.items())
    return "{\n" + ",\n".join(kinds) + "\n}\n"


if __name__ == "__main__":
    main()
