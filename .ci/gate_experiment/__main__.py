"""How often does a gate raise a false alarm, and how often does it find a slowdown? An experiment, not a test.

Makes a repository with four NumPy kernels of backprop and a second version of them, in which one recomputes a share of
its samples (real extra work) so that it takes 5 or 10 % longer, or in which nothing changed; and has a gate judge them,
again and again:

    python .ci/gate_experiment --tool implbench --log gates.jsonl
    python .ci/gate_experiment --tool pytest-benchmark --log gates.jsonl
    python .ci/gate_experiment --tool asv --log gates.jsonl         (needs asv and virtualenv)
    python .ci/gate_experiment --table gates.jsonl

A log that has some of the gates already is gone on with. ``--lock FILE`` takes turns with other jobs on the machine:
the file's lock is held over each gate.
"""

import argparse
import contextlib
import fcntl
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kernels import KERNELS, made, rows_for
from records import Record, append, read
from tools import TOOLS


def plan(options: argparse.Namespace) -> list[tuple[int, str]]:
    """Return (percent, victim) of each gate in shuffled order, the same for every tool."""
    generator = random.Random(options.seed)
    percents = [0] * options.identical + [5] * options.five + [10] * options.ten
    generator.shuffle(percents)
    return [(percent, generator.choice(KERNELS)) for percent in percents]


def judged(record: Record, slower: list[str]) -> str:
    """Return in a few words how a gate did."""
    if record["percent"] == 0:
        return "false alarm" if slower else "undecided" if record["undecided"] else "quiet"
    if set(slower) - {record["victim"]}:
        return "wrong kernel named"
    return "found" if slower else "undecided" if record["undecided"] else "missed"


@contextlib.contextmanager
def turn(lock: Path | None) -> Iterator[None]:
    """Hold the lock, where there is one."""
    if lock is None:
        yield
        return
    time.sleep(2)  # others may want a turn
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def of_tool(log: Path, tool: str) -> list[Record]:
    """Return the gates of a tool in the log."""
    return [one for one in read(log) if one["tool"] == tool]


def recomputed(log: Path, kernels: Path) -> dict[tuple[int, str], int]:
    """Return (percent, victim) -> samples to recompute: those of the log, so that all tools judge the same code."""
    known = {(one["percent"], one["victim"]): one["rows"] for one in read(log) if one["percent"]}
    wanted = [(percent, victim) for percent in (5, 10) for victim in KERNELS]
    return {one: known[one] if one in known else rows_for(kernels, *one) for one in wanted}


def measure(options: argparse.Namespace) -> None:
    """Hold the gates of one tool that the log does not have yet."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "repository"
        folder.mkdir()
        kernels = made(folder)
        with turn(options.lock):
            rows = recomputed(options.log, kernels)
        print(f"samples recomputed: {rows}", flush=True)
        with turn(options.lock):
            tool = TOOLS[options.tool](folder)
        done = len(of_tool(options.log, options.tool))
        for number, (percent, victim) in list(enumerate(plan(options)))[done:]:
            count = rows.get((percent, victim), 0)
            with turn(options.lock):
                started = time.monotonic()
                said = tool.gate(victim, count, options.seed + number)
                wall_s = time.monotonic() - started
            record = {
                "tool": options.tool,
                "percent": percent,
                "victim": victim,
                "rows": count,
                "seed": options.seed + number,
                "wall_s": round(wall_s, 1),
                "slower": said.slower,
                "undecided": said.undecided,
                "detail": said.detail,
            }
            append(options.log, record)
            words = {criterion: judged(record, slower) for criterion, slower in said.slower.items()}
            print(f"{number + 1:2} {percent:2} % {victim:10} {wall_s:4.0f} s {words}", flush=True)


def table(log: Path) -> str:
    """Return the Markdown table of a log: false alarms, slowdowns found, undecided, of so many gates."""
    records = read(log)
    counts: Counter[tuple[str, int, str]] = Counter()
    gates: Counter[tuple[str, int]] = Counter()
    seconds: dict[str, list[float]] = {}
    for record in records:
        for criterion, slower in record["slower"].items():
            counts[criterion, record["percent"], judged(record, slower)] += 1
            gates[criterion, record["percent"]] += 1
            seconds.setdefault(criterion, []).append(record["wall_s"])

    def share(criterion: str, percent: int, *words: str) -> str:
        return f"{sum(counts[criterion, percent, word] for word in words)} of {gates[criterion, percent]}"

    lines = [
        "| gate | false alarms | 5 % found | 10 % found | wrong kernel named | undecided | longest [s] |",
        "| :--- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for criterion, walls in seconds.items():
        everywhere = [percent for one, percent in gates if one == criterion]
        wrong, open_ = (
            sum(counts[criterion, percent, word] for percent in everywhere)
            for word in ("wrong kernel named", "undecided")
        )
        cells = (
            f"`{criterion}`",
            share(criterion, 0, "false alarm"),
            share(criterion, 5, "found"),
            share(criterion, 10, "found"),
            str(wrong),
            str(open_),
            f"{max(walls):.0f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", choices=TOOLS)
    parser.add_argument("--table", type=Path, metavar="LOG")
    for name, count in (("identical", 20), ("five", 20), ("ten", 10)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, default=Path("gates.jsonl"))
    parser.add_argument("--lock", type=Path)
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
    elif options.tool:
        measure(options)
    else:
        parser.error("give --tool or --table")


if __name__ == "__main__":
    main()
