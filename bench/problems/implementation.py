"""An implementation is a module in a problem's folder; it is found by looking, described without being run."""

import ast
import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from msgspec import Struct
from msgspec.structs import replace

from .. import reading
from ..errors import ImplbenchError, unknown
from . import from_source
from .files import MODULE, files_below, modules_in
from .from_source import PACKAGE
from .functions import Function
from .literals import LARGEST_SOURCE, described, literals
from .problem import Elsewhere, Problem


class Implementation(Struct, frozen=True, kw_only=True):
    """What can be told of an implementation without importing it."""

    name: str
    file: Path
    title: str
    requires: tuple[str, ...]
    copies_inputs: bool
    broken: str | None
    """Why it cannot even be loaded, if so."""
    unsupported: str | None = None
    """Why it is passed over, for its name or for how it would have to be called, if so."""
    function: str | None = None
    """What it is called in its file, where that is another name."""
    apart: bool = False
    """Whether its file is none of the problem's own."""

    @property
    def unavailable(self) -> str | None:
        """What is missing and how to add it, as in ``needs numba (pip install implbench[numba])``."""
        from ..machine.distributions import EXTRAS  # these two, and what they import, are not for a worker
        from ..machine.environment import missing

        absent = missing(self.requires)
        if not absent:
            return None
        targets = [f"implbench[{name}]" if name in EXTRAS else name for name in absent]
        return f"needs {', '.join(absent)} (pip install {' '.join(targets)})"

    @property
    def root(self) -> Path:
        """The folder that it is imported from: that of its file, or the one above where it is a folder itself."""
        return self.file.parent.parent if self.file.name == "__init__.py" else self.file.parent

    @property
    def module(self) -> str:
        """The name that it is imported by from there."""
        return self.file.parent.name if self.file.name == "__init__.py" else self.file.stem

    @property
    def files(self) -> tuple[Path, ...]:
        """Its own files, in a fixed order: its module or that of which it is a function, or all files of its folder."""
        return files_below(self.file.parent) if self.file.name == "__init__.py" else (self.file,)


def found(problem: Problem) -> dict[str, Implementation]:
    """Return name -> implementation, of every module in the problem's folder, sorted by name, or function in its file.

    Those of a file are in the order of its lines.
    """
    if problem.is_one_file:
        own = {one.name: _of_function(one, problem.file) for one in problem.functions}
    else:
        own = {name: described_at(file, name) for name, file in modules_in(problem.folder).items()}
    baseline = own.get(problem.baseline)
    return own | {name: _elsewhere(name, one, baseline) for name, one in problem.elsewhere.items()}


def _elsewhere(name: str, at: Elsewhere, baseline: Implementation | None) -> Implementation:
    """Return an implementation that lies in a file of its own.

    That it copies its inputs counts only where the baseline does so: what it does then is not timed.
    """
    if at.function is None:
        said = described_at(at.file, name)
        copies_inputs = said.copies_inputs and baseline is not None and baseline.copies_inputs
        return replace(said, copies_inputs=copies_inputs, apart=True)
    return replace(_of_function(at.function, at.file), name=name, function=at.function.name, apart=True)


def _of_function(function: Function, file: Path) -> Implementation:
    """Return a function as an implementation; `file` is where it is written, if it does not say."""
    return Implementation(
        name=function.name,
        file=function.file or file,
        title=function.title,
        requires=function.requires,
        copies_inputs=False,
        broken=function.broken,
        unsupported=function.unsupported,
    )


def chosen(problem: Problem, names: Sequence[str]) -> dict[str, Implementation]:
    """Return the implementations called `names`, or all where none is named.

    Raises
    ------
    ImplbenchError
        If a name does not exist, or the folder has no implementation at all.
    """
    everything = found(problem)
    if not everything:
        raise ImplbenchError(
            f"{problem.folder}: has no implementation; "
            f"add a file NAME.py with a function prepare(inputs) beside {MODULE}.py, or, where that one file is all, "
            "give it another name"
        )
    for name in names:
        if name not in everything:
            raise unknown(f"implementation of {problem.name}", name, everything)
    return {name: everything[name] for name in names} if names else everything


