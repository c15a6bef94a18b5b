"""Suites of airspeed velocity as asv runs them: their folder, their classes and functions, parameters, setups."""

import inspect
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from msgspec import Struct

from ...errors import ImplbenchError
from ..packages import path_of
from .calls import Call
from .modules import module_at
from .parameters import Value, sizes, texts, value

#: How the names of benchmarks begin, and why those that take no time of a call are left out.
_KINDS = {
    "time": None,
    "timeraw": "timeraw is the text of a program, timed from the start of its interpreter",
    "mem": "mem measures how large an object is, no time",
    "peakmem": "peakmem measures memory, no time",
    "track": "track returns a number of its own, no time",
}
_NAMED = re.compile(r"(?P<kind>time|timeraw|mem|peakmem|track)_.+|(?P<camel>Time|TimeRaw|Mem|PeakMem|Track)[A-Z_].+")

#: The file that says where a project's benchmarks lie, from a checkout.
_SETTINGS = ("asv.conf.json", "*/asv.conf.json", "asv.conf.jsonc", "*/asv.conf.jsonc")


class Method(Struct, frozen=True, kw_only=True):
    """A benchmark of an entry."""

    name: str
    title: str
    unsupported: str | None
    """Why it cannot be timed here."""


class Entry(Struct, frozen=True, kw_only=True):
    """A class of benchmarks, or one function."""

    methods: tuple[Method, ...]
    rows: tuple[dict[str, Value], ...]
    """The combinations of its parameters' values that asv would take one after the other."""


class Suite(Struct, frozen=True, kw_only=True):
    """Where the modules of benchmarks are."""

    root: Path
    """The folder that holds them."""
    is_package: bool
    """Whether they are parts of one package, called as the folder."""

    def file(self, module: str) -> Path:
        """Return the file of a module by its name below the folder."""
        place = self.root.joinpath(*module.split("."))
        return place / "__init__.py" if place.is_dir() else place.with_name(f"{place.name}.py")

    def load(self, module: str) -> ModuleType:
        """Import a module; what it raises passes through."""
        if not self.is_package:
            return module_at(self.file(module))
        name = self.root.name
        spec = spec_from_file_location(name, self.root / "__init__.py", submodule_search_locations=[str(self.root)])
        if name not in sys.modules and spec and spec.loader:
            sys.path.append(str(self.root.parent))
            sys.modules[name] = module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        return import_module(f"{name}.{module}")


def suite_at(place: Path) -> Suite:
    """Return the suite in a checkout, in its folder of benchmarks, or that one file of it belongs to."""
    root = place.parent if place.is_file() else _named_by_settings(place) or place
    while place.is_file() and (root.parent / "__init__.py").is_file():
        root = root.parent
    return Suite(root=root, is_package=(root / "__init__.py").is_file())


