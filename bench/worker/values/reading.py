"""Taking a value apart into its leaves, without running a line of the code that made it.

What lists, tuples, dicts and sets hold is read by the methods of these types, and attributes where they are stored: a
subclass that computes what it holds only when it is asked holds nothing here.
"""

import collections
from array import array
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from ...text import article
from . import exact, libraries, rows
from .attributes import attributes, usual
from .leaves import Exact, Holder, Leaf, Numbers, Unreadable
from .number_lists import array_of, array_of_texts

_EMPTY: dict[int, int] = {}

#: Subclasses of an array whose contents are those of the array.
_ARRAYS = (np.ndarray, np.memmap, np.matrix, np.recarray)

_VIEWS: tuple[type, ...] = tuple(
    type(view) for view in (dict[int, int]().keys(), dict[int, int]().values(), dict[int, int]().items())
)

#: These promise nothing.
_PLAIN = (list, tuple, dict, set, frozenset)

#: A list of more text than this is one leaf.
_MOST_TEXTS = 1000

#: Values in values, at most; and so much is shown of the path of what is deeper.
_DEEPEST, _SHOWN = 200, 30

#: Below that a float is one whole number.
_MOST_WHOLE = 2**53

#: From a value that cannot be looked into, and its path, to its leaf.
Otherwise = Callable[[Any, str], Leaf]


def refused(value: Any, path: str) -> Leaf:
    """Raise Unreadable: an output that cannot be looked into cannot be compared."""
    raise Unreadable(
        f"{path} is {article(type(value).__name__)}, which cannot be compared; return numbers, arrays, text, or lists "
        "and dicts of them, or let accept() or same() of the problem judge"
    )


def taken_apart(
    value: Any, path: str = "result", otherwise: Otherwise = refused, *, whole: bool = False
) -> dict[str, Leaf]:
    """Return path -> leaf of all that a value holds.

    Parameters
    ----------
    value
        Anything.
    path
        Its own path.
    otherwise
        What is done with what cannot be looked into.
    whole
        Whether what its class makes of a value counts too: then `otherwise` is given the classes made by a call, and
        arrays of a subclass.

    Raises
    ------
    Unreadable
        If it only promises a result, holds itself, or `otherwise` says so.
    """
    reader = _Reader(otherwise, whole=whole)
    reader.read(value, path)
    return reader.leaves


def promise(value: object) -> str | None:
    """Return what is said of a value that only promises a result; None where it is there."""
    if hasattr(type(value), "__await__"):
        return "nothing has been computed yet; run it (asyncio.run(...)) and return the result"
    if libraries.is_lazy(value):
        return "nothing has been computed yet; let it be computed (compute(), collect()) and return the result"
    if _is(value, Iterator):
        return "nothing has been computed yet; go through it and return the result"
    return None


def _is(value: Any, kinds: Any) -> bool:
    """Return whether a value is of a type, by the type itself: a class can have its values say that they are others."""
    return issubclass(type(value), kinds)


