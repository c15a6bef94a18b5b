"""Where the problems of one version lie, and what they are called."""

import os
from collections.abc import Callable
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


def _nobody(_where: str) -> bool:
    """Return that nobody has named what lies there."""
    return False


def places_in(root: Path, is_named: Callable[[str], bool] = _nobody) -> list[str]:
    """Return the paths of the folders and files that are problems, or were meant as one, from the root.

    A file of which somebody has named the path counts if it has a function `inputs` at all.
    """

    def is_file_meant(file: Path) -> bool:
        if file.suffix != ".py" or file.is_symlink():
            return False
        return _is_meant(file, named=is_named(file.relative_to(root).as_posix()))

    found = []
    for at, folders, files in os.walk(root):
        apart = ("__pycache__", ".git", "node_modules", INSTALLED)
        folders[:] = sorted(name for name in folders if name not in apart)
        if PROBLEM in files:  # what lies beside it are its implementations
            found += [at] if _is_meant(Path(at, PROBLEM)) else []
        else:
            found += [str(file) for name in sorted(files) if is_file_meant(file := Path(at, name))]
    return [Path(place).relative_to(root).as_posix() for place in found]


def _is_meant(file: Path, *, named: bool = False) -> bool:
    """Return whether a file is a problem of ours, or a folder's problem.py, were it with a syntax error in it."""
    if is_problem(file, named=named):
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


def is_called(where: str, name: str, root: Path, *, origin: Path) -> bool:
    """Return whether a problem at a path from a root is meant by a name, or by a path from there or the current folder.

    `origin` is what the root is a copy of, or another version of.
    """
    here = os.path.normpath(Path.cwd() / name) == str(origin / where)
    return here or os.path.normpath(name) == where or name == name_at(where, root)


def is_among_tests(where: str) -> bool:
    """Return whether a problem at a path is a fixture of tests."""
    parts = PurePosixPath(where).parts
    last = max((place for place, part in enumerate(parts) if part in _TESTS), default=None)
    return last is not None and not _BENCHMARKS & set(parts[last:])
