"""How long `implbench --help` takes, in units of a bare `python -c pass`. A benchmark, not a test."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

REPEATS = 40
BINARIES = Path(sys.executable).parent


def seconds(*command: object) -> float:
    """Return the wall time of one command."""
    started = time.perf_counter()
    subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Take turns, and compare the medians."""
    bare, asked = [], []
    for _ in range(REPEATS):
        bare.append(seconds(sys.executable, "-c", "pass"))
        asked.append(seconds(BINARIES / "implbench", "--help"))
    ratio = statistics.median(asked) / statistics.median(bare)
    print(f"implbench --help / python -c pass = {ratio:.2f} (medians of {REPEATS})")


if __name__ == "__main__":
    main()
