"""Where the packages of a repository lie, as its own files say it to whatever builds them."""

import ast
import configparser
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from .. import reading
from ..errors import ImplbenchError
from ..machine.distributions import normalised
from .literals import LARGEST_SOURCE, literals, parsed

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
    return tuple(dict.fromkeys(place.resolve() for place in places if _is_folder(place) and not _is_problem(place)))


def path_of(place: Path) -> tuple[Path, ...]:
    """Return where a problem may import from, beside what is installed: its project's folders, or the one above it.

    Parameters
    ----------
    place
        The problem's folder or file.
    """
    above = place.parent if place.is_dir() else place.parent.parent
    if not _PRODUCTS.isdisjoint(place.parts):  # it is installed itself
        return ()
    project = next(filter(_is_project, place.parents), None)
    places = [project / name for name in (*_said(project), "src", "")] if project else [above]
    return tuple(dict.fromkeys(one.resolve() for one in places if _is_folder(one) and not _is_problem(one)))


def elsewhere(root: Path, path: Iterable[Path], others: Container[str] = ()) -> tuple[Path, ...]:
    """Return packages of the repository that nothing says are imported from where they lie.

    Parameters
    ----------
    root
        The repository.
    path
        Folders that its packages are imported from.
    others
        Names of packages that are known not to be its own: a folder of that name is called after one.
    """
    known = set(path)
    found = (place for folder in _folders(root) if folder.resolve() not in known for place in _below(folder))
    return tuple(place for place in found if _is_package(place) and place.name not in others)


def project_names(root: Path) -> tuple[frozenset[str], bool]:
    """Return the names of the projects in a repository, normalised, and whether there is none beside them."""
    projects = [folder for folder in (root, *_folders(root)) if _is_project(folder)]
    said = [frozenset(map(normalised, _names(folder))) for folder in projects]
    known = all(
        names or not any((folder / name).is_file() for name in ("setup.py", "setup.cfg"))
        for folder, names in zip(projects, said, strict=True)
    )
    return frozenset().union(*said), known


def placed(root: Path) -> dict[str, Path]:
    """Return package -> folder of another name that its project's files say it lies in."""
    projects = [root, *(folder for folder in _folders(root) if _is_project(folder))]
    return {
        name: (folder / place).resolve()
        for folder in reversed(projects)
        for name, place in _package_dirs(folder)
        if name.isidentifier() and PurePosixPath(place).name != name and _is_package(folder / place)
    }


def own_roots(base: Path, head: Path) -> tuple[Path, Path]:
    """Return what two folders lie in: two checkouts of git, else the nearest project of each, else they themselves.

    A checkout may hold several projects that use each other. What holds both folders belongs to neither.
    """
    checkouts = [next(filter(_is_checkout, (folder, *folder.parents)), None) for folder in (base, head)]
    if checkouts[0] and checkouts[1] and checkouts[0] != checkouts[1]:
        return checkouts[0], checkouts[1]
    projects = [next(filter(_is_project, (folder, *folder.parents)), folder) for folder in (base, head)]
    return (projects[0], projects[1]) if projects[0] != projects[1] else (base, head)


def _is_checkout(folder: Path) -> bool:
    return (folder / ".git").exists()


def _is_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in PROJECT_FILES)


def _is_problem(folder: Path) -> bool:
    """Return whether a folder is a problem: its folders are implementations, though they may be called numba."""
    return _is_file(folder / "problem.py")


def _is_package(folder: Path) -> bool:
    return _is_file(folder / "__init__.py")


def _is_file(path: Path) -> bool:
    """Return whether that is a file; what a project's files name may be too long for a path."""
    try:
        return path.is_file()
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    """Return whether that is a folder."""
    try:
        return path.is_dir()
    except OSError:
        return False


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
    dirs = (place for package, at in _package_dirs(folder) for place in _above(package, at))
    where = _setup_cfg(folder).get("options.packages.find", "where", fallback="").split()
    return [place for place in (*dirs, *_in_pyproject(folder), *where, *_in_setup_py(folder)) if place]


def _names(folder: Path) -> list[str]:
    """Return the name of a project, from whichever of its files say it in a literal."""
    said = _pyproject(folder)
    names = [_at(said, "project", "name"), _at(said, "tool", "poetry", "name")]
    names.append(_setup_cfg(folder).get("metadata", "name", fallback=None))
    names += [values.get("name") for function, values, _ in _setup_py(folder) if function == "setup"]
    return [name for name in names if isinstance(name, str) and name]


