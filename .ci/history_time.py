"""How long `implbench history` takes on 10,000 runs of 20 cases. A benchmark, not a test.

Makes the runs (8 rounds of 5 bursts of 5 samples each, 230 KB a document, 2.3 GB in all), indexes them, and then asks
for the history of each case. ``--runs N`` makes fewer; ``--folder`` keeps them.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.store import documents
from bench.store.records import Run
from tests.builders import Spec, make_run

CHECKOUT = Path(__file__).resolve().parent.parent
CASES = 20


def scaled(run: Run, factors: Sequence[float]) -> Run:
    """Return the run with the samples of each arm times a factor."""
    by_arm = {arm.name: factors[place] for place, arm in enumerate(run.arms)}
    rounds = tuple(
        replace(
            one,
            workers=tuple(
                replace(
                    worker,
                    bursts=tuple(
                        replace(burst, sample_ns=tuple(round(ns * by_arm[worker.arm]) for ns in burst.sample_ns))
                        for burst in worker.bursts
                    ),
                )
                for worker in one.workers
            ),
        )
        for one in run.rounds
    )
    return replace(run, rounds=rounds)


def make(folder: Path, runs: int) -> None:
    """Write so many runs, an hour apart; the first half of the cases gets 5 % slower half way."""
    folder.mkdir(parents=True, exist_ok=True)
    specs = [Spec(name=f"impl_{i:02}", ms=3.0 + i, baseline=i == 0) for i in range(CASES)]
    template = make_run(specs, rounds=8, passes=5, environment={"fingerprint": "0123456789ab", "cpu": {"model": "X"}})
    random, first = Random(1), datetime(2026, 1, 1, tzinfo=UTC)
    for index in range(runs):
        slower = [0.05 * (2 * index >= runs and 0 < place <= CASES // 2) for place in range(len(template.arms))]
        factors = [1 + extra + random.gauss(0, 0.01) for extra in slower]
        created = (first + timedelta(hours=index)).strftime("%Y-%m-%dT%H:%M:%SZ")
        stem = "".join(character for character in created if character.isalnum()) + "-backprop"
        run = replace(scaled(template, factors), id=stem, created=created)
        (folder / f"{stem}.json").write_bytes(documents.whole(run))  # without waiting for the disk


def seconds(*arguments: str) -> tuple[float, float]:
    """Return the wall time of one command, and the CPU time: on a busy machine they are not the same."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bench", "history", *arguments]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, cwd=CHECKOUT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu


def main(folder: Path, runs: int) -> None:
    """Make runs where there are none, and take the times."""
    if not folder.is_dir() or not any(folder.glob("*.json")):
        make(folder, runs)
    files = list(folder.glob("*.json"))
    size = sum(file.stat().st_size for file in files)
    print(f"{len(files)} runs of {CASES} cases, {size / 1e9:.2f} GB")
    (folder / ".index.sqlite").unlink(missing_ok=True)
    cases = [f"impl_{i:02}-M-float64-C-1t" for i in range(CASES)]
    wall, cpu = seconds(cases[1], "--results", str(folder))
    print(f"first index, and the history of one case: {wall:.1f} s (CPU {cpu:.1f} s)")
    for name, option in (("table", ()), ("--json", ("--json",))):
        walls, cpus = zip(*(seconds(case, "--results", str(folder), *option) for case in cases), strict=True)
        print(
            f"then the history of each case, {name}: median {statistics.median(walls):.3f} s, "
            f"longest {max(walls):.3f} s (CPU {statistics.median(cpus):.3f} s, {max(cpus):.3f} s)"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        main((options.folder or Path(temporary)).resolve(), options.runs)
