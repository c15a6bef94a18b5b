"""What Python imports by itself at the start of a worker, and of every interpreter that a worker starts.

It puts the folders of one side of a comparison after the standard library and before installed packages, whatever
import hooks an editable installation has brought, and has implbench found where it is not installed. It belongs to no
package: its folder is on PYTHONPATH, set by `bench.worker.origins.variables`.
"""

import os
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import spec_from_file_location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class OwnFinder:
    """Finds the modules of these folders, before any other finder does; the standard library keeps its names."""

    def __init__(self, folders: "list[str]", placed: "dict[str, str]", harness: "dict[str, str]") -> None:
        self._folders = folders
        self._placed = placed
        self._harness = harness

    def find_spec(
        self, name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        """Return where a module lies, None where these folders do not have it.

        What belongs to a package in these folders is found there too: hooks know modules by their full names.
        """
        if name in self._harness:
            return _package(name, self._harness[name])
        if path is not None:
            return PathFinder.find_spec(name, path) if self._has(path) else None
        if not self._folders or name in sys.stdlib_module_names:
            return None
        if name in self._placed:
            return _package(name, self._placed[name])
        found = PathFinder.find_spec(name, self._folders)
        return found if found is not None and found.loader is not None else None  # a folder alone is no package

    def _has(self, places: "Sequence[str]") -> bool:
        """Return whether one of these places is below the folders."""
        below = tuple(os.path.join(folder, "") for folder in (*self._folders, *self._placed.values()))
        return any(os.path.join(place, "").startswith(below) for place in places)


def _package(name: str, folder: str) -> "ModuleSpec | None":
    """Return the package of that name that lies in a folder."""
    return spec_from_file_location(name, f"{folder}/__init__.py", submodule_search_locations=[folder])


def _arrange(here: str) -> None:
    """Put the folders where they belong."""
    folders = _list("IMPLBENCH_PATH")
    moved = _pairs("IMPLBENCH_MOVED")
    sys.path[:] = [moved.get(entry, entry) for entry in sys.path]
    if folders:
        added = [entry for entry in _list("PYTHONPATH") if entry != here]
        kept = [entry for entry in sys.path if entry not in added and entry not in folders]
        library = os.path.dirname(os.__file__)
        standard = library, os.path.join(library, "lib-dynload")
        after = max((place for place, entry in enumerate(kept, 1) if entry in standard), default=0)
        sys.path[:] = [*kept[:after], *folders, *added, *kept[after:]]
    sys.meta_path.insert(0, OwnFinder(folders, _pairs("IMPLBENCH_PLACED"), _pairs("IMPLBENCH_HARNESS")))


def _list(variable: str) -> "list[str]":
    return [entry for entry in os.environ.get(variable, "").split(os.pathsep) if entry]


def _pairs(variable: str) -> "dict[str, str]":
    return dict(entry.split("=", 1) for entry in _list(variable))


def _replaced(here: str) -> None:
    """Take this folder off the path, and import the sitecustomize that it stands before, if there is one."""
    sys.path[:] = [entry for entry in sys.path if entry != here]
    this = sys.modules.pop("sitecustomize", None)
    try:
        import_module("sitecustomize")
    except ModuleNotFoundError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        if this is not None:
            sys.modules.setdefault("sitecustomize", this)


_HERE = os.path.dirname(os.path.abspath(__file__))
_replaced(_HERE)
_arrange(_HERE)  # after the other, so that no hook of its own stands first