def _package_dirs(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what a project says to setuptools of where its packages lie: package, folder."""
    lines = _setup_cfg(folder).get("options", "package_dir", fallback="").splitlines()
    pairs = (line.partition("=") for line in lines)
    tables = [_at(_pyproject(folder), "tool", "setuptools", "package-dir")]
    tables.append({name.strip(): place.strip() for name, _, place in pairs})
    tables += [values.get("package_dir") for _, values, _ in _setup_py(folder)]
    for table in tables:
        for name, place in table.items() if isinstance(table, Mapping) else ():
            if isinstance(name, str) and isinstance(place, str):
                yield name, place


def _pyproject(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(reading.contents(folder / "pyproject.toml", LARGEST_SOURCE).decode())
    except (ImplbenchError, ValueError, RecursionError):
        return {}


def _setup_cfg(folder: Path) -> configparser.ConfigParser:
    said = configparser.ConfigParser(interpolation=None)
    try:
        said.read_string(reading.contents(folder / "setup.cfg", LARGEST_SOURCE).decode())
    except (ImplbenchError, configparser.Error, ValueError):
        return configparser.ConfigParser(interpolation=None)
    return said


def _setup_py(folder: Path) -> list[tuple[str, dict[str, Any], list[Any]]]:
    """Return the calls in setup.py: function, arguments by name and by place, as far as they are literals."""
    try:
        tree = parsed(folder / "setup.py")
    except ImplbenchError:
        return []
    known = literals(tree)
    return [
        (
            getattr(call.func, "id", getattr(call.func, "attr", "")),
            {one.arg: _literal(one.value, known) for one in call.keywords if one.arg},
            [_literal(one, known) for one in call.args],
        )
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
    ]


def _in_pyproject(folder: Path) -> Iterator[str]:
    """Yield what pyproject.toml says to setuptools, Hatch, Poetry, PDM, Maturin, uv, scikit-build-core and pytest."""
    tool = _at(_pyproject(folder), "tool")
    yield from _texts(_at(tool, "setuptools", "packages", "find", "where"))
    for place in (("hatch", "build", "targets", "wheel"), ("hatch", "build")):
        yield from _parents(_at(tool, *place, "packages"))
        yield from _texts(_at(tool, *place, "sources"))
        yield from _texts(_at(tool, *place, "dev-mode-dirs"))
    for one in _several(_at(tool, "poetry", "packages")):
        yield from _texts(_at(one, "from"))
    yield from _texts(_at(tool, "pdm", "build", "package-dir"))
    yield from _texts(_at(tool, "maturin", "python-source"))
    yield from _texts(_at(tool, "uv", "build-backend", "module-root"))
    yield from _parents(_at(tool, "scikit-build", "wheel", "packages"))
    yield from _texts(_at(tool, "pytest", "ini_options", "pythonpath"))


def _in_setup_py(folder: Path) -> Iterator[str]:
    """Yield where setup.py has setuptools find packages, in literals."""
    for function, values, places in _setup_py(folder):
        if function in ("find_packages", "find_namespace_packages"):
            yield from _texts(values.get("where"))
            yield from _texts(places[:1])


def _literal(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """Return the value of a literal, or of a name bound to one; None of anything else."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _at(value: Any, *keys: str) -> Any:
    """Return what lies at a place in nested tables, None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any) -> list[str]:
    """Return a text, or the texts of a list or the names of a table."""
    return [value] if isinstance(value, str) else [one for one in _several(value) if isinstance(one, str)]


def _several(value: Any) -> list[Any]:
    """Return what is in a list or a table; of anything else nothing."""
    return list(value) if isinstance(value, list | tuple | set | Mapping) else []


def _parents(value: Any) -> list[str]:
    """Return the folders in which packages lie that are given by their own folders."""
    places = value.values() if isinstance(value, Mapping) else _texts(value)
    return [PurePosixPath(place).parent.as_posix() for place in places if isinstance(place, str)]


def _above(package: str, place: str) -> Iterator[str]:
    """Yield the folder that a package is imported from; of ``"a.b": "lib/a/b"`` that is lib."""
    own = tuple(filter(None, package.split(".")))
    parts = PurePosixPath(place).parts
    if parts[len(parts) - len(own) :] == own:
        yield PurePosixPath(*parts[: len(parts) - len(own)]).as_posix()
