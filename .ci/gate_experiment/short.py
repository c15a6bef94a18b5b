"""Does a gate judge calls of 2 microseconds on a busy machine, without failing honest code? An experiment, not a test.

`implbench compare --all` of identical code, a call of NumPy of about 2 us, beside two busy loops, again and again:

    python .ci/gate_experiment/short.py --log short.jsonl
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kinds import SHORT
from load import busy_loops
from msgspec import to_builtins
from planted import judged
from records import Record, append, read
from repository import Repository


def outcome(verdict: str, code: int) -> str:
    """Return what an answer on identical code is: ``quiet``, ``undecided``, ``false alarm``, or that it failed."""
    names = {"not comparable": "not comparable", "wrong": "failed", "no answer": "no answer"}
    return names.get(verdict) or judged(0, verdict, code)


def told(records: Sequence[Record]) -> str:
    """Return how many gates ended how."""
    counts = Counter(outcome(one["verdict"], one["exit"]) for one in records)
    names = ("not comparable", "failed", "no answer", "false alarm", "undecided", "quiet")
    longest = max((one["wall_s"] for one in records), default=0.0)
    ends = ", ".join(f"{counts[name]} {name}" for name in names)
    return f"{len(records)} gates: {ends}; the longest took {longest:.0f} s"


def main() -> None:
    """Hold the gates that the log does not have yet, and tell how all of them ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gates", type=int, default=20)
    parser.add_argument("--loops", type=int, default=2, help="busy loops beside each gate")
    parser.add_argument("--log", type=Path, default=Path("short.jsonl"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, busy_loops(options.loops):
        repository = Repository(Path(temporary) / "repository", SHORT)
        for number in range(len(read(options.log)), options.gates):
            said = repository.gate(0, seed=number)
            append(options.log, to_builtins(said))
            print(f"{number + 1:2} {said.wall_s:4.0f} s {outcome(said.verdict, said.exit)}", flush=True)
    print(told(read(options.log)))


if __name__ == "__main__":
    main()
