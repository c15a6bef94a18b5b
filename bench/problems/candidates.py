"""A candidate: somebody's code for a problem that exists, which lies elsewhere and is judged against the baseline.

It brings a function, or a module with `prepare`, and nothing else: what is computed, with which inputs, and what is
right is the problem's to say, whatever names the candidate's file has besides. It is copied before it is looked at, so
that what is judged stays the same, and lies apart from everything else.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from .. import reading
from ..errors import ImplbenchError
from ..text import speakable
from .files import files_below
from .functions import Function, implementations
from .implementation import found
from .literals import LARGEST_SOURCE, parsed
from .problem import Elsewhere, Problem

#: What stands for standard input, and what the candidate read from there is called.
READ_FROM_STDIN, STDIN = "-", "stdin"

#: Never part of a candidate's folder.
_APART = shutil.ignore_patterns("__pycache__", ".git")


class Candidate(Struct, frozen=True, kw_only=True):
    """A candidate, ready to be measured."""

    name: str
    """As its user knows it."""
    problem: Problem
    """With the candidate among its implementations."""
    implementation: str
    """What the candidate is called there."""
    digest: str
    """SHA-256 of its files."""


def of_path(place: Path, problem: Problem, into: Path) -> Candidate:
    """Return the candidate in a file or folder, copied `into` a new folder.

    What of it cannot be read, or offers nothing to call, makes an implementation that is broken, with the reason.

    Raises
    ------
    ImplbenchError
        If there is no such file or folder, or it cannot be read.
    """
    if not place.exists():
        raise ImplbenchError(f"{place}: no such file or folder; a candidate is a Python file, a folder, or - for stdin")
    if not place.is_dir():
        return of_text(reading.contents(place, LARGEST_SOURCE), problem, into, name=str(place), stem=place.stem)
    folder = into / _module_name(place.resolve().name)
    shutil.copytree(place, folder, ignore=_APART)
    _share(problem, into)
    return _made(str(place), _module_in(folder, problem), problem, into)


def of_text(text: bytes, problem: Problem, into: Path, *, name: str = READ_FROM_STDIN, stem: str = STDIN) -> Candidate:
    """Return the candidate in the text of a module, written `into` a new folder."""
    into.mkdir(parents=True)
    _share(problem, into)
    file = into / f"{_module_name(stem)}.py"
    file.write_bytes(text)
    return _made(name, file, problem, into)


def _share(problem: Problem, into: Path) -> None:
    """Copy the modules of a problem's folder that are no implementations but may be imported from there."""
    for one in () if problem.is_one_file else sorted(problem.folder.glob("_*")):
        if one.is_dir() and one.name != "__pycache__":
            shutil.copytree(one, into / one.name, ignore=_APART)
        elif one.is_file():
            shutil.copyfile(one, into / one.name)


def _module_name(name: str) -> str:
    return name if name.isidentifier() else "candidate"


def _module_in(folder: Path, problem: Problem) -> Path:
    """Return the module of a candidate's folder; one that is not there, where none or several could be meant."""
    for name in ("__init__.py", problem.file.name if problem.is_one_file else f"{problem.baseline}.py"):
        if (folder / name).is_file():
            return folder / name
    files = sorted(folder.glob("*.py"))
    return files[0] if len(files) == 1 else folder / "__init__.py"


def _made(name: str, file: Path, problem: Problem, root: Path) -> Candidate:
    label = speakable(file.parent.name if file.name == "__init__.py" else file.stem)
    known = found(problem)
    while label in known:
        label += "_"
    if not file.is_file():
        broken = f"has neither __init__.py nor a single Python file, nor one called as that of {problem.baseline}"
        at = Elsewhere(file=file, function=Function(name=label, title=label, broken=f"{name}: {broken}"))
    else:
        at = Elsewhere(file=file, function=_function(file, problem.baseline) if problem.is_one_file else None)
    return Candidate(
        name=name,
        problem=replace(problem, elsewhere={label: at}),
        implementation=label,
        digest=_digest(root),
    )


def _function(file: Path, baseline: str) -> Function:
    """Return the function of a file that is meant: the one called as the baseline is, or the only public one."""
    try:
        functions = implementations(parsed(file), file)
    except ImplbenchError as error:
        return Function(name=baseline, title=file.stem, broken=str(error).replace(str(file), file.name))
    return functions.get(baseline) or _only(functions, file.name, baseline)


def _only(functions: Mapping[str, Function], file: str, baseline: str) -> Function:
    if len(functions) == 1:
        return next(iter(functions.values()))
    told = f"the public functions {', '.join(functions)}" if functions else "no public function"
    broken = f"{file}: has {told}; a candidate has one, or one called {baseline}"
    return Function(name=baseline, title=baseline, broken=broken)


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for file in files_below(folder):
        total.update(os.fsencode(file.relative_to(folder).as_posix()) + b"\0" + reading.digest(file))
    return total.hexdigest()
