"""How often does a run call one of two equal environments slower or faster? An experiment, not a test.

Two environments with the interpreter and NumPy of this one, each made anew for each run, from files of its own; they
differ by a distribution that nobody imports, else they would be one and the same. `implbench run --env ... --env ...`
measures three functions in both, again and again:

    python .ci/environment_gates.py --gates 20 --log environments.jsonl
    python .ci/environment_gates.py --table environments.jsonl

NumPy and that distribution come from an index. A log that has some of the runs already is gone on with.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "gate_experiment"))

from kernels import CHECKOUT
from records import Record, append, go_on, read
from tools import run

PROBLEM = '''"""Lengths of vectors in the plane: by NumPy, by its BLAS, and by Python alone."""

import math

import numpy as np


def inputs(seed, n=20_000):
    """Return the coordinates."""
    return (np.random.RandomState(seed).rand(n, 2),)


def elementwise(x):
    """By arrays."""
    return np.hypot(x[:, 0], x[:, 1])


def blas(x):
    """By a product of matrices."""
    return np.sqrt((x * x) @ np.ones(2))


def loop(x):
    """By a loop."""
    return np.array([math.hypot(a, b) for a, b in x.tolist()])
'''

FUNCTIONS = ("elementwise", "blas", "loop")

#: A distribution without a compiled part, which nothing here imports.
ANOTHER = "six"


def gate(folder: Path, seed: int, *, budget_s: float | None) -> Record:
    """Measure the functions in two environments that are made for it; return what was said."""
    numpy = f"numpy=={version('numpy')}"
    command = ["-m", "bench", "run", "lengths.py", "--env", numpy, "--env", f"{numpy} {ANOTHER}"]
    command += ["--json", "--seed", str(seed)]
    command += [] if budget_s is None else ["--budget", str(budget_s)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as cache:  # of files that are copied: what uv links would be the same ones
        done = run(command, folder, PYTHONPATH=str(CHECKOUT), IMPLBENCH_CACHE=cache, UV_LINK_MODE="copy")
    record = {"seed": seed, "exit": done.returncode, "wall_s": round(time.monotonic() - started, 1)}
    try:
        (group,) = json.loads(done.stdout)["groups"]
    except (ValueError, KeyError):
        return record | {"word": "wrong", "detail": (done.stderr or done.stdout).strip()[-500:]}
    changes = {one["after"].partition("[")[2].partition("-")[0]: one for one in group["changes"]}
    verdicts = {name: one["verdict"] for name, one in changes.items()}
    ratios = {name: one["speedup"] for name, one in changes.items()}
    return record | {"word": judged(verdicts), "verdicts": verdicts, "speedups": ratios, "resolves": group["resolves"]}


def judged(verdicts: dict[str, str]) -> str:
    """Return how a run did: ``quiet``, ``false alarm``, ``undecided``, or ``wrong`` where something has no verdict."""
    if verdicts.keys() != set(FUNCTIONS):
        return "wrong"
    if not {"slower", "faster"}.isdisjoint(verdicts.values()):
        return "false alarm"
    return "undecided" if "undecided" in verdicts.values() else "quiet"


def table(records: Sequence[Record]) -> str:
    """Return the Markdown table of the runs."""
    words = ("quiet", "undecided", "false alarm", "wrong")
    counts = Counter(one["word"] for one in records)
    longest = max((one["wall_s"] for one in records), default=0.0)
    told = [len(records), *(counts[word] for word in words), f"{longest:.0f}"]
    return "\n".join(
        [
            f"| runs | {' | '.join(words)} | longest [s] |",
            f"| {' | '.join(['---:'] * len(told))} |",
            f"| {' | '.join(map(str, told))} |",
        ]
    )


def measure(options: argparse.Namespace) -> None:
    """Do the runs that the log does not have yet."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "lengths.py").write_text(PROBLEM)
        for number in range(len(read(options.log)), options.gates):
            record = gate(folder, number + 1, budget_s=options.budget)
            append(options.log, record)
            said = record.get("verdicts", record.get("detail"))
            what = f"{number + 1:2} {record['wall_s']:4.0f} s exit {record['exit']} {record['word']}"
            print(f"{what}: {said}", flush=True)


def main() -> None:
    """Measure, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gates", type=int, default=20, help="runs of two environments")
    parser.add_argument("--budget", type=float, help="seconds of a run (default: that of implbench run)")
    go_on(parser, "environments.jsonl", measure, table)


if __name__ == "__main__":
    main()
