"""How many larger peaks of memory does a gate find, and how often does it raise a false alarm? No test.

Three functions of NumPy compute the same with peaks of 64, 32 and 96 MB. `implbench compare --gate-memory` judges them
against themselves, again and again: unchanged, and with 20 % more memory in one of them, held while it computes and
touched once a page, which takes next to no time beside the rest.

    python .ci/memory_gates.py --gates 20 --log memory.jsonl

A log that has some of the gates already is gone on with.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "gate_experiment"))

from kernels import CHECKOUT, committed, git
from records import Record, append, go_on, read
from tools import run

PROBLEM = '''"""Lengths of vectors in the plane, by three functions that need more or less memory."""

import numpy as np


def inputs(seed, n=2_000_000):
    """Return the coordinates."""
    random = np.random.RandomState(seed)
    return random.rand(n), random.rand(n)

'''

#: Function -> its code, and the bytes that it has at one time.
FUNCTIONS = {
    "named": (
        """    first = x * x
    second = y * y
    both = first + second
    return np.sqrt(both)
""",
        64_000_000,
    ),
    "frugal": (
        """    both = x * x
    both += y * y
    return np.sqrt(both)
""",
        32_000_000,
    ),
    "stacked": (
        """    both = np.stack([x, y])
    squares = both * both
    return np.sqrt(squares.sum(axis=0))
""",
        96_000_000,
    ),
}

#: Memory that is held until the function returns.
HELD = """    held = np.empty({held_bytes}, np.uint8)
    held[::4096] = 1
"""


def text(victim: str | None, percent: float) -> str:
    """Return the problem's file, with so much more memory in one of its functions."""
    parts = [PROBLEM]
    for name, (body, peak_bytes) in FUNCTIONS.items():
        held = HELD.format(held_bytes=round(peak_bytes * percent / 100)) if name == victim else ""
        parts.append(f'\ndef {name}(x, y):\n    """Return the lengths."""\n{held}{body}\n')
    return "".join(parts)


def gate(folder: Path, victim: str | None, options: argparse.Namespace, seed: int) -> Record:
    """Hold one gate; return what it said."""
    (folder / "lengths.py").write_text(text(victim, options.percent))
    command = ["-m", "bench", "compare", "HEAD", "--all", "--gate-memory", "--json"]
    command += ["--seed", str(seed), "--budget", str(options.budget)]
    started = time.monotonic()
    done = run(command, folder, PYTHONPATH=str(CHECKOUT))
    record = {"victim": victim, "seed": seed, "exit": done.returncode, "wall_s": round(time.monotonic() - started, 1)}
    try:
        benchmarks = json.loads(done.stdout)["benchmarks"]
    except (ValueError, KeyError):
        return record | {"word": "wrong", "detail": (done.stderr or done.stdout).strip()[-500:]}
    memory = {one["id"].partition("[")[2].partition("-")[0]: one["memory"] for one in benchmarks}
    times = {one["id"].partition("[")[2].partition("-")[0]: one["verdict"] for one in benchmarks}
    return record | {"word": judged(victim, memory, done.returncode), "memory": memory, "times": times}


def judged(victim: str | None, memory: dict[str, Record | None], code: int) -> str:
    """Return how a gate did: ``found``, ``missed``, ``quiet``, ``false alarm``, ``undecided`` or ``wrong``."""
    if None in memory.values() or memory.keys() != FUNCTIONS.keys():
        return "wrong"
    verdicts = {name: one["verdict"] for name, one in memory.items() if one}
    if any(verdict == "larger" for name, verdict in verdicts.items() if name != victim):
        return "false alarm"
    if victim is not None and verdicts[victim] == "larger":
        return "found" if code == 1 else "wrong"
    if "undecided" in verdicts.values() or None in verdicts.values():
        return "undecided"
    return "quiet" if victim is None else "missed"


def plan(gates: int) -> Iterator[tuple[str | None, int]]:
    """Yield the victim and the seed of each gate: one with more memory, then one without, in turn."""
    names = list(FUNCTIONS)
    for number in range(gates):
        yield names[number % len(names)], number + 1
        yield None, number + 1


def told(record: Record) -> str:
    """Return what is printed of a gate."""
    ratios = {
        name: one and one["ratio_head_over_base"] and round(one["ratio_head_over_base"]["value"], 3)
        for name, one in record.get("memory", {}).items()
    }
    what = f"{record['victim'] or 'unchanged':10} {record['wall_s']:4.0f} s exit {record['exit']} {record['word']:12}"
    return f"{what} memory HEAD/BASE {ratios} times {record.get('times')} {record.get('detail', '')}"


def summary(records: Sequence[Record]) -> str:
    """Return how many gates ended how."""
    lines = []
    for is_planted, name in ((True, "with more memory"), (False, "unchanged")):
        words = [one["word"] for one in records if (one["victim"] is not None) == is_planted]
        counts = ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())
        lines.append(f"{name}: {len(words)} gates: {counts or 'none'}")
    changed = sum(verdict == "slower" for one in records for verdict in one.get("times", {}).values())
    longest = max((one["wall_s"] for one in records), default=0.0)
    return "\n".join([*lines, f"called slower in time: {changed}; the longest gate took {longest:.0f} s"])


def measure(options: argparse.Namespace) -> None:
    """Hold the gates that the log does not have yet."""
    done = {(one["victim"], one["seed"]) for one in read(options.log)}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "lengths.py").write_text(text(None, 0.0))
        git(folder, "init", "--quiet")
        committed(folder, "Add three functions")
        for victim, seed in plan(options.gates):
            if (victim, seed) not in done:
                record = gate(folder, victim, options, seed)
                append(options.log, record)
                print(told(record), flush=True)


def main() -> None:
    """Measure, or tell how all gates ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gates", type=int, default=20, help="so many with more memory, and so many without")
    parser.add_argument("--percent", type=float, default=20.0, help="more memory")
    parser.add_argument("--budget", type=float, default=75.0, help="seconds of a gate")
    go_on(parser, "memory.jsonl", measure, summary)


if __name__ == "__main__":
    main()
