"""Tests of a project that have pytest-benchmark's fixture: ``pytest:tests/test_rows.py#GROUP``.

The tests of one group in a file are implementations of one problem. Their parameters make its sizes, but for functions
and classes, which tell implementations apart. A test without a group is an entry by itself; several of them are
compared as ``#test_one,test_other``, and the values of a parameter as ``#GROUP@parameter``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ...errors import ImplbenchError, unknown
from ..files import own_files
from ..functions import Function
from ..origin import Origin
from ..packages import path_of
from ..problem import Problem
from . import described, elsewhere, parameters
from .calls import Call

if TYPE_CHECKING:
    from .pytest_runs import Suite, Test

#: Between the path of a file in a folder and the group in it, as in pytest's own names; before a parameter.
_IN, _BY = "::", "@"


class _Arranged(Struct, frozen=True, kw_only=True):
    """What one test of an entry is."""

    implementation: str
    title: str
    size: str
    numbers: dict[str, int]


def entries(place: Path) -> Mapping[str, str]:
    """Return group, or test without one -> the tests in it; of a folder with the file before it."""
    suite = _suite(place)
    found: dict[str, dict[str, None]] = {}
    for test in suite.tests:
        found.setdefault(_entry(test), {})[test.name] = None
    if not found:
        said = "; ".join(f"{name}: {reason}" for name, reason in list(suite.errors.items())[:3])
        raise ImplbenchError(f"{place}: has no test with the fixture benchmark{f' ({said})' if said else ''}")
    return {entry: ", ".join(names) for entry, names in found.items()}


def meant(name: str, known: Mapping[str, str]) -> str | None:
    """Return the entry that is meant by names without their file, of groups or of tests in them; None if none is."""
    names, at, parameter = name.partition(_BY)
    found = [_known(one, known) for one in ([names] if names in known else names.split(","))]
    files = {one.rpartition(_IN)[0] for one in found}
    return ",".join(dict.fromkeys(found)) + at + parameter if "" not in found and len(files) == 1 else None


def _known(name: str, known: Mapping[str, str]) -> str:
    """Return the one entry of that name in some file, or with a test of that name; empty if it is not just one."""
    fits = [one for one in known if name in (one, one.rpartition(_IN)[2])]
    fits = fits or [one for one, tests in known.items() if name in tests.split(", ")]
    return fits[0] if len(fits) == 1 else ""


def problem(origin: Origin) -> Problem:
    """Return the problem that a group is."""
    if origin.candidates:
        raise ImplbenchError(f"{origin.candidates[0]}: the implementations of {origin} are its tests; leave that out")
    arranged = _arranged(_suite(origin.place), origin.entry).values()
    file = _file(origin)
    titles = {one.implementation: one.title for one in reversed(arranged)}
    return described.problem(
        origin,
        file,
        [Function(name=name, title=titles[name]) for name in dict.fromkeys(one.implementation for one in arranged)],
        title=f"{origin.entry} in {file.name}",
        sizes={one.size: one.numbers for one in arranged},
        files=[*own_files(file), *_conftests(file)],
        path=path_of(file),
    )


def within(origin: Origin, name: str, size: Mapping[str, int], reached: Callable[[Call], None]) -> str | None:
    """Run the test of that name and size up to its call; see the package."""
    from . import pytest_runs

    def wanted(suite: "Suite") -> int | None:
        found = _arranged(suite, origin.entry).items()
        return next((place for place, one in found if (one.implementation, one.numbers) == (name, size)), None)

    return pytest_runs.run(origin.place, _file(origin), wanted, reached)


def _suite(place: Path) -> "Suite":
    files = [place] if place.is_file() else place.rglob("*.py")
    return _collected(place, max((file.stat().st_mtime_ns for file in files), default=0))


@lru_cache(maxsize=1)
def _collected(place: Path, _changed_ns: int) -> "Suite":
    from . import pytest_runs

    folder = pytest_runs.root_of(place)
    return elsewhere.asked(pytest_runs.__name__, str(place), kind=pytest_runs.Suite, folder=folder)


def _entry(test: "Test") -> str:
    return f"{test.file}{_IN if test.file else ''}{test.group or test.name}"


def _file(origin: Origin) -> Path:
    """Return the file of an entry."""
    return origin.place if origin.place.is_file() else origin.place / origin.entry.partition(_IN)[0]


def _conftests(file: Path) -> list[Path]:
    found = (folder / "conftest.py" for folder in file.parents)
    return [one for one in found if one.is_file()]


def _arranged(suite: "Suite", entry: str) -> dict[int, _Arranged]:
    """Return the place of each test of an entry among all tests -> what it is."""
    known = {_entry(test) for test in suite.tests}
    names, _, parameter = (entry, "", "") if entry in known else entry.partition(_BY)
    wanted = {names} if names in known else {*names.split(",")}
    tests = {place: test for place, test in enumerate(suite.tests) if _entry(test) in wanted}
    implementations, compared = _implementations([*tests.values()], suite.parted_by, parameter)
    rows = [{name: one for name, one in test.parameters.items() if name not in compared} for test in tests.values()]
    return {
        place: _Arranged(implementation=name, title=test.title or name, size=size, numbers=numbers)
        for (place, test), name, (size, numbers) in zip(
            tests.items(), implementations, parameters.sizes(rows), strict=True
        )
    }


def _implementations(tests: Sequence["Test"], parted_by: Sequence[str], parameter: str) -> tuple[list[str], set[str]]:
    """Return which implementation each test is, and the parameters that tell them apart.

    These are functions or classes, and `parameter`, if one is named. Where that makes but one implementation, and just
    one other has values that are no numbers, that one is.
    """
    kinds: dict[str, set[str]] = {}
    for test in tests:
        for name, one in test.parameters.items():
            if name not in parted_by or name == parameter:
                kinds.setdefault(name, set()).add(one.kind)
    if parameter and parameter not in kinds:
        raise unknown("parameter of the tests", parameter, kinds)
    functions = {name for name, each in kinds.items() if each == {"function"} or name == parameter}
    found = _names(tests, functions)
    others = {name for name, each in kinds.items() if "number" not in each} - functions
    if len(set(found)) > 1 or len(others) != 1:
        return found, functions
    return _names(tests, functions | others), functions | others


def _names(tests: Sequence["Test"], compared: set[str]) -> list[str]:
    """Return the name of the implementation that each test is, where these parameters tell them apart."""
    return [
        re.sub(r"\W+", "_", "_".join([test.name, *(text for name, text in texts.items() if name in compared)]))
        for test, texts in zip(tests, parameters.texts([test.parameters for test in tests]), strict=True)
    ]
