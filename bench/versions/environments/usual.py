"""Whether versions have to be built, where nobody says so: problems use what sources alone do not make."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ...errors import ImplbenchError
from ...problems.literals import parsed
from ...problems.packages import import_folders, must_be_built

#: What builds a version then.
COMMAND = ("pip", "install", "{source}")


def command(root: Path, problems: Iterable[Path]) -> tuple[str, ...] | None:
    """Return what builds a repository for these problems, None where they need nothing that is built.

    Parameters
    ----------
    root
        The repository, whose top folder is its project.
    problems
        Folders and files of problems in it.
    """
    if not must_be_built(root):
        return None
    own = set(_packages(root))
    return COMMAND if any(not own.isdisjoint(_imported(place)) for place in problems) else None


def _packages(root: Path) -> Iterator[str]:
    """Yield the first names that the repository's own modules are imported by."""
    for folder in import_folders(root):
        for entry in folder.iterdir():
            if (entry / "__init__.py").is_file() or entry.suffix in (".py", ".pyx"):
                yield entry.stem


def _imported(place: Path) -> set[str]:
    """Return the first names of what the files of a problem import."""
    found: set[str] = set()
    for file in place.rglob("*.py") if place.is_dir() else [place]:
        with suppress(ImplbenchError):  # it is told when the problem is read
            for node in ast.walk(parsed(file)):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                    found.add(node.module.partition(".")[0])
    return found
