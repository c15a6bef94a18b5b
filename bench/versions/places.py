"""Where the problems of one version lie, and what they are called."""

import os
from pathlib import Path, PurePosixPath

from ..errors import ImplbenchError
from ..problems.discovery import is_problem
from ..problems.files import MODULE
from ..problems.literals import parsed

#: In the copy of a version: what its build has installed of its own projects.
INSTALLED = ".implbench-installed"

#: The file that makes a folder a problem.
PROBLEM = f"{MODULE}.py"

#: Problems below folders of these names are fixtures of tests ...
_TESTS = frozenset({"test", "tests"})

#: ... but for those below a folder of these names in them.
_BENCHMARKS = frozenset({"bench", "benches", "benchmark", "benchmarks", "perf", "performance"})


def places_in(root: Path) -> list[str]:
    """Return the paths of the folders and files that are problems, or were meant as one, from the root."""
    found = []
    for at, folders, files in os.walk(root):
        apart = ("__pycache__", ".git", "node_modules", INSTALLED)
        folders[:] = sorted(name for name in folders if name not in apart)
        if PROBLEM in files:  # what lies beside it are its implementations
            found += [at] if _is_meant(Path(at, PROBLEM)) else []
        else:
            found += [os.path.join(at, name) for name in sorted(files) if _is_file_meant(at, name)]  # noqa: PTH118
    return [Path(place).relative_to(root).as_posix() for place in found]


def _is_file_meant(at: str, name: str) -> bool:
    file = Path(at, name)
    return file.suffix == ".py" and not file.is_symlink() and _is_meant(file)


def _is_meant(file: Path) -> bool:
    """Return whether a file is a problem of ours, or a folder's problem.py, were it with a syntax error in it."""
    if is_problem(file):
        return True
    if not file.is_file() or (b"SIZES" if file.name == PROBLEM else b"\ndef inputs(") not in file.read_bytes():
        return False
    try:
        parsed(file)
    except ImplbenchError:
        return True
    return False


def name_at(where: str, root: Path) -> str:
    """Return the name of the problem at a path from a root: that of its folder, or of its file without the suffix."""
    return PurePosixPath(where).name.removesuffix(".py") or root.name


def is_among_tests(where: str) -> bool:
    """Return whether a problem at a path is a fixture of tests."""
    parts = PurePosixPath(where).parts
    last = max((place for place, part in enumerate(parts) if part in _TESTS), default=None)
    return last is not None and not _BENCHMARKS & set(parts[last:])
