"""What `compare` can be told: which versions, what they run in, and what a gate holds them to.

As `arguments`, it imports little.
"""

import argparse

from . import argument_types, arguments, environment_arguments


def comparing(to: argparse.ArgumentParser) -> None:
    """Add all of it."""
    arguments.versions(to)
    environment_arguments.build(to)
    environment_arguments.environments(to)
    arguments.gate(to)
    memory(to)
    to.add_argument("--markdown", metavar="FILE", help="write the answer as Markdown, for a pull request")
    arguments.as_json(to)


def memory(to: argparse.ArgumentParser) -> None:
    """Add what counts as a larger peak of memory, and whether that is a regression."""
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
