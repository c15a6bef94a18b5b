"""Other people's collections of problems: one module a kind, which makes problems of the entries of a checkout.

    implbench run npbench:PATH#gemm

To add one: a module here, named as it is typed (an underscore for a hyphen), with four functions. An `origin.Origin`
says which collection and entry is meant.

``entries(place) -> Mapping[str, str]``
    Entry -> what it is, in a line, of the collection in a folder or file. ImplbenchError if it is no such collection.
``problem(origin) -> Problem``
    The entry as the parent needs it, which `described.problem` makes. Nothing of the collection is imported for it:
    sizes, implementations (`functions.Function`, each with its file and what it needs) and files are read.
``functions(origin) -> Mapping[str, Callable]``
    For a worker: what a problem in one file has beside its implementations, ``inputs`` at least, then ``accept``,
    ``fresh`` and the like, called as there (docs/problems.md).
``implementation(origin, name) -> Callable``
    For a worker: one implementation, called with what ``inputs`` returns. Here the collection's code is imported.

Where a benchmark is no function of its inputs but a call in the midst of other code (a test with its fixtures, a class
with a setup), one function stands in the place of the last two:

``within(origin, name, size, reached) -> str | None``
    For a worker: runs that code, for an implementation and the numbers of a size, as far as the call, and has
    `reached` take it (`calls.Call`). All that the worker is asked is done in there; then the code is run to its end. It
    returns why no call was reached, if none was; what the code raises passes through. What only running
    the code tells is asked of a process of its own (`elsewhere`).

A source may have ``meant(name, known) -> str | None``, too: the entry that is meant by another name, if just one is.

What several of them need lies in modules beside them, which have no such functions.
"""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec.structs import replace

from ...errors import ImplbenchError
from ..contract import CONTRACT
from ..origin import Origin
from . import calls

#: What a module of a source has.
_PROBLEM = re.compile(r"^def problem\(origin\b", re.MULTILINE)

#: So many names are told where one is not known.
_MOST_NAMED = 6


def names() -> tuple[str, ...]:
    """Return the kinds of collections; the modules are read as text."""
    files = (Path(folder, name) for folder in __path__ for name in os.listdir(folder))  # noqa: PTH208
    found = (file.stem for file in files if file.suffix == ".py" and str(file) != __file__ and _is_source(file))
    return tuple(sorted(name.replace("_", "-") for name in found))


def _is_source(file: Path) -> bool:
    return _PROBLEM.search(file.read_text(encoding="utf-8")) is not None


def source_of(scheme: str) -> ModuleType:
    """Return the module for a kind of collection."""
    return import_module(f".{scheme.replace('-', '_')}", __package__)


def origin_of(word: str, candidates: tuple[str, ...] = ()) -> Origin | None:
    """Return the collection, and the entry if any, that a word names as ``npbench:PATH#gemm``; None if it is no such.

    Parameters
    ----------
    word
        What was typed.
    candidates
        Paths of further implementations.

    Raises
    ------
    ImplbenchError
        If the path or one of the candidates does not exist.
    """
    scheme, colon, rest = word.partition(":")
    if not colon or scheme not in names():
        return None
    if rest and Path(rest).exists():  # a number sign may be part of a path
        path, entry = rest, ""
    else:
        path, _, entry = rest.rpartition("#") if "#" in rest else (rest, "", "")
    if not path:
        raise ImplbenchError(f"{word}: expected the path of a checkout, as in {scheme}:PATH#NAME")
    for each in (path, *candidates):
        if not Path(each).exists():
            raise ImplbenchError(f"{each}: no such file or folder; expected {scheme}:PATH#NAME, PATH a checkout")
    places = tuple(Path(one).resolve() for one in candidates)
    return Origin(scheme=scheme, place=Path(path).resolve(), entry=entry, candidates=places)


def entries(origin: Origin) -> Mapping[str, str]:
    """Return entry -> what it is; ImplbenchError if there is no such collection, or nothing in it."""
    found: Mapping[str, str] = source_of(origin.scheme).entries(origin.place)
    if not found:
        raise ImplbenchError(f"{origin.place}: holds no entry that {origin.scheme} knows")
    return found


def chosen(origin: Origin) -> Origin:
    """Return the origin with the entry that it names, or the only one there is.

    Raises
    ------
    ImplbenchError
        If it names none of several, or one that does not exist; names that are alike are told.
    """
    known = entries(origin)
    found = list(known)
    if not origin.entry and len(found) == 1:
        return replace(origin, entry=found[0])
    name = origin.entry if origin.entry in known else _meant(origin, known)
    if origin.entry and name:
        return replace(origin, entry=name)
    if not origin.entry:
        told = ", ".join(found[:_MOST_NAMED]) + (", ..." if len(found) > _MOST_NAMED else "")
        raise ImplbenchError(
            f"{origin}: has {len(found)} entries, name one, as in {origin}#{found[0]} ({told}); "
            f"implbench check {origin} verifies them all"
        )
    names = {**{re.split(r"::|\.", one)[-1]: one for one in found}, **dict(zip(found, found, strict=True))}
    close = difflib.get_close_matches(origin.entry, names, _MOST_NAMED, cutoff=0.5)
    alike = dict.fromkeys(names[one] for one in close)
    meant = f"did you mean {' or '.join(alike)}?" if alike else f"there are {', '.join(found[:_MOST_NAMED])}"
    every = f"implbench list {replace(origin, entry='')} names all {len(found)}"
    raise ImplbenchError(f"{origin.place}: has no entry {origin.entry!r}; {meant} ({every})")


def _meant(origin: Origin, known: Mapping[str, str]) -> str | None:
    """Return the entry that a source takes another name for; None if it takes it for none."""
    find = getattr(source_of(origin.scheme), "meant", None)
    name: str | None = find(origin.entry, known) if find else None
    return name


@lru_cache(maxsize=1)
def loaded(origin: Origin) -> ModuleType:
    """Return what stands for the module of a problem in one file, in a worker: its functions, as they are asked for.

    Whatever the collection's own code raises passes through.
    """
    source = source_of(origin.scheme)
    module = ModuleType(origin.entry)
    given: Mapping[str, Callable[..., Any]] = calls.functions() if leads(origin) else source.functions(origin)

    def implementation(name: str) -> Callable[..., Any]:
        if name in CONTRACT or name.startswith("__"):
            raise AttributeError(name)
        found: Callable[..., Any] = calls.function() if leads(origin) else source.implementation(origin, name)
        return found

    vars(module).update(given, __getattr__=implementation)
    return module


def leads(origin: Origin) -> bool:
    """Return whether the call of an entry is made in the midst of other code, which leads to it."""
    return hasattr(source_of(origin.scheme), "within")


def within(origin: Origin, name: str, size: Mapping[str, int], serve: Callable[[], None]) -> str | None:
    """Have `serve` called where an implementation makes its call; return why that was not reached, if so."""

    def reached(call: calls.Call) -> None:
        with calls.reached(call):
            serve()

    _seed()
    said: str | None = source_of(origin.scheme).within(origin, name, size, reached)
    return said


def _seed() -> None:
    """Have what such code draws be the same in each worker, unless it makes a generator of its own without a seed."""
    import random

    import numpy as np

    random.seed(1)
    np.random.seed(1)  # noqa: NPY002  # what the code of others draws from
