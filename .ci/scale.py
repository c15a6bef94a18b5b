"""What `report`, `history`, `index` and `export` take on large documents: seconds and memory. A benchmark, not a test.

Makes a document of 1,000 rounds, three of 3,000 arms (in 1, 3 and 100 groups) and one of 40 MB of samples, from
the records' own classes, in a temporary folder. Runs each command on each in a process of its own, and ends with 1
where one took longer than ``--seconds`` or more memory than ``--megabytes``. ``--only NAME`` makes one document.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import formats
from bench.store import documents
from bench.store.records import Run
from tests.builders import USUAL, Spec, make_run, make_sizes
from tests.histories import machine

CHECKOUT = Path(__file__).resolve().parent.parent


def implementations(count: int) -> list[Spec]:
    """Return so many arms, each a little slower than the one before."""
    return [Spec(name=f"impl_{place:04}", ms=1.0 + place / 100, baseline=place == 0) for place in range(count)]


def sampled(run: Run, times: int) -> Run:
    """Return the run with each burst's samples so many times over."""
    rounds = []
    for one in run.rounds:
        workers = [
            replace(worker, bursts=tuple(replace(burst, sample_ns=burst.sample_ns * times) for burst in worker.bursts))
            for worker in one.workers
        ]
        rounds.append(replace(one, workers=tuple(workers)))
    return replace(run, rounds=tuple(rounds))


#: Name of a document -> what makes its run.
DOCUMENTS: Mapping[str, Callable[[], Run]] = {
    "1,000 rounds": lambda: make_run(USUAL, rounds=1000),
    "3,000 arms of a group": lambda: make_run(implementations(3000), passes=2),
    "3,000 arms of 100 groups": lambda: make_run(implementations(30), passes=2, sizes=make_sizes(*range(1, 101))),
    "3,000 arms, 1,000 at each of 3 sizes": lambda: make_run(
        implementations(1000), passes=2, sizes=make_sizes(1, 10, 100)
    ),
    "40 MB of samples": lambda: sampled(make_run(implementations(20), rounds=32, passes=25), 50),
}


def commands(results: Path, output: Path) -> dict[str, list[str]]:
    """Return what is measured: name -> arguments of implbench."""
    where = ["--results", str(results)]
    found = {
        "report": ["report", *where, "--output", str(output / "reports")],
        "report --html": ["report", *where, "--html", "--output", str(output / "reports")],
        "history": ["history", *where],
        "history --json": ["history", *where, "--json"],
        "index": ["index", *where, "--output", str(output / "site")],
    }
    for name in formats.names():
        found[f"export {name}"] = ["export", *where, "--format", name, "--output", str(output / name)]
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What a command took."""

    code: int
    seconds: float
    cpu_seconds: float
    """On a busy machine they are fewer than those on the clock."""
    megabytes: float
    """The largest resident set."""


def taken(arguments: list[str]) -> Taken:
    """Run a command and return what it took."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "bench", *arguments]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Taken(
        code=process.returncode,
        seconds=time.perf_counter() - started,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss * 1024 / 1e6,
    )


def main(options: argparse.Namespace) -> int:
    """Print a line for each command on each document; return how many took too much, or failed."""
    failed = 0
    for name, made in DOCUMENTS.items():
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            run = replace(made(), environment=machine())
            path = folder / "results" / f"{run.id}.json"
            documents.write_atomically(path, documents.whole(run))  # as a journal writes it
            print(f"{name}: {path.stat().st_size / 1e6:.0f} MB", flush=True)
            for command, arguments in commands(path.parent, folder / "output").items():
                if options.command not in command:
                    continue
                found = taken(arguments)
                fine = found.code == 0 and found.seconds <= options.seconds and found.megabytes <= options.megabytes
                failed += not fine
                figures = f"{found.seconds:6.1f} s (CPU {found.cpu_seconds:5.1f} s) {found.megabytes:6.0f} MB"
                print(f"  {command:24} {figures}{'' if fine else f'  too much, exit {found.code}'}", flush=True)
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a document's name")
    parser.add_argument("--command", default="", help="part of a command")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--megabytes", type=float, default=500.0)
    sys.exit(min(1, main(parser.parse_args())))
