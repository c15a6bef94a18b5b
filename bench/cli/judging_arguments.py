"""What `judge` and `run --best` can be told, which look for the best.

As `arguments`, it imports little.
"""

import argparse

from . import argument_types, arguments


def judging(to: argparse.ArgumentParser) -> None:
    """Add candidates, and what they are judged by."""
    to.add_argument(
        "against", metavar="BASELINE", help="a problem's name, file or folder, or rows.py:loop, a function of it"
    )
    to.add_argument(
        "candidates",
        nargs="+",
        metavar="CANDIDATE",
        help="a Python file with a function called as the baseline is, or a single public one (with prepare, where the "
        "baseline is a folder); a folder; - for standard input",
    )
    acceptance(to)
    arguments.conditions(to, "retain")
    arguments.timeout(to)
    arguments.memory(to)
    arguments.results(to)
    arguments.as_json(to)


def race(to: argparse.ArgumentParser) -> None:
    """Add whether the run is about the best alone."""
    to.add_argument(
        "--best",
        action="store_true",
        help="find the best, or all within the margin of it: who is shown to be slower is measured no longer (takes up "
        "to 6 s a case, 75 s or more)",
    )
    to.add_argument(
        "--error",
        type=argument_types.percentage,
        metavar="PERCENT",
        help="of --best: how probable it may be that the best is not among those named (default: 5%%)",
    )


def acceptance(to: argparse.ArgumentParser) -> None:
    """Add what a candidate has to be, and how it is measured."""
    to.add_argument(
        "--accept-at",
        type=argument_types.percentage,
        dest="accept_at",
        metavar="PERCENT",
        help="by how much faster it has to be (default: 3%%)",
    )
    to.add_argument(
        "--budget",
        type=argument_types.seconds,
        dest="budget_s",
        metavar="SECONDS",
        help="for each candidate (default: 75 s, and 75 s or more to confirm what is faster)",
    )
    to.add_argument(
        "--seed",
        type=argument_types.whole,
        metavar="N",
        help="of inputs and of all order (default: drawn anew for each candidate, so that nobody knows it before)",
    )
