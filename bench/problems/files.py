"""Which files belong to a problem: those of its folder, or one file and what it imports from beside it."""

import ast
import os
from importlib.util import source_from_cache
from pathlib import Path

from ..errors import ImplbenchError
from ..text import speakable
from .functions import counts
from .literals import parsed

#: Name of the module in a problem's folder that says what is computed.
MODULE = "problem"


def source_of(file: Path) -> Path:
    """Return the source that a file is the bytecode of; the file itself where it is none."""
    if file.parent.name != "__pycache__":
        return file
    try:
        return Path(source_from_cache(str(file)))
    except (ValueError, NotImplementedError):
        return file


def files_below(place: Path) -> tuple[Path, ...]:
    """Return the files below a folder that somebody wrote, sorted."""
    return tuple(sorted(file for file in place.rglob("*") if file.is_file() and "__pycache__" not in file.parts))


def files_of(folder: Path) -> tuple[Path, ...]:
    """Return the files of a problem's folder, sorted: those below it, and those of the problems that it links to.

    So a problem may build on another: ``_backprop -> ../backprop``. Links to other folders are passed over, and those
    that lead back to where they lie.
    """
    found: list[Path] = []
    for at, folders, files in os.walk(folder, followlinks=True):
        here = Path(at)
        links = [here / name for name in folders if (here / name).is_symlink()]
        others = {link.name for link in links if leads_back(link) or not (link / f"{MODULE}.py").is_file()}
        folders[:] = [name for name in folders if name not in {"__pycache__", *others}]
        found += [here / name for name in files if (here / name).is_file()]
    return tuple(sorted(found))


def leads_back(link: Path) -> bool:
    """Return whether a link leads to a folder that it lies in: who follows such links comes to no end."""
    return link.is_symlink() and link.resolve() in {place.resolve() for place in link.absolute().parents}


def modules_in(folder: Path) -> dict[str, Path]:
    """Return name -> file of each module in a problem's folder that is meant as an implementation, sorted by name."""
    files = [file for file in folder.glob("*.py") if file.stem != MODULE]
    files += list(folder.glob("*/__init__.py"))
    named = {(file.parent.name if file.name == "__init__.py" else file.stem): file for file in files}
    return {speakable(name): named[name] for name in sorted(named) if counts(name) and named[name].is_file()}


def path_from(folder: Path, file: Path) -> str:
    """Return the path of a file from a folder, which it need not lie in, with slashes."""
    return Path(os.path.relpath(file, folder)).as_posix()


def own_files(file: Path) -> tuple[Path, ...]:
    """Return a file and what it imports from beside it, and so on: modules, and packages with all their files."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [other for name in _imported(one) for other in _beside(file.parent, name)]
    return tuple(sorted(found))


def _imported(file: Path) -> set[str]:
    """Return the first names of what a Python file imports; none where it cannot be read."""
    try:
        tree = parsed(file) if file.suffix == ".py" else ast.Module(body=[], type_ignores=[])
    except ImplbenchError:
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) | ast.ImportFrom(module=None, names=names):
                found |= {alias.name.partition(".")[0] for alias in names}
            case ast.ImportFrom(module=str() as module):
                found.add(module.partition(".")[0])
    return found


def _beside(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files of the module or package of that name in a folder; none where there is none."""
    package, module = folder / name / "__init__.py", folder / f"{name}.py"
    if os.path.isfile(package):  # noqa: PTH113  # no error where a name is too long for a file's
        return files_below(folder / name)
    return (module,) if os.path.isfile(module) else ()  # noqa: PTH113
