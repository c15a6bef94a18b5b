"""Whether what a worker has loaded is the code of its own side, and how it is made to be.

A comparison of two versions is worth nothing where both import the same installed copy. So each side's folders stand
before installed packages in its workers and in all that these start (`startup/sitecustomize.py`), and after the fact
every loaded module whose name that side has is shown to come from that side.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from types import ModuleType

from msgspec import Struct

from ..problems.from_source import PACKAGE
from .relocation import Relocation, mapped

#: Variables that tell a worker the folders of its side, and the folder of that side's files.
PATH, TREE, ELSEWHERE = "IMPLBENCH_PATH", "IMPLBENCH_TREE", "IMPLBENCH_ELSEWHERE"

#: ... the packages in folders of another name, as ``name=folder``, and what is installed of its projects.
PLACED, INSTALLED = "IMPLBENCH_PLACED", "IMPLBENCH_INSTALLED"

#: ... the folders that both sides are copies of, and what of these is on the path of all interpreters, as ``from=to``.
ORIGINS, MOVED = "IMPLBENCH_ORIGINS", "IMPLBENCH_MOVED"

#: A variable that tells where the harness is found, whatever interpreter a worker has, as ``name=folder``.
HARNESS = "IMPLBENCH_HARNESS"

#: Folder of the module that Python imports by itself at its start.
STARTUP = Path(__file__).resolve().parent / "startup"

#: Modules of these names belong to the interpreter or to a tool, whoever has files of that name.
_NOT_OWN = frozenset({"__main__", "__mp_main__", "sitecustomize", "usercustomize", "conftest", "setup"})

#: Beginning of the name under which a problem's folder is imported.
_PROBLEM = PACKAGE

#: First name of this package's own modules.
_FIRST = __name__.partition(".")[0]

#: Endings of what a module is imported from, after its name, and of that which a build has made.
_SOURCES, _BUILT = ("py", "pyx"), ("so", "pyd")


class Own(Struct, frozen=True, kw_only=True):
    """Where the code of one side of a comparison lies."""

    tree: Path
    """The folder of all its files."""
    path: tuple[Path, ...]
    """Folders that its modules are imported from, after the standard library and before all else."""
    elsewhere: tuple[Path, ...] = ()
    """Packages of its own that are not imported from where they lie."""
    placed: tuple[tuple[str, Path], ...] = ()
    """Packages that lie in folders of another name."""
    installed: tuple[str, ...] = ()
    """Names that an installation of its own projects provides: these are its own too, wherever its files have them."""
    origins: tuple[Path, ...] = ()
    """Folders that the files of both sides are copies of; what is loaded from there is the same for both."""

    @property
    def relocation(self) -> Relocation:
        """From these folders to this side's own."""
        return Relocation(origins=self.origins, tree=self.tree)