def _named_by_settings(place: Path) -> Path | None:
    """Return the folder of benchmarks that the settings in a checkout name; they are JSON with comments."""
    for file in (one for pattern in _SETTINGS for one in sorted(place.glob(pattern))):
        text = re.sub(r"^\s*//.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found = re.search(r'"benchmark_dir"\s*:\s*("(?:[^"\\]|\\.)*")', text)
        folder = file.parent / (json.loads(found[1]) if found else "benchmarks")
        if folder.is_dir():
            return folder.resolve()
    return None


def kind_of(name: str) -> str | None:
    """Return which kind of benchmark a name is of, as ``time``; None where it is of none."""
    found = _NAMED.fullmatch(name)
    return (found["kind"] or found["camel"]).lower() if found else None


def seen(place: str, module: str, name: str, method: str = "") -> Entry:
    """Return what is in a class, of which one benchmark may be meant, or function; to be asked of another process."""
    suite = suite_at(Path(place))
    sys.path += [str(one) for one in path_of(suite.root) if str(one) not in sys.path]
    try:
        found = _found(suite, module, name)
        methods = [one for one in _methods(found.owner) if method in ("", one)]
        rows = [told for told, _ in _combined(found, _first(methods))] if methods else []
        return Entry(methods=tuple(_told(found, one, methods) for one in methods), rows=tuple(rows))
    except Exception as error:  # whatever the code of others raises
        told = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        raise ImplbenchError(f"{suite.file(module)}: cannot be looked into: {told}") from error


class _Found(Struct, frozen=True, kw_only=True):
    """A class or function in its module."""

    module: ModuleType
    owner: Any

    def attributes(self, name: str, method: str, instance: Any = None) -> Iterator[Any]:
        """Yield what a benchmark, its class and its module have of some name, in this order."""
        holder = self.owner if instance is None else instance
        holders = [getattr(holder, method), holder] if inspect.isclass(self.owner) else [self.owner]
        yield from (getattr(one, name) for one in (*holders, self.module) if hasattr(one, name))


def _found(suite: Suite, module: str, name: str) -> _Found:
    loaded = suite.load(module)
    return _Found(module=loaded, owner=getattr(loaded, name))


def _methods(owner: Any) -> list[str]:
    """Return the names of the benchmarks in a class, in the order in which they are written; of a function its own."""
    if not inspect.isclass(owner):
        return [owner.__name__]
    names = dict.fromkeys(name for one in reversed(owner.__mro__) for name in vars(one))
    return [name for name in names if kind_of(name) and callable(getattr(owner, name))]


def _first(methods: Sequence[str]) -> str:
    """Return the first benchmark that is timed: its parameters are those of the entry."""
    return next((name for name in methods if kind_of(name) == "time"), methods[0])


def _told(found: _Found, name: str, methods: Sequence[str]) -> Method:
    first = _first(methods)
    said = _KINDS[kind_of(name) or "time"]
    if said is None and _parameters(found, name) != _parameters(found, first):
        said = f"has other parameters than {first}; name it alone, as CLASS.{name}"
    title = (inspect.getdoc(getattr(found.owner, name, found.owner)) or name).partition("\n")[0]
    return Method(name=name, title=title.strip().removesuffix("."), unsupported=said)


def _parameters(found: _Found, method: str) -> dict[str, list[Any]]:
    """Return the values that each parameter of a benchmark takes."""
    given = list(next(found.attributes("params", method), []))
    if given and not isinstance(given[0], tuple | list):
        given = [given]
    names = [str(name) for name in next(found.attributes("param_names", method), [])]
    names += [f"param{place}" for place in range(len(names) + 1, len(given) + 1)]
    return {re.sub(r"\W+", "_", name): list(values) for name, values in zip(names, given, strict=False)}


def _combined(found: _Found, method: str) -> Iterator[tuple[dict[str, Value], list[Any]]]:
    """Yield each combination of values: what is told of them, and themselves."""
    known = _parameters(found, method)
    each = [[(value(one, place), one) for place, one in enumerate(values, 1)] for values in known.values()]
    for row in itertools.product(*each):
        yield dict(zip(known, (told for told, _ in row), strict=True)), [one for _, one in row]


def run(
    suite: Suite,
    entry: tuple[str, str],
    method: str,
    *,
    size: Mapping[str, int],
    chosen: Mapping[str, str] = MappingProxyType({}),
    reached: Callable[[Call], None],
) -> str | None:
    """Set a benchmark up, have its call taken by `reached`, tear it down; return why it was not set up, if so.

    Parameters
    ----------
    suite, entry, method
        Which: module and name in it, and name of the benchmark.
    size
        Numbers that tell the values of its parameters.
    chosen
        Parameters that the size does not have, and how their values are written.
    reached
        Takes the call.
    """
    found = _found(suite, *entry)
    given = _given(list(_combined(found, method)), size, chosen)
    if given is None:
        return f"asv has no such parameters: {', '.join(f'{name}={number}' for name, number in size.items())}"
    instance = found.owner() if inspect.isclass(found.owner) else None
    made = [make() for make in itertools.islice(found.attributes("setup_cache", method, instance), 1)]
    given = [*(one for one in made if one is not None), *given]
    setups = list(found.attributes("setup", method, instance))[::-1]
    teardowns = list(found.attributes("teardown", method, instance))

    def renewed() -> tuple[()]:
        _each(teardowns, given)
        _each(setups, given)
        return ()

    try:
        _each(setups, given)
    except NotImplementedError as error:  # by which a setup says so to asv
        return f"its setup leaves these parameters out{f': {error}' if str(error) else ''}"
    is_used_up = next(found.attributes("number", method, instance), 0) == 1
    function = found.owner if instance is None else getattr(instance, method)
    reached(Call(function=function, arguments=tuple(given), renewed=renewed if is_used_up else None))
    _each(teardowns, given)
    return None


def _given(
    rows: Sequence[tuple[dict[str, Value], list[Any]]], size: Mapping[str, int], chosen: Mapping[str, str]
) -> list[Any] | None:
    """Return the values of parameters for the numbers of a size and the texts of those chosen; None if there are none.

    A parameter of whole numbers may have others than the suite gives it.
    """
    each = [told for told, _ in rows]
    free = {name for name in size if all(told[name].number is not None for told in each if name in told)}
    for (told, values), (_, known), written in zip(rows, sizes(each), texts(each), strict=True):
        is_size = known.keys() == size.keys() | chosen.keys()
        is_size = is_size and all(known[name] == number for name, number in size.items() if name not in free)
        if is_size and all(written[name] == text for name, text in chosen.items()):
            return [size[name] if name in free else one for name, one in zip(told, values, strict=True)]
    return None


def _each(functions: Iterable[Callable[..., Any]], given: Sequence[Any]) -> None:
    for one in functions:
        one(*given)
