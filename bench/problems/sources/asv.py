"""Suites of airspeed velocity: ``asv:PATH#module.Class``, or ``asv:PATH#Class.time_method`` for one benchmark of it.

The benchmarks of a class are what is compared, the combinations of its parameters are the sizes. Of one benchmark the
values of a parameter are compared as ``#Class.time_method@parameter``. A function outside of classes is an entry by
itself. What asv itself would need (environments, results) is not looked at.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ...errors import ImplbenchError
from ..files import own_files
from ..functions import Function
from ..literals import parsed, statements
from ..origin import Origin
from ..packages import path_of
from ..problem import Problem
from . import asv_suites, described, elsewhere, parameters
from .asv_suites import Entry, Suite, kind_of, suite_at
from .calls import Call
from .needs import lacking
from .parameters import Row

#: Before the name of a parameter.
_BY = "@"


def entries(place: Path) -> Mapping[str, str]:
    """Return module and class, or function -> its benchmarks; they are read, no module is imported."""
    suite = suite_at(place)
    files = [file for file in sorted(suite.root.rglob("*.py")) if "__pycache__" not in file.parts]
    trees = {_module(file, suite.root): parsed(file) for file in files}
    wanted = [_module(place, suite.root)] if place.is_file() else list(trees)
    classes = {node.name: node for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef)}
    return {
        f"{module}.{node.name}": ", ".join(names)
        for module in wanted
        for node in statements(trees[module].body)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
        if (names := _benchmarks(node, classes))
    }


def meant(name: str, known: Mapping[str, str]) -> str | None:
    """Return the entry that is meant by a class without its module, or by one of its benchmarks; None if none is."""
    name, at, parameter = name.partition(_BY)
    whole = [one for one in known if f".{one}".endswith(f".{name}")]
    owner, _, method = name.rpartition(".")
    held = [one for one, names in known.items() if f".{one}".endswith(f".{owner}") and method in names.split(", ")]
    if len(whole) == 1:
        alone = known[whole[0]] if at and ", " not in known[whole[0]] else ""  # the one benchmark of a class
        return whole[0] + (f".{alone}" if alone and not whole[0].endswith(f".{alone}") else "") + at + parameter
    return f"{held[0]}.{method}{at}{parameter}" if owner and len(held) == 1 else None


def problem(origin: Origin) -> Problem:
    """Return the problem that a class is."""
    if origin.candidates:
        raise ImplbenchError(f"{origin.candidates[0]}: the implementations of {origin} are its methods; leave that out")
    suite = suite_at(origin.place)
    module, name, method, parameter = _parted(suite, origin.entry)
    file, path = suite.file(module), path_of(suite.root)
    own = {one.stem for folder in (suite.root, suite.root.parent, *path) for one in folder.iterdir()}
    absent = lacking(parsed(file), own)
    found = Entry(methods=(asv_suites.Method(name=name, title=name, unsupported=None),), rows=())
    if not absent:
        words = (str(origin.place), module, name, method)
        found = elsewhere.asked(asv_suites.__name__, *words, kind=Entry, folder=suite.root)
    rows: Sequence[Row] = found.rows
    functions = _functions(found)
    if parameter:
        rows, texts = parameters.without(rows, parameter)
        functions = [Function(name=text, title=f"{parameter} = {text}") for text in dict.fromkeys(texts)]
    return described.problem(
        origin,
        file,
        functions,
        title=f"{name} in {file.name}",
        sizes=dict(parameters.sizes(rows)) or None,
        files=own_files(file),
        path=path,
        needs=absent,
    )


def _functions(found: Entry) -> list[Function]:
    """Return the benchmarks of an entry; those that take no time of a call come last."""
    methods = sorted(found.methods, key=lambda one: one.unsupported is not None)
    return [Function(name=one.name, title=one.title, unsupported=one.unsupported) for one in methods]


def within(origin: Origin, name: str, size: Mapping[str, int], reached: Callable[[Call], None]) -> str | None:
    """Set up a benchmark as asv does, as far as its call; see the package."""
    suite = suite_at(origin.place)
    module, owner, method, parameter = _parted(suite, origin.entry)
    if not parameter:
        return asv_suites.run(suite, (module, owner), name, size=size, reached=reached)
    return asv_suites.run(suite, (module, owner), method or owner, size=size, chosen={parameter: name}, reached=reached)


def _parted(suite: Suite, entry: str) -> tuple[str, str, str, str]:
    """Return module, class or function, the one benchmark that is meant, if just one is, and a parameter, if one is."""
    entry, _, parameter = entry.partition(_BY)
    parts = entry.split(".")
    count = next(n for n in range(len(parts) - 1, 0, -1) if suite.file(".".join(parts[:n])).is_file())
    name, *method = parts[count:]
    return ".".join(parts[:count]), name, "".join(method), parameter


def _module(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def _benchmarks(node: ast.ClassDef | ast.FunctionDef, classes: Mapping[str, ast.ClassDef]) -> list[str]:
    """Return the names of what is timed of a class, with what it has from others; or of a function."""
    names = {node.name: None} if isinstance(node, ast.FunctionDef) else _names(node, classes, frozenset())
    return [name for name in names if kind_of(name) == "time"]


def _names(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef], seen: frozenset[str]) -> dict[str, None]:
    """Return the names of the functions of a class, those of the classes that it is derived from before its own."""
    names: dict[str, None] = {}
    for base in node.bases:
        name = getattr(base, "id", getattr(base, "attr", ""))
        if name in classes and name not in seen | {node.name}:
            names |= _names(classes[name], classes, seen | {node.name})
    return names | {one.name: None for one in node.body if isinstance(one, ast.FunctionDef)}
