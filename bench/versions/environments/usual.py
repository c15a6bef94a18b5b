"""Whether versions have to be built, where nobody says so: problems use what sources alone do not make."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import ImplbenchError
from ...machine.distributions import project_of
from ...problems.literals import parsed
from ...problems.packages import declared, import_folders

#: What a build requires that compiles, and the arguments of setup() that name what is compiled.
_COMPILING = frozenset(
    {
        *("cython", "meson-python", "scikit-build", "scikit-build-core", "maturin", "setuptools-rust", "pybind11"),
        *("nanobind", "cffi", "mypy", "pythran", "hatch-cython", "hatch-mypyc", "enscons"),
    }
)
_COMPILED = frozenset({"ext_modules", "cffi_modules", "rust_extensions", "libraries"})

#: Where pyproject.toml names compiled modules, or a file that the build writes the version to.
_MADE = (
    ("setuptools", "ext-modules"),
    ("setuptools_scm", "version_file"),
    ("setuptools_scm", "write_to"),
    ("hatch", "build", "hooks", "vcs", "version-file"),
    ("pdm", "version", "write_to"),
)

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
    if not _must_be_built(root):
        return None
    own = set(_packages(root))
    return COMMAND if any(not own.isdisjoint(_imported(place)) for place in problems) else None


def _must_be_built(root: Path) -> bool:
    """Return whether a project has parts that only its build makes: compiled modules, or a file with its version."""
    said, arguments = declared(root)
    requires = _at(said, "build-system", "requires")
    names = {project_of(one) for one in requires or () if isinstance(one, str)}
    made = any(_at(said, "tool", *place) for place in _MADE)
    return bool(names & _COMPILING or arguments & _COMPILED or made)


def _at(said: Any, *keys: str) -> Any:
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said


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
