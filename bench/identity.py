"""Whether two versions of an implementation are the same code: what only a reader sees does not count."""

import ast
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .implementation import Implementation
from .problem import Problem, files_below

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def digests(problem: Problem, implementations: Mapping[str, Implementation], path: Iterable[Path]) -> dict[str, str]:
    """Return implementation -> SHA-256 of all code that it may run.

    That is its own file or folder, every file of the problem's folder that belongs to no implementation, and the whole
    of each package or module below `path` whose name one of these imports. Comments, blank lines and docstrings of
    Python files do not count; of other files every byte does.
    """
    shared = _shared_files(problem, implementations)
    return {name: _digest(problem.folder, [*shared, *one.files], path) for name, one in implementations.items()}


def shared_digest(problem: Problem, implementations: Mapping[str, Implementation]) -> str:
    """Return the SHA-256 of what all implementations share: the problem, and what lies beside it."""
    return _digest(problem.folder, _shared_files(problem, implementations), ())


def _digest(root: Path, files: Sequence[Path], path: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for folder, file in [*((root, file) for file in files), *_imported(files, path)]:
        total.update(f"{file.relative_to(folder).as_posix()}\0".encode())
        total.update(_content(file))
    return total.hexdigest()


def _shared_files(problem: Problem, implementations: Mapping[str, Implementation]) -> list[Path]:
    """Return the files of a problem's folder that belong to no implementation."""
    belonging = {file for one in implementations.values() for file in one.files}
    return [file for file in files_below(problem.folder) if file not in belonging]


def _imported(files: Iterable[Path], path: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return (folder of the path, file) for all that the files may import from below it."""
    names = sorted({name for file in files if file.suffix == ".py" for name in _names(file)})
    found = []
    for folder in path:
        for name in names:
            for place in (folder / name, folder / f"{name}.py"):
                if place.exists():
                    found += [(folder, file) for file in files_below(place)]
    return found


def _names(file: Path) -> set[str]:
    """Return the first names of the modules that a file imports absolutely."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return {name.partition(".")[0] for name in found}


def _content(file: Path) -> bytes:
    """Return what of a file can change what it does."""
    data = file.read_bytes()
    if file.suffix != ".py":
        return data
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return data
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree).encode()
