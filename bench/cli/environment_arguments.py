"""What commands can be told of environments: what workers run in, what is built for them, and what is kept.

Like `parser`, it imports little, so that ``implbench --help`` answers at once.
"""

import argparse

from . import argument_types


def environments(to: argparse.ArgumentParser) -> None:
    """Add what workers run in."""
    to.add_argument(
        "--env",
        type=argument_types.words,
        action="append",
        dest="packages",
        metavar="numpy==2.3.5 ...",
        help="run in an environment with these packages; repeat it for several, measured in the same rounds (here: "
        "that of implbench itself)",
    )
    to.add_argument(
        "--env-file",
        type=argument_types.requirement_file,
        action="append",
        dest="packages",
        metavar="FILE",
        help="likewise, with the packages of a requirements file",
    )
    to.add_argument(
        "--python",
        action="append",
        dest="pythons",
        metavar="3.13",
        help="run with this interpreter, as uv and pyenv name it, or its path; repeat it for several",
    )
    to.add_argument(
        "--var",
        type=argument_types.words,
        action="append",
        dest="variables",
        metavar="NAME=VALUE ...",
        help="run with variables set so (NAME=: without it); repeat it for several environments",
    )


def build(to: argparse.ArgumentParser) -> None:
    """Add what builds a version."""
    to.add_argument(
        "--build",
        type=argument_types.build,
        metavar="'pip install {source}'",
        help="what builds each version into an environment of its own, from a clean checkout, once (this, where its "
        "files say that it has compiled parts; none: nothing is built)",
    )


def kept(to: argparse.ArgumentParser) -> None:
    """Add what is to be done with the environments that are kept."""
    to.add_argument("action", choices=("list", "remove"), help="list them, or remove some")
    to.add_argument("names", nargs="*", metavar="NAME", help="names, or their beginnings (remove)")
    to.add_argument("--all", action="store_true", help="remove all of them")
