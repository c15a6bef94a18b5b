"""What it takes that no cheat gets a time: runs with what guards a run beside runs without. A benchmark, not a test.

    python .ci/protection_time.py [--problem NAME] [--rounds N] [--pairs N]

Without it, workers are timed on the contents they were prepared on; nothing that a timed call returns is kept; at the
end, on other contents, one call is made and no more; files are not looked at again; and nothing that is seen of a
worker from outside ends its bursts. What a first call returns on each contents is verified all the same: that is for
who errs, not for who cheats. Runs of both kinds take turns, in ABBA order. Prints the ratio of their wall times, of
fixed rounds, with its interval over the pairs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from math import exp, log
from pathlib import Path

sys.path.pop(0)  # this folder: its coverage.py is not the one that Numba looks for
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cli.main import main as implbench
from bench.measure import seen, verifying
from bench.measure.untouched import Untouched
from bench.measure.verifying import Verifying
from bench.stats.intervals import hodges_lehmann


def unguarded() -> None:
    """Take out of this process what guards a run."""

    def keep_nothing(self: Verifying, one: object, passes: int) -> None:
        one.keeps = frozenset()

    def change(self: Verifying, one: object, inputs: Path, name: str, ask: object) -> object:
        place = self.place()
        reply = ask(verifying.Change(content=self._content(inputs, name), kept=place))
        one.content = name
        one.keep(place / "first", reply.first, first=True)
        return reply

    Verifying.draw = keep_nothing
    Verifying.wants_others = lambda self, *arguments, **options: False
    Verifying.change = change
    Untouched.require = lambda self: None
    seen.contradiction = lambda *arguments, **options: None


def seconds(arguments: list[str], *, guarded: bool) -> float:
    """Return the wall time of a run, from its command to its end; a round that was held again is told."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--one", "guarded" if guarded else "unguarded", *arguments]
        began = time.monotonic()
        subprocess.run([*command, "--results", folder], check=True, stdout=subprocess.DEVNULL)
        took = time.monotonic() - began
        (file,) = Path(folder).glob("*.json")
        rounds = json.loads(file.read_bytes())["rounds"]
        if any(one["discarded"] for one in rounds):
            print("a round was held again", file=sys.stderr)
        return took


def main() -> None:
    """Print the ratio."""
    if sys.argv[1:2] == ["--one"]:
        if sys.argv[2] == "unguarded":
            unguarded()
        sys.exit(implbench(sys.argv[3:]))
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--problem", default="backprop")
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--pairs", type=int, default=8)
    wanted = options.parse_args()
    arguments = ["run", wanted.problem, "--rounds", str(wanted.rounds)]
    ratios = []
    for index in range(wanted.pairs):
        order = (True, False) if index % 2 else (False, True)
        took = {guarded: seconds(arguments, guarded=guarded) for guarded in order}
        ratios.append(log(took[True] / took[False]))
        print(f"with {took[True]:.1f} s, without {took[False]:.1f} s: {exp(ratios[-1]):.3f}", file=sys.stderr)
    found = hodges_lehmann(ratios)
    interval = found.interval
    around = f" [{exp(interval.low):.3f}, {exp(interval.high):.3f}]" if interval else ""
    print(f"{wanted.problem}, {wanted.rounds} rounds: {exp(found.value):.3f} times as long{around}")


if __name__ == "__main__":
    main()
