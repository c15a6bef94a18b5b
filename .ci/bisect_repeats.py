"""How often does `implbench bisect` name the commit that made a kernel slower? An experiment, not a test.

Makes repositories of 16 commits behind the first, all of which change the kernel's code. One of them, at a random
place, has it compute a tenth more; the amount is calibrated beforehand. Each is searched with the defaults:

    python .ci/bisect_repeats.py --times 10 --log bisect.jsonl
    python .ci/bisect_repeats.py --table bisect.jsonl

A log that has some of the searches already is gone on with.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent / "gate_experiment"))

from amounts import measured_amounts
from kernels import CHECKOUT, committed, git
from kinds import KINDS, Kind
from records import Record, append, go_on, read
from tools import run

#: Commits behind the first, and percent of extra work from one of them on.
COMMITS, PERCENT = 16, 10


def repository(folder: Path, kind: Kind, amount: int, place: int) -> list[str]:
    """Make a repository, and return its commits, the oldest first; that at `place` and those behind it have more to do.

    Parameters
    ----------
    folder
        Where it is made.
    amount
        The extra work.
    place
        Of the first commit that has it, from 1; none has it where this is above COMMITS.
    """
    (folder / "kernels").mkdir(parents=True)
    (folder / "kernels" / "problem.py").write_text(kind.problem)
    git(folder, "init", "--quiet")
    found = []
    for number in range(COMMITS + 1):
        text = kind.kernel(amount if number >= place else 0)
        (folder / "kernels" / "kernel.py").write_text(f"{text}\nNUMBER = {number}\n")
        found.append(committed(folder, f"Change the kernel for the {number}th time"))
    return found


def searched(folder: Path, commits: Sequence[str], place: int, seed: int) -> Record:
    """Return what a search in a repository came to: ``found``, ``other``, ``undecided`` or ``no answer``."""
    started = time.monotonic()
    command = ["-m", "bench", "bisect", commits[0], commits[-1], "kernels", "kernel", "--json", "--seed", str(seed)]
    done = run(command, folder, PYTHONPATH=str(CHECKOUT))
    wall_s = round(time.monotonic() - started, 1)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        end = (done.stderr or done.stdout).strip()[-500:]
        return {"said": "no answer", "exit": done.returncode, "measured": 0, "wall_s": wall_s, "detail": end}
    first = said["first_slower"]
    word = "undecided" if first is None else "found" if first["commit"] == commits[place] else "other"
    compared = [[commits.index(one["commit"]), one["verdict"], one["rounds"]] for one in said["compared"]]
    measured = said["commits_measured"]
    return {"said": word, "exit": done.returncode, "measured": measured, "wall_s": wall_s, "detail": compared}


def table(records: Sequence[Record]) -> str:
    """Return the Markdown table of the searches: a row a kernel."""
    words = ("found", "other", "undecided", "no answer")
    lines = [
        f"| kernel | searches | {' | '.join(words)} | commits measured (median) | seconds (median) | longest [s] |",
        f"| :--- | {' | '.join(['---:'] * (len(words) + 4))} |",
    ]
    for kind in dict.fromkeys(one["kind"] for one in records):
        own = [one for one in records if one["kind"] == kind]
        counts = Counter(one["said"] for one in own)
        walls = [one["wall_s"] for one in own]
        numbers = [len(own), *(counts[word] for word in words), median(one["measured"] for one in own)]
        told = [f"{one:g}" for one in numbers] + [f"{median(walls):.0f}", f"{max(walls):.0f}"]
        lines.append(f"| {kind} | {' | '.join(told)} |")
    return "\n".join(lines)


def measure(options: argparse.Namespace) -> None:
    """Do the searches that the log does not have yet."""
    records = [one for one in read(options.log) if one["kind"] == options.kind]
    amount = records[0]["amount"] if records else measured_amounts([options.kind], [PERCENT])[options.kind][PERCENT][0]
    for repeat in range(len(records), options.times):
        place = random.Random(options.seed + repeat).randint(1, COMMITS)
        with tempfile.TemporaryDirectory() as temporary:
            commits = repository(Path(temporary) / "repository", KINDS[options.kind], amount, place)
            said = searched(Path(temporary) / "repository", commits, place, options.seed + repeat)
        append(options.log, {"kind": options.kind, "repeat": repeat, "place": place, "amount": amount, **said})
        print(f"{repeat + 1:3} planted in {place:2}: {said['said']}, {said['wall_s']:.0f} s", flush=True)


def main() -> None:
    """Measure, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, default="dict_loop", help="kernel to plant in")
    parser.add_argument("--times", type=int, default=10, help="searches")
    parser.add_argument("--seed", type=int, default=1)
    go_on(parser, "bisect.jsonl", measure, table)


if __name__ == "__main__":
    main()
