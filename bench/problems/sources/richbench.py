"""Pairs of functions as richbench has them: ``richbench:FILE#LABEL``, of a file with ``__benchmarks__``.

That is a list of (function, function, label): each is an entry, whose two functions take nothing. The first, which
richbench calls the one before, is the baseline.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import ImplbenchError
from ..files import own_files
from ..functions import Function
from ..literals import described as described_in
from ..literals import parsed
from ..origin import Origin
from ..packages import path_of
from ..problem import Problem
from . import described
from .modules import module_at
from .needs import lacking

#: What a file has.
_LIST = "__benchmarks__"


def entries(place: Path) -> Mapping[str, str]:
    """Return label -> the two functions, of a file; of a folder with the name of the file before it."""
    files = [place] if place.is_file() else sorted(place.glob("*.py"))
    found = {
        f"{'' if file == place else f'{file.name}::'}{label}": f"{one}, {other}"
        for file in files
        for one, other, label in _pairs(file)
    }
    if not found:
        raise ImplbenchError(
            f"{place}: has no list {_LIST} = [(function, function, label), ...], written out, as richbench runs it"
        )
    return found


def meant(name: str, known: Mapping[str, str]) -> str | None:
    """Return the entry whose label begins like that, or whose function has that name; None if not just one is."""
    for fits in (
        [one for one in known if one.rpartition("::")[2].lower().startswith(name.lower())],
        [one for one, functions in known.items() if name in functions.split(", ")],
    ):
        if len(fits) == 1:
            return fits[0]
    return None


def problem(origin: Origin) -> Problem:
    """Return the problem that a pair is."""
    if origin.candidates:
        raise ImplbenchError(f"{origin.candidates[0]}: {origin} has its two implementations; leave that out")
    file, label = _parted(origin)
    tree, path = parsed(file), path_of(file)
    own = {one.stem for folder in (file.parent, *path) for one in folder.iterdir()}
    titles = {one.name: described_in(one, "")[0] for one in tree.body if isinstance(one, ast.FunctionDef)}
    names = next(_named(one, other) for one, other, each in _pairs(file) if each == label)
    return described.problem(
        origin,
        file,
        [Function(name=name, title=titles.get(name) or name) for name in names],
        title=label,
        files=own_files(file),
        path=path,
        needs=lacking(tree, own),
    )


def functions(origin: Origin) -> Mapping[str, Callable[..., Any]]:
    """Return what makes the inputs: the functions take none."""
    return {"inputs": lambda: ()}


def implementation(origin: Origin, name: str) -> Callable[..., Any]:
    """Return one of the two functions."""
    file, label = _parted(origin)
    place, names = next((at, _named(one, other)) for at, (one, other, each) in enumerate(_pairs(file)) if each == label)
    function: Callable[..., Any] = getattr(module_at(file), _LIST)[place][names.index(name)]
    return function


def _parted(origin: Origin) -> tuple[Path, str]:
    """Return the file of an entry, and its label."""
    if origin.place.is_file():
        return origin.place, origin.entry
    name, _, label = origin.entry.partition("::")
    return origin.place / name, label


def _named(one: str, other: str) -> tuple[str, str]:
    return one, other if other != one else f"{other}_again"


def _pairs(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the functions and the label of each pair that a file has, as they are written."""
    for node in parsed(file).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__benchmarks__")], value=ast.List(elts=elements)):
                for place, element in enumerate(elements, 1):
                    match element:
                        case ast.Tuple(elts=[one, other, *label]):
                            yield _written(one, "first"), _written(other, "second"), _label(label, place)


def _label(label: list[ast.expr], place: int) -> str:
    match label:
        case [ast.Constant(value=str() as text), *_]:
            return text
    return f"pair {place}"


def _written(node: ast.expr, otherwise: str) -> str:
    """Return the name of a function, or something else where it has none."""
    return str(getattr(node, "id", getattr(node, "attr", otherwise)))