class _Reader:
    """Takes one value apart."""

    def __init__(self, otherwise: Otherwise, *, whole: bool) -> None:
        self.leaves: dict[str, Leaf] = {}
        self._otherwise = otherwise
        self._whole = whole
        self._above: set[int] = set()

    def read(self, value: Any, path: str) -> None:
        """Add the leaves of a value."""
        leaf = _single(value)
        if leaf is not None:
            self.leaves[path] = leaf
            return
        if id(value) in self._above:
            raise Unreadable(f"{path} holds itself")
        if len(self._above) > _DEEPEST:
            raise Unreadable(f"{path[:_SHOWN]}… is nested more than {_DEEPEST} deep; return it flatter")
        self._above.add(id(value))
        self._hold(value, path)
        self._above.remove(id(value))

    def _hold(self, value: Any, path: str) -> None:
        """Add what holds others, and these."""
        said = promise(value) if self._otherwise is refused and type(value) not in _PLAIN else None
        if said:
            raise Unreadable(f"{path} is {article(type(value).__name__)}: {said}")
        for kind, columns in ((rows.ROWS, rows.columns(value)), (rows.RECORDS, rows.records(value))):
            if columns is not None:
                self._add(columns, path, kind=kind, name=type(value).__name__)
                return
        if self._whole and exact.is_made_by_call(type(value)):
            self._otherwise(type(value), path)
        is_left = self._whole and _is(value, np.ndarray) and type(value) not in _ARRAYS
        held = None if is_left else _held(value, self._otherwise)
        if held is None:
            self.leaves[path] = self._otherwise(value, path)
            return
        kind, members = held
        numbers = _list_leaf(list(members.values())) if kind == "list" else None
        if numbers is not None:
            self.leaves[path] = numbers
            return
        others = usual(value, members) if kind == "object" and self._otherwise is refused else {}
        self._add(members, path, kind=kind, name=type(value).__name__, others=others)

    def _add(
        self,
        members: dict[str, Any],
        path: str,
        *,
        kind: str,
        name: str,
        others: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Add a holder, unless it is its only member itself, its members, and what its class gives it."""
        if "" not in members:
            self.leaves[path] = Holder(kind=kind, name=name, paths=tuple(members), usual=tuple(others))
        for step, member in {**members, **others}.items():
            self.read(member, path + step)


def _single(value: Any) -> Leaf | None:
    """Return the leaf of a value that holds no others; None where it does."""
    if value is None or type(value) in (str, bytes):
        return Exact(kind=type(value).__name__, text=repr(value))
    if type(value) is dict:
        return None
    if _is(value, np.ndarray | np.generic):
        return _array_leaf(value)
    read = _SINGLE.get(type(value))
    if read is not None:
        return read(value)
    found = libraries.array_of(value)
    return exact.written(value) if found is None else _array_leaf(found)


def _whole_number(value: int) -> Leaf:
    """Return the leaf of a whole number; of one that NumPy has no dtype for, its digits."""
    if abs(value) <= _MOST_WHOLE:
        return Numbers(array=np.array(value), typed=False)
    found = array_of([value])
    return Exact(kind="int", text=exact.digits(value)) if found is None else Numbers(array=found[0, ...], typed=False)


def _untyped(value: Any) -> Leaf:
    return Numbers(array=np.array(value), typed=False)


def _bytes(value: bytearray | memoryview) -> Leaf:
    return Exact(kind="bytes", text=repr(bytes(value)))


def _array_leaf(value: np.ndarray | np.generic) -> Leaf | None:
    """Return the leaf of an array of plain data; None of one that holds objects or fields, or is masked."""
    if _is(value, np.generic):
        if _is(value, str | bytes):
            return Exact(kind="bytes" if _is(value, bytes) else "str", text=repr(value.item()))
        value = np.asarray(value)
    if type(value) not in _ARRAYS or value.dtype.names is not None:
        return None
    if value.dtype.hasobject:
        found = array_of(np.ndarray.tolist(value.ravel())) if value.ndim else None
        return None if found is None else Numbers(array=found.reshape(value.shape), typed=False)
    return Numbers(array=np.asarray(value))


def _list_leaf(value: list[Any] | tuple[Any, ...]) -> Leaf | None:
    """Return the leaf of a list of numbers, or of much text; None of any other."""
    found = array_of(value)
    if found is not None:
        return Numbers(array=found, typed=False)
    texts = array_of_texts(value) if len(value) > _MOST_TEXTS else None
    return None if texts is None else Numbers(array=texts, typed=False)


#: Of just these types: how the leaf of a value is found.
_SINGLE: dict[type, Callable[[Any], Leaf | None]] = {
    **dict.fromkeys((bool, float, complex, range, array), _untyped),
    int: _whole_number,
    **dict.fromkeys((bytearray, memoryview), _bytes),
    **dict.fromkeys((list, tuple), _list_leaf),
}


def _held(value: Any, otherwise: Otherwise) -> tuple[str, dict[str, Any]] | None:
    """Return of which kind a value is that holds others, and these by their steps of a path; None of any other."""
    if _is(value, np.ndarray | np.void):
        plain = type(value) in (*_ARRAYS, np.void)
        return _held_by_array(np.asarray(value)) if plain else _held_if_masked(value)
    for kind, iterate in _SEQUENCES.items():
        if _is(value, kind):
            return "list", {f"[{place}]": one for place, one in enumerate(iterate(value))}
    if _is(value, dict):
        return "dict", {f"[{_key(key, otherwise)}]": one for key, one in dict.items(value)}
    if _is(value, set | frozenset):
        members = set.__iter__(value) if _is(value, set) else frozenset.__iter__(value)
        return "set", {f"{{{written}}}": None for written in sorted(_key(one, otherwise) for one in members)}
    return libraries.held(value) or attributes(value)


#: Kinds of sequences, and how what each holds is read whatever a subclass makes of that.
_SEQUENCES: dict[type, Callable[[Any], Iterator[Any]]] = {
    kind: kind.__iter__
    for kind in (
        *(list, tuple, collections.deque),
        *(type(view) for view in (_EMPTY.keys(), _EMPTY.values(), _EMPTY.items())),
    )
}


def _key(key: Any, otherwise: Otherwise) -> str:
    """Return how a key or a member of a set is written; NumPy's numbers as Python's."""
    if _is(key, np.generic):
        key = key.item()
    if type(key) is float and key.is_integer() and abs(key) < _MOST_WHOLE:
        key = int(key)  # 1.0 is the key that 1 is
    if type(key) is int:
        return exact.digits(key)
    if key is None or type(key) in (str, bytes, bool, float, complex):
        return repr(key)
    if _is(key, tuple | frozenset):
        parts = tuple.__iter__(key) if _is(key, tuple) else frozenset.__iter__(key)
        written = [_key(one, otherwise) for one in parts]
        return f"({', '.join(written if _is(key, tuple) else sorted(written))})"
    leaf = exact.written(key) or otherwise(key, "a key")
    return leaf.text if isinstance(leaf, Exact) else type(key).__name__


def _held_by_array(value: np.ndarray) -> tuple[str, dict[str, Any]]:
    """Return the fields of an array that has them, else its objects."""
    if value.dtype.names is not None:
        return "dict", {f"[{name!r}]": value[name] for name in value.dtype.names}
    if value.ndim == 0:
        return "list", {"[()]": value[()]}
    return "list", {f"[{place}]": one for place, one in enumerate(value)}


def _held_if_masked(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Return mask and numbers of a masked array, 0 where they are masked; None of another subclass of array."""
    if type(value) is not np.ma.MaskedArray:
        return None
    mask = np.ma.getmaskarray(value)
    return "object", {".data": np.where(mask, np.zeros((), value.dtype), np.ma.getdata(value)), ".mask": mask}
