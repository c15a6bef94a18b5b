"""Distributions: those that are an extra, and what those installed here provide, by the names it is imported under."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import Distribution, distributions

#: Distributions that are an extra of this one.
EXTRAS = ("dask", "jax", "mpi4py", "numba", "numexpr", "scipy", "torch")

#: Modules of editable installations that find the package and are no part of it have this in their names.
_FINDER = "editable"

_MODULES = frozenset({".py", ".so", ".pyd"})


def normalised(project: str) -> str:
    """Return the name of a project as all ways to write it are compared."""
    return re.sub(r"[-_.]+", "-", project).lower()


def project_of(requirement: str) -> str:
    """Return the name in a requirement, as in ``jax[cpu]>=0.5``, as all ways to write it are compared; else nothing."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    return normalised(name.group()) if name else ""


def names_of(projects: Iterable[str]) -> tuple[str, ...]:
    """Return the names, ``a`` or ``a.b`` in a namespace of several, that only distributions of these projects provide.

    Parameters
    ----------
    projects
        Names of projects, normalised.
    """
    mine = frozenset(projects)
    found: set[str] = set()
    for first, providers in _providers().items():
        if providers <= mine:
            found.add(first)
        elif providers & mine:
            found |= _seconds(first, mine, inside=True) - _seconds(first, mine, inside=False)
    return tuple(sorted(name for name in found if _FINDER not in name))


def of_others(projects: Iterable[str]) -> frozenset[str]:
    """Return the first names that distributions provide of which none is of these projects."""
    mine = frozenset(projects)
    return frozenset(first for first, providers in _providers().items() if not providers & mine)


@cache
def _providers() -> dict[str, frozenset[str]]:
    """Return first name -> normalised names of the projects that provide it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in distributions():
        declared = (one.read_text("top_level.txt") or "").split()
        for first in {*declared, *(names[0] for names in _modules(one))}:
            found[first].add(_project(one))
    return {first: frozenset(projects) for first, projects in found.items()}


def _seconds(first: str, projects: frozenset[str], *, inside: bool) -> set[str]:
    """Return the names with one dot below a first one, of the distributions inside or outside the projects."""
    return {
        f"{first}.{names[1]}"
        for one in distributions()
        if (_project(one) in projects) == inside
        for names in _modules(one)
        if names[0] == first and len(names) > 1
    }


def _modules(one: Distribution) -> Iterator[list[str]]:
    """Yield the parts of the name of each module, compiled ones too, from the list of a distribution's files."""
    for file in one.files or ():
        names = [part.partition(".")[0] for part in file.parts]
        if file.suffix in _MODULES and all(map(str.isidentifier, names)):
            yield names


def _project(one: Distribution) -> str:
    return normalised(one.metadata["Name"] or "")
