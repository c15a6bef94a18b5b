"""Follow README and tutorial to the letter, as somebody new would: how long does it take? A benchmark, not a test.

In a copy of the checkout: README's first command (an environment of its own, the installation, the first run with its
report). Then, in an empty folder elsewhere and with that environment's `implbench`, everything that docs/tutorial.md
shows. Nothing is typed that is not printed there; exit codes and output must be as shown. Prints each command with its
time, and ends with exit code 1 if the whole took over ten minutes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import documented

CHECKOUT = Path(__file__).resolve().parent.parent

#: What somebody new will wait for.
LONGEST_S = 600.0


def copy_checkout(folder: Path) -> Path:
    """Copy what is in the checkout, committed or not, without what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, target)
    return folder


def environment() -> dict[str, str]:
    """Return the environment of somebody new: not the one in which this runs."""
    bent = ("PYTHON", "VIRTUAL_ENV", "TOX")
    found = {name: value for name, value in os.environ.items() if not name.startswith(bent)}
    folders = found["PATH"].split(os.pathsep)
    return {**found, "PATH": os.pathsep.join(one for one in folders if not (Path(one) / "activate").exists())}


def followed(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield each command and the seconds that it took."""
    checkout, empty = copy_checkout(folder / "implbench"), folder / "empty"
    empty.mkdir()
    first = next(one for one in documented.blocks((checkout / "README.md").read_text()) if one.marks.get("command"))
    outer = environment()
    started = time.monotonic()
    for command in first.commands:
        documented.Reader(checkout, outer).type(command)
        yield command, time.monotonic() - started
    path = os.pathsep.join([str(checkout / ".venv" / "bin"), outer["PATH"]])
    reader = documented.Reader(empty, {**outer, "PATH": path})
    typed = ""
    try:
        started = time.monotonic()
        for command in reader.follow((checkout / "docs" / "tutorial.md").read_text()):
            if typed:
                yield typed, time.monotonic() - started
            typed, started = command, time.monotonic()
        yield typed, time.monotonic() - started
    finally:
        reader.close()


def main() -> int:
    """Follow all, print the times, return the exit code."""
    total = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for command, seconds in followed(Path(folder)):
            total += seconds
            print(f"{seconds:7.1f} s  {command}", flush=True)
    print(f"{total:7.1f} s  in all; promised: {LONGEST_S:g} s")
    return int(total > LONGEST_S)


if __name__ == "__main__":
    sys.exit(main())
