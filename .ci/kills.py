"""Kills runs at random moments and resumes them until they end by themselves, and looks at what comes of it.

A run has twelve rounds of one group, or six of two. It is killed by SIGKILL (the parent, or once a worker), and goes on
by `implbench run --resume`, killed again, as often as it takes. Then

- its document has each round that was on the disk at any kill, byte for byte (SHA-256);
- its rounds are those of a run with the same seed that nobody killed, drawn as there: who took part, in which orders,
  with which hash seed and padding. Where a worker was killed, its round is on record as measured again, and only who
  took part in the others is held against that run;
- the results folder holds that one file; no scratch folder, temporary file or process of it is left.

It ends with 1 where one of these does not hold. A check, not a test: `tests/test_kills.py` has a short one of it.
"""

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sums import SUMS

from bench.store import documents
from bench.store.records import Run

CHECKOUT = Path(__file__).resolve().parent.parent

#: The arguments of a run, and the rounds that it has.
KINDS = {"one group": ["--rounds", "12"], "two groups": ["--rounds", "6", "--sweep", "n=1000..2000:2"]}

#: What runs are left with is waited for so long: workers end once they see that their parent has.
PATIENCE_S = 60.0

#: A kill comes after this part of the time of a whole run at most, and one in so many is that of a worker.
LATEST, ONE_IN = 0.35, 4


class Place:
    """A folder in which runs are killed, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.results, self._folder = folder / "results", folder
        self._below = [folder / name for name in ("scratch", "tmp")]
        for path in (*self._below, folder / "lock", self.results):
            path.mkdir()
        (folder / "sums.py").write_text(SUMS)
        self._environment = os.environ | {
            "PYTHONPATH": str(CHECKOUT),
            "IMPLBENCH_SCRATCH": str(folder / "scratch"),
            "IMPLBENCH_LOCK": str(folder / "lock"),
            "TMPDIR": str(folder / "tmp"),
        }

    def started(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a run."""
        command = [sys.executable, "-m", "bench", "run", *words, "--results", "results", "--quiet", "--json"]
        with (self._folder / "told").open("wb") as told:
            return subprocess.Popen(command, cwd=self._folder, env=self._environment, stdout=told, stderr=told)

    @property
    def told(self) -> str:
        """What the last run said."""
        return (self._folder / "told").read_text(errors="replace")

    def runs(self) -> list[Run]:
        """Return the runs that are on the disk."""
        return [documents.read(path) for path in documents.documents(self.results)]

    def left(self) -> list[str]:
        """Return what is left beside the results, once all that was started has had the time to end."""
        ends = time.monotonic() + PATIENCE_S
        while (found := self._processes()) and time.monotonic() < ends:
            time.sleep(0.2)
        return [*found, *(str(path) for folder in self._below for path in folder.iterdir())]

    def _processes(self) -> list[str]:
        """Return the processes that have this folder in their environment, but for this one."""
        found = []
        for process in psutil.process_iter():
            try:
                is_ours = process.environ().get("IMPLBENCH_LOCK") == self._environment["IMPLBENCH_LOCK"]
                if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(str(process))
            except psutil.Error:  # another user's, or just gone
                continue
        return found

    def clear(self) -> None:
        """Remove the results."""
        for path in self.results.iterdir():
            path.unlink()


def hashes(run: Run) -> set[str]:
    """Return the hash of each round that is whole."""
    return {hashlib.sha256(documents.encoded(one)).hexdigest() for one in run.rounds if not one.unfinished}


def drawn(run: Run) -> list[object]:
    """Return what was drawn for each round."""
    orders = [[(worker.arm, worker.spawn_position, worker.position) for worker in one.workers] for one in run.rounds]
    return [
        (one.index, one.group, one.hash_seed, one.padding, *each) for one, each in zip(run.rounds, orders, strict=True)
    ]


def taking_part(run: Run) -> set[tuple[int | str, ...]]:
    """Return who took part in each round that counts."""
    rounds = [one for one in run.rounds if one.discarded is None]
    return {(one.index, one.group, *sorted(worker.arm for worker in one.workers)) for one in rounds}


