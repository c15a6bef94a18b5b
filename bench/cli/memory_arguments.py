"""What a gate can be told of peaks of memory.

As `arguments`, it imports little.
"""

import argparse

from . import argument_types


def gate(to: argparse.ArgumentParser) -> None:
    """Add what counts as a larger peak, and whether that is a regression."""
    to.add_argument(
        "--gate-memory",
        action="store_true",
        help="a peak of memory that is larger by more than its margin is a regression too: exit 1",
    )
    to.add_argument(
        "--memory-margin",
        type=argument_types.percentage,
        metavar="PERCENT",
        help="smallest difference of peaks of memory that matters (default: 10%%)",
    )
