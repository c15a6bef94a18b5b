"""Look for the best of many again and again: is it in each answer, and what does that cost beside equal rounds.

    python .ci/best_of_many.py FOLDER --repeats 10

FOLDER is a problem with many implementations. What the best is, is not known beforehand: those that were in any answer
are measured beside each other at the end, in rounds of their own, and all that are within the margin of the fastest
there count as the best. Two rounds of all tell what equal rounds take.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from bench.store import documents  # noqa: E402
from bench.store.records import Run  # noqa: E402

#: Rounds that tell who is the best of those in the answers, and those that tell what equal rounds take.
TRUE_ROUNDS, EQUAL_ROUNDS = 24, 2

MARGIN = 0.03


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """One run that looked for the best."""

    answer: frozenset[str]
    settled: bool
    rounds: int
    timed_s: float
    whole_s: float


def main() -> None:
    """Repeat, and print a row for each and one for all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=10)
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    with tempfile.TemporaryDirectory() as results:
        repeats = []
        print("| run | answer | settled | rounds | timed [s] | all [s] |\n| ---: | :--- | :--- | ---: | ---: | ---: |")
        for place in range(asked.repeats):
            one = repeated(folder, results, "--seed", str(place + 1))
            repeats.append(one)
            cells = (place + 1, ", ".join(sorted(one.answer)), one.settled, one.rounds)
            cells += (f"{one.timed_s:.1f}", f"{one.whole_s:.0f}")
            print(f"| {' | '.join(map(str, cells))} |", flush=True)
        equal, _ = run(folder, results, "--rounds", str(EQUAL_ROUNDS))
        best = true_best(folder, results, sorted(frozenset().union(*(one.answer for one in repeats))))
    each_s, each_whole_s = timed_s(equal) / EQUAL_ROUNDS, whole_s(equal) / EQUAL_ROUNDS
    held = sum(bool(best & one.answer) for one in repeats)
    shares = [one.timed_s / (one.rounds * each_s) for one in repeats]
    whole = [one.whole_s / (one.rounds * each_whole_s) for one in repeats]
    print(
        f"\nthe best: {', '.join(sorted(best))}; in {held} of {len(repeats)} answers. Of as many equal rounds of all, "
        f"the timed work was {100 * min(shares):.1f} to {100 * max(shares):.1f} %, the time {100 * min(whole):.0f} to "
        f"{100 * max(whole):.0f} %."
    )


def run(folder: Path, results: str, *words: str) -> tuple[Run, dict[str, Any]]:
    """Return the run that a command makes, and what it prints for programs."""
    command = [sys.executable, "-m", "bench", "run", str(folder), "--json", "--quiet", "--results", results, *words]
    done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    found = json.loads(done.stdout)
    return documents.read(Path(found["document"])), found


def repeated(folder: Path, results: str, *words: str) -> Repeat:
    """Look for the best once."""
    made, found = run(folder, results, "--best", *words)
    (group,) = found["groups"]
    names = {case["id"]: case["implementation"] for case in group["cases"]}
    return Repeat(
        answer=frozenset(names[one] for one in group["best"]["ids"]),
        settled=group["best"]["settled"],
        rounds=len(made.rounds),
        timed_s=timed_s(made),
        whole_s=whole_s(made),
    )


def true_best(folder: Path, results: str, names: list[str]) -> frozenset[str]:
    """Return who is within the margin of the fastest, of these."""
    _, found = run(folder, results, "--impl", ",".join(names), "--baseline", names[0], "--rounds", str(TRUE_ROUNDS))
    ratios = {case["implementation"]: case["ratio_to_baseline"] for case in found["groups"][0]["cases"]}
    known = {name: ratio["value"] if ratio else 1.0 for name, ratio in ratios.items()}
    return frozenset(name for name, ratio in known.items() if ratio < (1 + MARGIN) * min(known.values()))


def timed_s(made: Run) -> float:
    """Return what all samples of a run took."""
    bursts = (burst for one in made.rounds for worker in one.workers for burst in worker.bursts)
    return sum(sum(burst.sample_ns) for burst in bursts) * 1e-9


def whole_s(made: Run) -> float:
    """Return what all rounds of a run took, with starting and verifying."""
    return sum(one.duration_ns for one in made.rounds) * 1e-9


if __name__ == "__main__":
    main()
