"""Imports a problem's modules from their source, whatever byte code lies beside them.

Python takes byte code for that of a source whose time and size it names, and anybody may write it: an implementation
could have the baseline of all later processes do its work twice.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

#: The packages as which folders are imported begin so.
PACKAGE = "implbench_problem_"


class _Compiled(SourceFileLoader):
    """Compiles a module anew in each process, and keeps nothing of it."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _Finder:
    """Finds what Python finds, and has what is written in Python compiled."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how a module is loaded; None for those of no problem."""
        found = PathFinder.find_spec(name, path, target) if name.startswith(PACKAGE) else None
        if found is not None and isinstance(found.loader, SourceFileLoader):
            found.loader = _Compiled(found.loader.name, found.loader.path)
        return found


def install() -> None:
    """Have this process import problems so."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
