"""What those commands can be told that compare versions, and how a gate is held.

As `arguments`, it imports little.
"""

import argparse

from . import argument_types, arguments

TYPE_CHECKING = False  # as in `parser`
if TYPE_CHECKING:
    from typing import Any


class Limit(argparse.Action):
    """Stores what all benchmarks are held to: what a project has single ones held to counts no more."""

    @property
    def own(self) -> str:
        """Name of what single benchmarks are held to, by their names."""
        return f"own_{self.dest}s"

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: "Any",
        option_string: "str | None" = None,
    ) -> None:
        """Store what was typed."""
        setattr(namespace, self.dest, values)
        setattr(namespace, self.own, {})


def versions(to: argparse.ArgumentParser) -> None:
    """Add which versions are compared, and what of them."""
    to.add_argument("base", metavar="BASE", help="a git revision, main... (where this one left main), or a folder")
    to.add_argument("head", metavar="HEAD", nargs="?", help="another (default: the working tree)")
    to.add_argument(
        "--problem",
        type=argument_types.names,
        dest="problems",
        metavar="NAME,...",
        help="only these, names or paths (default: all)",
    )
    packages(to)
    to.add_argument("--dry-run", action="store_true", help="tell what would be measured, and the time that takes")
    to.add_argument("--all", action="store_true", help="measure what is the same code on both sides too")


def commits(to: argparse.ArgumentParser) -> None:
    """Add between which commits is searched, and for what."""
    to.add_argument("good", metavar="GOOD", help="a git revision that BAD comes from, or main... (where BAD left main)")
    to.add_argument("bad", metavar="BAD", help="a git revision in which the implementation is slower than in GOOD")
    to.add_argument("problem", metavar="PROBLEM", help="a name or path of a problem in the repository")
    to.add_argument("implementation", metavar="IMPL", help="name of the implementation, in GOOD or BAD")


def packages(to: argparse.ArgumentParser) -> None:
    """Add where the problems and packages of versions come from."""
    to.add_argument(
        "--problems-from", metavar="VERSION", help="measure both with the problems of this revision or folder"
    )
    to.add_argument(
        "--path",
        action="append",
        dest="paths",
        metavar="FOLDER",
        help="where a package lies; repeat it for several",
    )


def gate(to: argparse.ArgumentParser) -> None:
    """Add what a gate needs to know."""
    arguments.axes(to, allocator="retain")
    manner(to, "of a gate (default: 22 s a benchmark, 75 s or more, and twice that for one that is undecided)")


def manner(to: argparse.ArgumentParser, budget: str) -> None:
    """Add how a gate is held; `budget` is what the help says of its time."""
    to.add_argument("--budget", type=argument_types.seconds, dest="budget_s", metavar="SECONDS", help=budget)
    arguments.margin(to, Limit)
    arguments.seed(to)
    arguments.timeout(to)
    arguments.memory(to)
    arguments.waiting(to)


def memory(to: argparse.ArgumentParser) -> None:
    """Add what counts as a larger peak of memory, and whether that is a regression."""
    to.add_argument(
        "--gate-memory",
        action="store_true",
        help="a peak of memory that is larger by more than its margin is a regression too: exit 1",
    )
    to.add_argument(
        "--memory-margin",
        action=Limit,
        type=argument_types.percentage,
        metavar="PERCENT",
        help="smallest difference of peaks of memory that matters (default: 10%%)",
    )
