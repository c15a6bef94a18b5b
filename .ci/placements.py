"""By how much do two copies of one library differ in speed, by where in memory they were read to? No test.

    python .ci/placements.py [--placements N]

Two folders have a copy of NumPy each. For each placement both are put out of the page cache, so that the next process
reads them to other pages; then fresh processes call the same function from one and the other in turn. A ratio that all
pairs of a placement share is that of the pages. Behind it stands that of processes which give themselves copies of
their own before they call, as workers in environments do (`bench.machine.own_pages`).
"""

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT))

from bench.machine import address_space, affinity, hardware  # noqa: E402

PAIRS = 5

CALLS = """import math, sys, time
import numpy as np
from bench.machine import own_pages
if sys.argv[1] == "own":
    own_pages.take((sys.argv[2],))
points = np.random.RandomState(1).rand(20_000, 2)
found = []
for _ in range(40):
    started = time.perf_counter_ns()
    np.array([math.hypot(x, y) for x, y in points.tolist()])
    found.append(time.perf_counter_ns() - started)
print(min(found))
"""


def copied(folder: Path) -> Path:
    """Return a folder from which a copy of NumPy is imported."""
    installed = Path(np.__file__).parent
    for part in (installed, installed.parent / "numpy.libs"):
        if part.exists():
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    return folder


def forgotten(folder: Path) -> None:
    """Put the libraries of a folder out of the page cache."""
    for file in folder.rglob("*.so*"):
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)  # what is not yet on the disk stays
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def called_ns(folder: Path, pages: str) -> int:
    """Return the ns of the shortest call in a process that imports from a folder."""
    environ = os.environ | {"PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": f"{folder}:{ROOT}"}
    with address_space.alike():
        command = [sys.executable, "-c", CALLS, pages, str(folder)]
        return int(subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout)


def log_ratios(folders: tuple[Path, Path], pages: str) -> list[float]:
    """Return the log-ratios of some pairs of processes, the first of a pair once from the one and once the other."""
    found = []
    for pair in range(PAIRS):
        order = folders if pair % 2 else folders[::-1]
        took = {folder: called_ns(folder, pages) for folder in order}
        found.append(math.log(took[folders[0]] / took[folders[1]]))
    return found


def told(logs: list[float]) -> str:
    """Return the ratio of a placement: median, least and most over its pairs."""
    middle, low, high = (math.exp(one) for one in (statistics.median(logs), min(logs), max(logs)))
    return f"{middle:.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    """Print a line for each placement, and the largest differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--placements", type=int, default=40)
    options = parser.parse_args()
    affinity.pin(0, hardware.allowed_cpus()[:1])
    largest: dict[str, list[float]] = {"shared": [], "own": []}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as temporary:  # not on a disk of memory, which is its own cache
        folders = copied(Path(temporary) / "a"), copied(Path(temporary) / "b")
        for number in range(options.placements):
            for folder in folders:
                forgotten(folder)
            found = {pages: log_ratios(folders, pages) for pages in largest}
            for pages, logs in found.items():
                largest[pages].append(abs(statistics.median(logs)))
            print(f"{number + 1:3}: {told(found['shared'])}, own pages {told(found['own'])}", flush=True)
    for pages, sizes in largest.items():
        above = sum(one > math.log(1.03) for one in sizes)
        most = math.exp(max(sizes))
        print(f"{pages} pages: {most:.3f} at most, {above} of {len(sizes)} placements differ by more than 3 %")


if __name__ == "__main__":
    main()
