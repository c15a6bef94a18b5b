"""What Python would import from folders, and what it runs at its start: files that nobody needs to change to be read.

A module of a name that is there already, or is installed, comes before that one in all workers that start later; and
whatever is in a ``.pth`` file of the interpreter runs in each of them.
"""

import os
import site
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Endings of modules: written, compiled, and machine code.
_MODULES = (".py", ".pyc", ".so", ".pyd")

#: Name of the module that makes a folder a package.
_PACKAGE = "__init__"

#: Packages that workers import for the harness itself.
NEEDED = frozenset({"cloudpickle", "msgspec", "numpy", "psutil", "threadpoolctl"})

#: What Python runs at its start, beside what ends in .pth.
_AT_START = ("sitecustomize", "usercustomize")


def entries(folder: Path) -> frozenset[str]:
    """Return the names of the modules and packages of a folder, as they stand there; none where it cannot be read."""
    return frozenset(one.name for one in _listed(folder) if one.name.endswith(_MODULES) or _is_package(one))


def name_of(entry: str) -> str:
    """Return by which name something in a folder is imported."""
    return entry.partition(".")[0]


def needed_in(folders: Iterable[Path]) -> Path | None:
    """Return the first module or package in these folders that has the name of one that workers need."""
    found = (folder / entry for folder in folders for entry in sorted(entries(folder)) if name_of(entry) in NEEDED)
    return next(found, None)


def installed_in(python: str) -> tuple[Path, ...]:
    """Return the folders of an interpreter that hold installed packages, or would."""
    found = [Path(one) for one in (*site.getsitepackages(), site.getusersitepackages())]
    prefix = Path(python).absolute().parent.parent
    found += [*prefix.glob("lib/python3*/site-packages"), prefix / "Lib" / "site-packages"]
    return tuple(dict.fromkeys(found))


def names_in(folder: Path) -> frozenset[str]:
    """Return the names of all that is installed in a folder."""
    return frozenset(name_of(one.name) for one in _listed(folder))


def run_at_start(folder: Path) -> Iterator[Path]:
    """Yield what an interpreter runs at its start, of what is in a folder."""
    for one in _listed(folder):
        if one.name.endswith(".pth") or name_of(one.name) in _AT_START:
            yield Path(one.path)


def _listed(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return [*found]
    except OSError:
        return []


def _is_package(one: "os.DirEntry[str]") -> bool:
    if "." in one.name or one.name == "__pycache__" or not one.is_dir():
        return False
    return any(name_of(inner.name) == _PACKAGE for inner in _listed(Path(one.path)))