def described_at(file: Path, name: str) -> Implementation:
    """Return what the source text in `file` tells; a file with an error is described as broken."""
    try:
        tree = ast.parse(reading.contents(file, LARGEST_SOURCE), filename=name)
    except ImplbenchError as error:
        return _implementation(name, file, broken=str(error))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" in line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        return _implementation(name, file, broken=f"{file.name}: syntax error{where}: {message}")
    if not name.isidentifier():
        better = re.sub(r"\W", "_", name)
        better = better if better.isidentifier() else f"impl_{better}"
        reason = f"{file.name}: passed over, {name!r} is no name of a Python module; rename it {better}.py"
        return replace(_implementation(name, file, title=described(tree, name)[0]), unsupported=reason)
    constants = literals(tree)
    requires = constants.get("REQUIRES", ())
    if isinstance(requires, str):
        requires = (requires,)
    return _implementation(
        name,
        file,
        title=described(tree, name)[0],
        requires=tuple(requires),
        copies_inputs=bool(constants.get("COPIES_INPUTS", False)),
        broken=None if _may_bind(tree, "prepare") else f"{file.name}: has no function prepare(inputs)",
    )


#: By these a module may get a name that is not written in it.
_HIDDEN = frozenset({"__getattr__", "exec", "eval", "globals", "locals", "vars", "setattr", "*"})


def _may_bind(tree: ast.Module, name: str) -> bool:
    """Return False if a module certainly has nothing of that name; whether it does, only importing it tells.

    It may be a function, a class, assigned, imported, in an ``if`` or a ``try``: the name is written somewhere.
    """
    written: set[object] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                written.add(node.name)
            case ast.Name():
                written.add(node.id)
            case ast.Attribute():
                written.add(node.attr)
            case ast.alias():
                written.add(node.asname or node.name)
            case ast.Constant():
                written.add(node.value)
            case ast.MatchAs() | ast.MatchStar():
                written.add(node.name)
    return name in written or not _HIDDEN.isdisjoint(written)


def _implementation(
    name: str,
    file: Path,
    *,
    title: str | None = None,
    requires: tuple[str, ...] = (),
    copies_inputs: bool = False,
    broken: str | None = None,
) -> Implementation:
    return Implementation(
        name=name, file=file, title=title or name, requires=requires, copies_inputs=copies_inputs, broken=broken
    )


def package_of(folder: Path) -> str:
    """Return the name of the package as which a problem's folder is imported."""
    return PACKAGE + "".join(c if c.isascii() and c.isalnum() else "_" for c in folder.name)


def make_importable(folder: Path, scratch: Path) -> Path:
    """Return a place for ``sys.path`` where a problem's folder is a package that any process can import.

    So the functions of its files can be handed to other processes by their names. The package has but an
    ``__init__.py`` that leads to the folder itself: its files are those that the user wrote, and stay where they are.
    """
    place = scratch / "packages" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    package = place / package_of(folder)
    package.mkdir(parents=True, exist_ok=True)
    if not (package / "__init__.py").exists():
        with tempfile.NamedTemporaryFile("w", dir=package, delete=False, encoding="utf-8") as file:
            file.write(f"__path__ = [{os.fsencode(folder)!r}.decode('utf-8', 'surrogateescape')]\n")
        Path(file.name).replace(package / "__init__.py")  # whole at any moment: others may be importing it
    return place


def load(folder: Path, name: str) -> ModuleType:
    """Import module `name` of a problem's folder, as part of a package that is that folder.

    Whatever the module itself raises passes through.
    """
    from_source.install()
    package = package_of(folder)
    if package not in sys.modules and importlib.util.find_spec(package) is None:
        spec = ModuleSpec(package, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[package] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{package}.{name}")
