"""Verify every implementation of backprop or autoencoder: both dtypes, sizes that no block divides, trained or not.

Asks `implbench check` for each size and kind of data and prints each implementation's largest error over tolerance:
above 1 is wrong. That of random contents, which a check ends with, is in it. Exit code 1 if one is wrong or failed;
what is unavailable is named with its reason, and no failure.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLES = "1,7,64,257,1000,10000"
DATA = ("patches", "patches-60", "patches-400")
DTYPES = ("float64", "float32")
NO_FAILURE = ("ok", "unavailable", "unsupported")


def main() -> int:
    """Check all, print the table and what is left out, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", nargs="?", default="backprop", choices=["backprop", "autoencoder"])
    parser.add_argument("--impl", default="", metavar="NAME,...", help="only these, beside the baseline (default: all)")
    parser.add_argument("--samples", default=SAMPLES, metavar="M,...", help=f"numbers of samples (default: {SAMPLES})")
    parser.add_argument("--data", default=",".join(DATA), metavar="NAME,...", help="kinds of data (default: all three)")
    options = parser.parse_args()
    checks = [
        (data, one)
        for data in options.data.split(",")
        for samples in options.samples.split(",")
        for one in checked(options, samples, data)
    ]
    print_table(checks)
    others = {(name(one), one["outcome"], one["reason"]) for _, one in checks if one["outcome"] != "ok"}
    for implementation, outcome, reason in sorted(others):
        print(f"{implementation}: {outcome}, {reason}")
    return int(any(outcome not in NO_FAILURE for _, outcome, _ in others))


def checked(options: argparse.Namespace, samples: str, data: str) -> Iterator[dict[str, Any]]:
    """Yield what `implbench check` says of each case of one size and kind of data."""
    print(f"{options.problem}, m = {samples}, {data}", file=sys.stderr, flush=True)
    axes = ["--set", f"m={samples}", "--data", data, "--dtype", ",".join(DTYPES)]
    command = [sys.executable, "-m", "bench", "check", options.problem, *axes, "--timeout", "300", "--json"]
    if options.impl:
        command += ["--impl", options.impl]
    ended = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if not ended.stdout:
        sys.exit(f"{' '.join(command)} ended with exit code {ended.returncode}: {ended.stderr}")
    yield from json.loads(ended.stdout)


def name(check: dict[str, Any]) -> str:
    """Return the implementation in an id such as ``backprop[row_major-M-float64-C-1t]``."""
    return str(check["id"]).partition("[")[2].partition("-")[0]


def print_table(checks: list[tuple[str, dict[str, Any]]]) -> None:
    """Print the largest error over tolerance for each implementation and dtype, with a column for each kind of data."""
    worst: dict[tuple[str, str, str], float] = {}
    for data, one in checks:
        if one["outcome"] == "ok":
            dtype = next(dtype for dtype in DTYPES if f"-{dtype}-" in one["id"])
            key = name(one), dtype, data
            worst[key] = max(worst.get(key, 0.0), one["error_over_tolerance"])
    columns = sorted({key[1:] for key in worst}, key=lambda column: (DTYPES.index(column[0]), DATA.index(column[1])))
    print(f"{'largest error/tolerance':24}", *(f"{' '.join(column):>19}" for column in columns))
    for implementation in sorted({key[0] for key in worst}):
        errors = [worst.get((implementation, *column)) for column in columns]
        print(f"{implementation:24}", *(f"{'-' if error is None else f'{error:.3f}':>19}" for error in errors))


if __name__ == "__main__":
    sys.exit(main())
