"""Long runs: what they take of the parent, and whether they go on as they would have. A check, not a test.

    python .ci/long_run.py --only campaign     # 1,000 implementations x 10 sizes, killed and resumed
    python .ci/long_run.py --only rounds       # 10,000 rounds: memory, and the parent's own time, for each
    python .ci/long_run.py --only descriptors  # 200 rounds of real workers: descriptors, processes and threads at each

The first two are measured on the simulated machine of the tests, whose records come out of messages as those of workers
do: what is left is the parent's own work. Each ends with 1 where something is not as it has to be;
`tests/test_long_runs.py` has small ones.
"""

import argparse
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sums import SUMS

from bench.analyse.decided import decided
from bench.measure.progress import Progress
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store.records import Settings
from tests import noise
from tests.killed import SETTINGS, killed, killing, later, measured, outright, plan_of, resumed
from tests.long_runs import Growth, Received, many

#: Where a run of so many rounds is looked at.
PARTS = (0.2, 0.4, 0.6, 0.8)

#: The growth of memory in a round may differ by this part from one half of a run to the other.
MOST_UNEVEN = 0.1


def law(arm: object, source: object, index: int) -> float:
    """Return what a call takes: the same for all, so that nothing is decided."""
    return 0.002


def campaign(asked: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield what is wrong with a run of many cases that is killed at random rounds, and goes on."""
    problem_folder = many(folder / "sums", asked.implementations)
    sizes = tuple(1000 * (place + 1) for place in range(asked.sizes))
    settings = replace(SETTINGS, rounds=asked.rounds or 2)
    axes = {"folder": problem_folder, "sweep": ("n", sizes)}
    said: list[str] = []
    simulation, spent = Received(truth=law), time.process_time()
    whole, path = measured(folder / "whole", simulation, settings, say=said.append, **axes)
    print(f"{len(whole.arms)} arms, {len(whole.rounds)} rounds, {path.stat().st_size / 1e6 if path else 0:.0f} MB")
    print(f"alone: {time.process_time() - spent:.0f} s of CPU, for {simulation.clock() / 3600:.1f} h of measuring")
    print(*(f"said: {text}" for text in said), sep="\n")
    dice, results, done = random.Random(1), folder / "killed", 0
    simulation = Received(truth=law)
    kills = sorted(dice.sample(range(1, len(whole.rounds)), min(asked.kills, len(whole.rounds) - 1)))
    for place, rounds in enumerate(kills):
        listener = killing(simulation, rounds)
        if place == 0:
            killed(results, simulation, settings, listener=listener, **axes)
        else:
            _killed_again(results, simulation, rounds, problem_folder)
        simulation, done = later(simulation, rounds), rounds
        print(f"killed in round {done + 1} of all groups", flush=True)
    spent = time.process_time()
    run, _ = resumed(results, simulation, folder=problem_folder)
    print(f"the last part, with {done} rounds played again: {time.process_time() - spent:.0f} s of CPU")
    print(f"largest resident set: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")
    if plan_of(run) != plan_of(whole):
        yield "the run that was killed has another plan"
    if len(list(results.iterdir())) != 1:
        yield "more than the document is left"


def _killed_again(results: Path, simulation: Received, rounds: int, folder: Path) -> None:
    with outright():
        resumed(results, simulation, listener=killing(simulation, rounds), folder=folder)


def rounds(asked: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the memory of a run of many rounds."""
    count = asked.rounds or 10_000
    at = tuple(int(part * count) for part in PARTS)
    process, results = psutil.Process(), folder / "results"
    growth = Growth(results=results, at=(*at, count - 1), memory=lambda: process.memory_info().rss)
    simulation, clocks = Received(truth=law, noise=noise.QUIET), {}

    def listen(now: Progress) -> None:
        growth(now)
        clocks.setdefault(now.rounds_done, time.process_time())

    axes = {"folder": many(folder / "sums", 2), "sizes": ("M",)}
    run, path = measured(results, simulation, replace(SETTINGS, rounds=count), listener=listen, **axes)
    document = path.stat().st_size if path else 0
    print(f"{len(run.rounds)} rounds, {document / 1e6:.0f} MB on disk")
    for first, last in zip((*at, count - 1), (*at[1:], count - 1), strict=False):
        if last > first:
            memory, journal = growth.between(first, last)
            spent = 1e3 * (clocks[last] - clocks[first]) / (last - first)
            print(
                f"rounds {first} to {last}: {memory:.0f} bytes of memory a round, {journal:.0f} of the journal "
                f"({memory / journal:.1f} for each), {spent:.2f} ms of CPU a round"
            )
    print(f"largest resident set: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")
    early, late = growth.between(at[0], at[2])[0], growth.between(at[2], count - 1)[0]
    if late > (1 + MOST_UNEVEN) * early:
        yield f"memory grows by {early:.0f} bytes a round, and by {late:.0f} later"


def descriptors(asked: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield what is wrong with what a run of real workers holds of the system from round to round."""
    (folder / "sums.py").write_text(SUMS)
    found = problem.find(str(folder / "sums.py"))
    arms, left = select(found, Selection())
    process, seen = psutil.Process(), {}

    def listen(now: Progress) -> None:
        if now.doing.startswith("pass 1 of"):  # all workers of the round live, and no other
            seen[now.rounds_done] = process.num_fds(), len(process.children(recursive=True)), threading.active_count()

    settings = Settings(
        seed=1, margin=0.03, rounds=asked.rounds or 200, budget_s=None, timeout_s=60.0, command=("implbench", "run")
    )
    run, _ = Runner(found, settings, listen, decided=decided).run(arms, left, folder / "results")
    ways = sorted({one for place, one in seen.items() if place > 0})
    print(f"{len(run.rounds)} rounds; descriptors, processes and threads in each but the first: {ways}")
    if len(ways) != 1:
        yield "what is held of the system is not the same in each round"


KINDS = {"campaign": campaign, "rounds": rounds, "descriptors": descriptors}


def main() -> int:
    """Do what is asked for, or all, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=KINDS, help="which (default: all)")
    parser.add_argument("--implementations", type=int, default=1000)
    parser.add_argument("--sizes", type=int, default=10)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--rounds", type=int, help="other than usual")
    asked = parser.parse_args()
    wrong = []
    for name in [asked.only] if asked.only else KINDS:
        with tempfile.TemporaryDirectory(prefix="implbench-long-") as folder:
            print(f"{name}:", flush=True)
            wrong += KINDS[name](asked, Path(folder))
    print(*wrong, f"{len(wrong)} wrong", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
