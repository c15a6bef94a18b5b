"""Where the packages of a repository lie, as its own files say it to whatever builds them."""

import ast
import configparser
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from .problem import literals

#: Files that make a folder a project of its own.
PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")

#: Projects and packages are looked for so many folders below the root.
DEEPEST = 3

#: In these a package of a name is not this repository's package of that name: copies of others', trials, products.
_COPIES = frozenset(
    {"_vendor", "extern", "external", "externals", "node_modules", "third_party", "thirdparty", "vendor", "vendored"}
)
_TRIALS = frozenset({"doc", "docs", "example", "examples", "test", "tests"})
_PRODUCTS = frozenset({"build", "dist", "env", "site-packages", "venv"})


def import_folders(root: Path, named: Iterable[str] = ()) -> tuple[Path, ...]:
    """Return the folders that a repository's own packages are imported from, the most particular first.

    Parameters
    ----------
    root
        The repository.
    named
        Folders below it that the user names; they come first.
    """
    projects = [root, *(folder for folder in _folders(root) if _is_project(folder))]
    places = [root / name for name in named]
    places += [folder / place for folder in projects for place in (*_said(folder), "src")]
    places += [*projects[1:], root]
    return tuple(dict.fromkeys(place.resolve() for place in places if place.is_dir() and not _is_problem(place)))


def elsewhere(root: Path, path: Iterable[Path]) -> tuple[Path, ...]:
    """Return folders that hold a package of the repository too, though nothing says that it is imported from there."""
    known = set(path)
    found = (folder for folder in _folders(root) if folder.resolve() not in known)
    return tuple(folder for folder in found if any(map(_is_package, _below(folder))))


def own_root(folder: Path) -> Path:
    """Return the project that a folder lies in: the nearest one at it or above, or the folder itself."""
    above = (place for place in (folder, *folder.parents) if _is_project(place))
    return next(above, folder)


def _is_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in PROJECT_FILES)


def _is_problem(folder: Path) -> bool:
    """Return whether a folder is a problem: its folders are implementations, though they may be called numba."""
    return (folder / "problem.py").is_file()


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def _below(folder: Path) -> list[Path]:
    return sorted(place for place in folder.iterdir() if place.is_dir() and not place.is_symlink())


def _folders(root: Path, depth: int = DEEPEST) -> Iterator[Path]:
    """Yield the folders below a root that may hold packages of its own, but for the packages themselves."""
    for folder in _below(root):
        apart = folder.name.startswith(".") or folder.name in _COPIES | _TRIALS | _PRODUCTS
        if not apart and not _is_package(folder) and not _is_problem(folder):
            yield folder
            if depth > 1:
                yield from _folders(folder, depth - 1)


def _said(folder: Path) -> list[str]:
    """Return the folders that a project's own files name, relative to it."""
    return [place for place in (*_in_pyproject(folder), *_in_setup_cfg(folder), *_in_setup_py(folder)) if place]


def _in_pyproject(folder: Path) -> Iterator[str]:
    """Yield what pyproject.toml says to setuptools, Hatch, Poetry, PDM, Maturin, uv, scikit-build-core and pytest."""
    try:
        tool = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        return
    yield from _of_package_dir(_at(tool, "setuptools", "package-dir"))
    yield from _texts(_at(tool, "setuptools", "packages", "find", "where"))
    for place in (("hatch", "build", "targets", "wheel"), ("hatch", "build")):
        yield from _parents(_at(tool, *place, "packages"))
        yield from _texts(_at(tool, *place, "sources"))
        yield from _texts(_at(tool, *place, "dev-mode-dirs"))
    for one in _at(tool, "poetry", "packages") or ():
        yield from _texts(_at(one, "from"))
    yield from _texts(_at(tool, "pdm", "build", "package-dir"))
    yield from _texts(_at(tool, "maturin", "python-source"))
    yield from _texts(_at(tool, "uv", "build-backend", "module-root"))
    yield from _parents(_at(tool, "scikit-build", "wheel", "packages"))
    yield from _texts(_at(tool, "pytest", "ini_options", "pythonpath"))


def _in_setup_cfg(folder: Path) -> Iterator[str]:
    """Yield what setup.cfg says to setuptools."""
    said = configparser.ConfigParser(interpolation=None)
    try:
        said.read(folder / "setup.cfg", encoding="utf-8")
    except (configparser.Error, ValueError):
        return
    lines = said.get("options", "package_dir", fallback="").splitlines()
    pairs = (line.partition("=") for line in lines)
    yield from _of_package_dir({name.strip(): place.strip() for name, _, place in pairs})
    yield from said.get("options.packages.find", "where", fallback="").split()


def _in_setup_py(folder: Path) -> Iterator[str]:
    """Yield what setup.py says to setuptools in literals: package_dir, and where packages are found."""
    try:
        tree = ast.parse((folder / "setup.py").read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    known = literals(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        values = {one.arg: _literal(one.value, known) for one in call.keywords if one.arg}
        yield from _of_package_dir(values.get("package_dir"))
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in ("find_packages", "find_namespace_packages"):
            yield from _texts(values.get("where"))
            yield from _texts([_literal(one, known) for one in call.args[:1]])


def _literal(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """Return the value of a literal, or of a name bound to one; None of anything else."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _at(value: Any, *keys: str) -> Any:
    """Return what lies at a place in nested tables, None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any) -> list[str]:
    """Return a text, or the texts of a list or the names of a table."""
    return [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]


def _parents(value: Any) -> list[str]:
    """Return the folders in which packages lie that are given by their own folders."""
    places = value.values() if isinstance(value, Mapping) else _texts(value)
    return [PurePosixPath(place).parent.as_posix() for place in places if isinstance(place, str)]


def _of_package_dir(value: Any) -> Iterator[str]:
    """Yield the folders of a table of packages; of ``{"a.b": "lib/a/b"}`` that is lib."""
    for name, place in value.items() if isinstance(value, Mapping) else ():
        own = tuple(filter(None, name.split(".")))
        parts = PurePosixPath(place).parts if isinstance(place, str) else ()
        if parts[len(parts) - len(own) :] == own:
            yield PurePosixPath(*parts[: len(parts) - len(own)]).as_posix()
