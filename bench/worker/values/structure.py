"""Values written down as structure and numbers, and built again elsewhere: for a problem's own test of outputs.

Nothing that is written names code to be run. What is built are Python's own values, arrays, and objects of the
problem's classes with their attributes put in; an object of another class becomes a bare namespace.
"""

import base64
import collections
import datetime as dt
import decimal
import fractions
import json
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ...text import article
from . import libraries
from .attributes import attributes, usual
from .leaves import Exact, Leaf, Leaves, Numbers, Unreadable
from .reading import promise

#: Where the structure is, among the leaves.
_STRUCTURE = "structure"

#: Values in values, at most.
_DEEPEST = 100

#: Lists of more numbers of one type are written as an array.
_LONG = 16

_SEQUENCES: dict[str, Callable[[Iterable[Any]], Any]] = {
    kind.__name__: kind for kind in (list, tuple, set, frozenset, collections.deque)
}
_MAPPINGS: dict[str, Callable[[Mapping[Any, Any]], Any]] = {
    kind.__name__: kind for kind in (dict, collections.OrderedDict, collections.Counter)
}


def _fraction(text: str) -> fractions.Fraction:
    return fractions.Fraction(*(int(part, 16) for part in text.split("/")))


#: Written as text, and read from it; whole numbers in hexadecimal, which may have any number of digits.
_TEXTS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "int": (int, hex, lambda text: int(text, 16)),
    "float": (float, float.hex, float.fromhex),
    "complex": (complex, repr, complex),
    "bytes": (bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "Decimal": (decimal.Decimal, str, decimal.Decimal),
    "Fraction": (fractions.Fraction, lambda value: f"{value.numerator:x}/{value.denominator:x}", _fraction),
    "date": (dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "datetime": (dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
}
_TEXT_OF = {kind: name for name, (kind, _, _) in _TEXTS.items()}


def written(value: Any) -> dict[str, Leaf]:
    """Return a value as leaves.

    Raises
    ------
    Unreadable
        If something in it has no place there.
    """
    writer = _Writer()
    structure = writer.of(value, 0)
    return {_STRUCTURE: Exact(kind="json", text=json.dumps(structure)), **writer.arrays}


def built(leaves: Leaves, classes: Mapping[str, Any]) -> Any:
    """Return the value that leaves stand for.

    Parameters
    ----------
    leaves
        What `written` gave; whoever wrote it is not trusted.
    classes
        Name -> class that an object may be of.

    Raises
    ------
    ValueError
        If there is no such value.
    """
    structure = leaves.get(_STRUCTURE)
    try:
        if isinstance(structure, Exact):
            return _Builder(leaves, classes).of(json.loads(structure.text))
    except (KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"the outputs cannot be read: {type(error).__name__}: {error}") from error
    raise ValueError("the outputs cannot be read: they have no structure")


class _Writer:
    def __init__(self) -> None:
        self.arrays: dict[str, Leaf] = {}

    def of(self, value: Any, depth: int) -> Any:
        """Return the structure of a value: itself, or a list that begins with a word."""
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind in _TEXT_OF:
            name = _TEXT_OF[kind]
            return [name, _TEXTS[name][1](value)]
        if depth > _DEEPEST:
            raise Unreadable("an output is nested too deeply, or holds itself")
        if issubclass(kind, np.ndarray | np.generic):
            return self._array(value, depth)
        if issubclass(kind, list | tuple | set | frozenset | collections.deque):
            return self._sequence(value, depth)
        if issubclass(kind, dict):
            name = kind.__name__ if kind.__name__ in _MAPPINGS else "dict"
            pairs = [[self.of(key, depth + 1), self.of(one, depth + 1)] for key, one in dict.items(value)]
            return ["mapping", name, pairs]
        return self._other(value, depth)

    def _put(self, array: np.ndarray) -> str:
        name = str(len(self.arrays))
        self.arrays[name] = Numbers(array=array)
        return name

    def _array(self, value: Any, depth: int) -> Any:
        array = np.asarray(value)
        if array.dtype.names is not None:
            fields = [[name, self.of(array[name], depth + 1)] for name in array.dtype.names]
            return ["fields", list(array.shape), fields]
        if array.dtype.hasobject:
            return ["objects", list(array.shape), [self.of(one, depth + 1) for one in array.ravel().tolist()]]
        return ["number" if issubclass(type(value), np.generic) else "array", self._put(array)]

    def _sequence(self, value: Any, depth: int) -> Any:
        kind = type(value)
        base = next(one for one in (list, tuple, set, frozenset, collections.deque) if issubclass(kind, one))
        items = list(base.__iter__(value))
        names = getattr(kind, "_fields", None)
        if base is tuple and isinstance(names, tuple) and len(names) == len(items):
            return ["named", kind.__name__, list(map(str, names)), [self.of(one, depth + 1) for one in items]]
        kinds = set(map(type, items))
        if len(items) > _LONG and base in (list, tuple) and kinds in ({float}, {bool}):
            return ["numbers", base.__name__, self._put(np.array(items))]
        return ["sequence", base.__name__, [self.of(one, depth + 1) for one in items]]

    def _other(self, value: Any, depth: int) -> Any:
        said, name = promise(value), article(type(value).__name__)
        if said:
            raise Unreadable(f"an output is {name}: {said}")
        array = libraries.array_of(value) if not libraries.is_sparse(value) else None
        if array is not None:
            return ["array", self._put(array)]
        if type(value) is range:
            return ["range", value.start, value.stop, value.step]
        foreign, own = libraries.parts(value), None
        if foreign is None:
            own = attributes(value)
            if own is not None:
                own = own[0], own[1] | usual(value, own[1])
        if foreign is None and own is None:
            raise Unreadable(f"an output is {name}, which cannot be handed to the problem's own test: return arrays, "
                             "numbers, text, lists and dicts of them, or objects with attributes")  # fmt: skip
        word, (kind, held) = (
            ("foreign", foreign) if foreign else ("object", (type(value).__name__, own[1] if own else {}))
        )
        return [word, kind, [[str(key), self.of(one, depth + 1)] for key, one in held.items()]]


class _Builder:
    def __init__(self, leaves: Leaves, classes: Mapping[str, Any]) -> None:
        self._leaves = leaves
        self._classes = classes

    def of(self, structure: Any) -> Any:
        """Return what a structure stands for."""
        if not isinstance(structure, list):
            return structure
        word, *rest = structure
        if word in _TEXTS:
            return _TEXTS[word][2](str(rest[0]))
        return getattr(self, f"_{word}" if word in _WORDS else "_unknown")(*rest)

    def _unknown(self, *_: Any) -> Any:
        raise ValueError("the outputs cannot be read: there is no such kind of value")

    def _array(self, name: str) -> np.ndarray:
        leaf = self._leaves[name]
        if not isinstance(leaf, Numbers):
            raise TypeError("no array")
        return leaf.array

    def _number(self, name: str) -> Any:
        return self._array(name)[()]

    def _numbers(self, kind: str, name: str) -> Any:
        return _SEQUENCES[kind](self._array(name).tolist())

    def _fields(self, shape: list[int], fields: list[Any]) -> np.ndarray:
        arrays = {str(name): self.of(one) for name, one in fields}
        found = np.empty(tuple(shape), [(name, one.dtype) for name, one in arrays.items()])
        for name, one in arrays.items():
            found[name] = one
        return found

    def _objects(self, shape: list[int], items: list[Any]) -> np.ndarray:
        found = np.empty(len(items), object)
        for place, one in enumerate(items):
            found[place] = self.of(one)
        return found.reshape(tuple(shape))

    def _sequence(self, kind: str, items: list[Any]) -> Any:
        return _SEQUENCES[kind](self.of(one) for one in items)

    def _mapping(self, kind: str, pairs: list[Any]) -> Any:
        return _MAPPINGS[kind]({self.of(key): self.of(one) for key, one in pairs})

    def _range(self, *ends: int) -> range:
        return range(*ends)

    def _named(self, name: str, names: list[str], items: list[Any]) -> Any:
        known = self._classes.get(name)
        fits = isinstance(known, type) and issubclass(known, tuple) and getattr(known, "_fields", None) == (*names,)
        kind: Any = known if fits else collections.namedtuple(name, names)
        return tuple.__new__(kind, [self.of(one) for one in items])

    def _object(self, name: str, held: list[Any]) -> Any:
        known = self._classes.get(name)
        values = {str(key).removeprefix("."): self.of(one) for key, one in held}
        if not isinstance(known, type):
            return types.SimpleNamespace(**values)
        found: Any = object.__new__(known)
        for key, one in values.items():
            if isinstance(getattr(known, key, None), types.FunctionType):
                raise ValueError(f"an attribute {key!r} of the output hides the method of {name}")
            object.__setattr__(found, key, one)
        return found

    def _foreign(self, name: str, held: list[Any]) -> Any:
        return libraries.put_together(name, {str(key): self.of(one) for key, one in held})


_WORDS = {name.removeprefix("_") for name in vars(_Builder) if not name.startswith("__")} - {"of", "unknown"}