def variables(environment: Mapping[str, str], own: Own | None = None, beside: Iterable[Path] = ()) -> dict[str, str]:
    """Return the variables under which a worker, and each interpreter that it starts, finds what it should import.

    Parameters
    ----------
    environment
        As the worker has it otherwise; its PYTHONPATH is kept, made absolute. Where it names what the sides are
        copies of, it names the side's own copy.
    own
        The code of a side; None: modules are found in the usual order.
    beside
        Folders of the problem itself, which come first of all.
    """
    known = [str(Path(entry).absolute()) for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    others = [own.relocation.moved(entry) if own else entry for entry in known if entry != str(STARTUP)]
    found = {"PYTHONPATH": os.pathsep.join([str(STARTUP), *others]), HARNESS: _harness()}
    path = (*beside, *(own.path if own else ()))
    found[PATH] = os.pathsep.join(map(str, dict.fromkeys(path)))
    if own is not None:
        found = own.relocation.environment(environment) | found
        places = {TREE: (own.tree,), ELSEWHERE: own.elsewhere, ORIGINS: own.origins}
        found |= {name: os.pathsep.join(map(str, folders)) for name, folders in places.items()}
        places_moved = own.relocation.entries(sys.path)
        found[MOVED] = os.pathsep.join(f"{entry}={copy}" for entry, copy in places_moved.items())
        found[PLACED] = os.pathsep.join(f"{name}={folder}" for name, folder in own.placed)
        found[INSTALLED] = os.pathsep.join(own.installed)
        found["PYTHONPYCACHEPREFIX"] = ""  # bytecode beside its source, or what was read could not be told (reads)
    return found


def told() -> Own | None:
    """Return what `variables` has told this worker."""
    folders = {name: _folders(name) for name in (TREE, PATH, ELSEWHERE)}
    if not folders[TREE]:
        return None
    placed = (entry.partition("=") for entry in _entries(PLACED))
    return Own(
        tree=folders[TREE][0],
        path=folders[PATH],
        elsewhere=folders[ELSEWHERE],
        placed=tuple((name, Path(folder)) for name, _, folder in placed),
        installed=_entries(INSTALLED),
        origins=_folders(ORIGINS),
    )


def _folders(variable: str) -> tuple[Path, ...]:
    return tuple(map(Path, _entries(variable)))


def _entries(variable: str) -> tuple[str, ...]:
    return tuple(entry for entry in os.environ.get(variable, "").split(os.pathsep) if entry)


def _harness() -> str:
    """Return the packages that the one of workers lies in, with their folders: ``bench=...`` in a checkout."""
    names = accumulate(__name__.split(".")[:-2], "{}.{}".format)
    return os.pathsep.join(f"{name}={Path(*sys.modules[name].__path__[:1]).resolve()}" for name in names)


def foreign() -> str | None:
    """Return the sentence on the first module of this worker's side that was loaded from elsewhere, None if none was.

    To be asked in a worker, after what may import.
    """
    own = told()
    stranger = next(_strangers(dict(sys.modules), own), None) if own else None
    return _complaint(*stranger, own.tree) if own and stranger else None


def _strangers(modules: Mapping[str, ModuleType], own: Own) -> Iterator[tuple[str, str]]:
    """Yield name and file of each module that the side has and that was loaded from elsewhere.

    So is, whatever its name, a module or a library of which the side has a copy.
    """
    relocation = own.relocation
    firsts = {name.partition(".")[0] for name in modules} - _NOT_OWN - sys.stdlib_module_names - {_FIRST}
    regular = {name for name in firsts if has_regular(own, name)}
    there = {file.name.partition(".")[0] for folder in own.path if folder.is_dir() for file in folder.iterdir()}
    for name, module in sorted(modules.items()):
        first = name.partition(".")[0]
        if first not in firsts or getattr(module, "__name__", name).partition(".")[0] != first:
            continue  # nobody's, or another name of a module that is looked at under its own
        in_problem = first.startswith(_PROBLEM) and name != first
        places = list(_places(module))
        is_there = first in there and has(own.path, name)
        named = in_problem or first in regular or _is_installed(own, name) or is_there
        if not (places and (named or any(map(relocation.copy_of, places)))):
            continue  # most: where links lead is only looked up for the others
        if not any(_lies_below(place, own.tree) for place in places):
            yield name, places[0]
    yield from ((Path(file).name, file) for file in mapped() if relocation.copy_of(file))


def _places(module: ModuleType) -> Iterable[str]:
    """Return the files or folders that a module was loaded from; none of what is built in or made while running."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str) and Path(file).is_absolute():
        return [file]
    try:
        return [str(entry) for entry in getattr(module, "__path__", ())]
    except (TypeError, KeyError):  # a namespace whose parent is gone
        return []


def _lies_below(place: str, tree: Path) -> bool:
    """Return whether a place is below a folder, by its name or where links in it lead."""
    return Path(place).is_relative_to(tree) or Path(place).resolve().is_relative_to(tree.resolve())


def has_regular(own: Own, name: str) -> bool:
    """Return whether a name without a dot is a module of the side, or a package with an __init__."""
    is_module = any((folder / f"{name}.py").is_file() for folder in own.path)
    is_package = any(_holds(folder / name, "__init__") for folder in own.path)
    return is_module or is_package or name in {place.name for place in own.elsewhere} | {one for one, _ in own.placed}


def _is_installed(own: Own, name: str) -> bool:
    """Return whether an installation of the side's own projects is what provides a module."""
    return any(f"{name}.".startswith(f"{one}.") for one in own.installed)


def has(folders: Sequence[Path], name: str) -> bool:
    """Return whether the folders have a module of that full name, or a package with an __init__."""
    *parents, last = name.split(".")
    places = [folder.joinpath(*parents) for folder in folders]
    return any(_holds(place, last) or _holds(place / last, "__init__") for place in places)


def _holds(place: Path, last: str) -> bool:
    """Return whether a folder has a module of that name: its source, or built for whatever interpreter."""
    names = (file.name.removeprefix(f"{last}.") for file in place.glob(f"{last}.*"))
    return any(name in _SOURCES or name.endswith(_BUILT) for name in names)


def _complaint(name: str, file: str, tree: Path) -> str:
    if name.startswith(_PROBLEM):
        return (
            f"{name.partition('.')[2]} was loaded from {file}, which both versions share, and not from this version's "
            f"files in {tree}: have it built beside its source, as by pyximport.install(build_dir=...) with a folder "
            "below Path(__file__).parent"
        )
    return (
        f"{name} was loaded from {file} and not from this version's files in {tree}: the comparison would be of that "
        "code with itself. Name the folder that holds the package by --path; where it is found by a change of sys.path "
        "or an import hook, undo that; have a package that is compiled built for each version: "
        "--build 'pip install {source}'"
    )