class Killer:
    """Kills one run after the other."""

    def __init__(self, place: Place, seed: int) -> None:
        self._place = place
        self._dice = random.Random(seed)
        self.count: Counter[str] = Counter()
        self._usual: dict[str, tuple[Run, float]] = {}

    @property
    def kills(self) -> int:
        """So many processes have been killed."""
        return self.count["parents killed"] + self.count["workers killed"]

    def one_run(self, kind: str) -> Iterator[str]:
        """Kill a run until it has ended by itself; yield what is wrong with it."""
        place, words = self._place, KINDS[kind]
        usual, takes_s = self._whole(kind)
        known: set[str] = set()
        workers = 0
        while True:
            is_begun = bool(place.runs())
            process = place.started(["--resume"] if is_begun else ["sums.py", *words])
            killed = self._kill(process, takes_s, workers=workers == 0)
            workers += killed == "workers killed"
            process.wait()
            on_disk = {one for run in place.runs() for one in hashes(run)}
            if not known <= on_disk:
                yield f"{len(known - on_disk)} of {len(known)} rounds are lost"
            known |= on_disk
            runs = place.runs()
            if len(runs) > 1:
                yield f"{len(runs)} files of one run"
            if runs and not runs[0].interrupted:
                break
            if killed is None:
                yield f"ended with {process.returncode}: {place.told}"
                return
        (run,) = place.runs()
        self.count.update({"runs": 1, "rounds": len(known), "resumed": len(run.resumed)})
        yield from self._compared(run, usual, known, workers=workers)
        if killed != "parents killed":  # as it may be once the document is there: the next run clears what that leaves
            yield from self.left()

    def left(self) -> Iterator[str]:
        """Yield what is left of runs that have ended."""
        yield from (f"left: {one}" for one in self._place.left())

    def _compared(self, run: Run, usual: Run, known: set[str], *, workers: int) -> Iterator[str]:
        if len(files := list(self._place.results.iterdir())) > 1:
            yield f"the results folder holds {files}"
        if run.interrupted or run.begun:
            yield "its document is that of a run that is not finished"
        if not known <= hashes(run):
            yield "rounds are lost in its document"
        if len(run.rounds) != len(hashes(run)):
            yield "a round is there twice"
        if taking_part(run) != taking_part(usual):
            yield "its rounds are not those of a run that nobody killed"
        if not workers and drawn(run) != drawn(usual):
            yield "its rounds were drawn otherwise than those of a run that nobody killed"

    def _whole(self, kind: str) -> tuple[Run, float]:
        """Return a run that nobody kills, and the seconds that it takes."""
        if kind not in self._usual:
            started = time.monotonic()
            self._place.started(["sums.py", *KINDS[kind]]).wait()
            (run,) = self._place.runs()
            self._usual[kind] = run, time.monotonic() - started
            self._place.clear()
        return self._usual[kind]

    def _kill(self, process: subprocess.Popen[bytes], takes_s: float, *, workers: bool) -> str | None:
        """Kill a run at a random moment, or one of its workers; return which, None where it has ended before."""
        try:
            process.wait(self._dice.uniform(0.0, LATEST * takes_s))
        except subprocess.TimeoutExpired:
            who = self._worker(process) if workers and self._dice.randrange(ONE_IN) == 0 else None
            try:
                (who or process).kill()
            except psutil.Error:  # that worker has just ended
                return None
            killed = "workers killed" if who else "parents killed"
            self.count[killed] += 1
            return killed
        return None

    def _worker(self, process: subprocess.Popen[bytes]) -> psutil.Process | None:
        try:
            found = psutil.Process(process.pid).children()
        except psutil.Error:
            return None
        return self._dice.choice(found) if found else None


def main() -> int:
    """Do so many kills, and say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="at least so many in all (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: 1)")
    asked = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="implbench-kills-") as folder:
        place = Place(Path(folder))
        killer = Killer(place, asked.seed)
        while killer.kills < asked.kills:
            for kind in KINDS:
                found = list(killer.one_run(kind))
                wrong += found
                print(f"{dict(killer.count)} {found or 'as it should be'}", flush=True)
                place.clear()
        place.started(["sums.py", "--rounds", "1"]).wait()
        wrong += killer.left()
    print(f"{killer.kills} kills, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
