"""One number for a value: equal values have equal ones in every process, whatever the order of sets and hashes."""

import copy
import hashlib
import operator
import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from .leaves import Exact, Holder, Leaf, Numbers
from .reading import taken_apart

#: What cannot be looked into, and keeps nothing of one call for the next.
_KEEP_NOTHING = (
    *(type, types.ModuleType, types.CodeType, types.FunctionType, types.BuiltinFunctionType),
    *(types.MethodDescriptorType, types.WrapperDescriptorType, np.ufunc, type(np.sort)),
)


class Looked(Struct, frozen=True, kw_only=True):
    """What is known of a value."""

    digest: str
    unseen: tuple[Any, ...]
    """What cannot be looked into, as functions that were made by a call: two of them may do other things."""

    @property
    def may_keep(self) -> bool:
        """Whether something in it may keep, out of sight, what it has done for a call, as a database does."""
        return not all(isinstance(one, _KEEP_NOTHING) for one in self.unseen)


def looked(value: Any) -> Looked:
    """Look at all that a value holds."""
    unseen: list[Any] = []
    return Looked(digest=_digest(value, unseen), unseen=tuple(unseen))


def digest(value: Any) -> str:
    """Return the digest of a value, of which what cannot be looked into counts by its type alone."""
    return looked(value).digest


def same(one: Any, other: Any) -> bool:
    """Return whether two values of this process are known to be equal: what cannot be looked into is only itself."""
    seen, beside = looked(one), looked(other)
    return seen.digest == beside.digest and all(map(operator.is_, seen.unseen, beside.unseen))


def _digest(value: Any, unseen: list[Any]) -> str:
    """Return the digest of a value, and add what cannot be looked into."""
    total = hashlib.blake2b(digest_size=16)
    for path, leaf in taken_apart(value, "", lambda one, _: _looked_into(one, unseen), whole=True).items():
        total.update(f"{path}\0".encode("utf-8", "surrogatepass"))
        for part in _bytes(leaf):
            total.update(part)
    return total.hexdigest()


def _bytes(leaf: Leaf) -> Iterator[bytes | memoryview]:
    """Yield what a leaf is told by."""
    yield f"{_described(leaf)}\0".encode("utf-8", "surrogatepass")
    if isinstance(leaf, Numbers):
        for array in _without_padding(leaf.array):
            yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def difference(before: Any, now: Any) -> tuple[str, bool] | None:
    """Return the path of the first part that differs, and whether it was not there before; None where none does."""
    one, other = (taken_apart(value, "", lambda part, _: _looked_into(part, []), whole=True) for value in (before, now))
    added = next((path for path in other if path not in one), None)
    if added is not None:
        return added, True
    parts = (path for path, leaf in other.items() if not isinstance(leaf, Holder))
    found = next((path for path in parts if [*_bytes(one[path])] != [*_bytes(other[path])]), None)
    return None if found is None else (found, False)


def _without_padding(array: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return arrays all of whose bytes are numbers: a long double has some that are not."""
    if array.dtype.char not in "gG":
        return (array,)
    narrow = np.dtype(complex if array.dtype.kind == "c" else float)
    first = array.astype(narrow)
    return first, (array - first).astype(narrow)


def _described(leaf: Leaf) -> str:
    match leaf:
        case Numbers():
            return f"{leaf.array.dtype.str}{leaf.array.shape}"
        case Exact():
            return f"{leaf.kind}\0{leaf.text}"
    steps = sorted(leaf.paths) if leaf.kind == "set" else leaf.paths
    return f"{leaf.kind}\0{leaf.name}\0" + "\0".join(steps)


def _looked_into(value: Any, unseen: list[Any]) -> Leaf:
    """Return a leaf for what holds its data out of Python's sight, by what it would hand to another process."""
    try:
        reduced = (type, (), _of_subclass(value)) if isinstance(value, np.ndarray) else value.__reduce_ex__(4)
        known = reduced if isinstance(reduced, str) else _digest(_handed_over(value, *reduced[:5]), unseen)
        if not isinstance(reduced, str) and _holds_addresses(value, reduced):
            reduced = known = ""
    except Exception:  # noqa: BLE001  # what is in a foreign class is not known; its type is
        reduced = known = value.__qualname__ if type(value) is types.FunctionType else ""
    if isinstance(reduced, str):
        unseen.append(value)
    return Exact(kind=f"{type(value).__module__}.{type(value).__qualname__}", text=known)


def _holds_addresses(value: Any, reduced: tuple[Any, ...]) -> bool:
    """Return whether what it hands over has memory as it lies in it that a copy has otherwise, as nodes of a tree."""
    state = reduced[2] if len(reduced) > 2 and isinstance(reduced[2], tuple) else ()
    if not any(isinstance(one, bytes) or (isinstance(one, np.ndarray) and one.dtype.kind in "SV") for one in state):
        return False
    again = copy.deepcopy(value).__reduce_ex__(4)
    return _digest(_handed_over(value, *again[:5]), []) != _digest(_handed_over(value, *reduced[:5]), [])


def _handed_over(value: Any, made: Any, arguments: Any, *state: Any) -> list[Any]:
    """Return what another process would be handed to make a value of: none of it is the value itself."""
    others = [one for one in arguments if one is not value] if isinstance(arguments, tuple) else arguments
    items = [list(one) if isinstance(one, Iterator) else one for one in state]
    return [getattr(made, "__qualname__", ""), others, *items]


def _of_subclass(value: np.ndarray) -> list[Any]:
    """Return what an array of a subclass holds, beside its class: what lies below a mask may be anything."""
    own = dict(vars(value)) if hasattr(value, "__dict__") else {}
    if not isinstance(value, np.ma.MaskedArray):
        return [np.asarray(value), own]
    nothing: Any = np.zeros((), value.dtype)[()]
    shown = np.asarray(value.filled(nothing))
    usual = vars(np.ma.masked_array(0))  # looked at here, for few workers have to load numpy.ma
    added = {name: one for name, one in own.items() if name not in usual}
    return [shown, np.ma.getmaskarray(value), value.fill_value, added]


def changed(before: Mapping[str, str], values: Mapping[str, Any]) -> str | None:
    """Return the name of the first value that has another digest than before; None where none has."""
    return next((name for name, known in before.items() if digest(values[name]) != known), None)
