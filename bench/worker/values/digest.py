"""One number for a value: equal values have equal ones in every process, whatever the order of sets and hashes."""

import hashlib
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

from .leaves import Exact, Leaf, Numbers
from .reading import taken_apart


def digest(value: Any) -> str:
    """Return the digest of a value, of which what cannot be looked into counts by its type alone."""
    total = hashlib.blake2b(digest_size=16)
    for path, leaf in taken_apart(value, "", _looked_into).items():
        total.update(f"{path}\0{_described(leaf)}\0".encode("utf-8", "surrogatepass"))
        if isinstance(leaf, Numbers):
            for array in _without_padding(leaf.array):
                total.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return total.hexdigest()


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


def _looked_into(value: Any, path: str) -> Leaf:
    """Return a leaf for what holds its data out of Python's sight, by what it would hand to another process."""
    try:
        made, arguments, *state = value.__reduce_ex__(4)[:3]
        known = digest([getattr(made, "__qualname__", ""), _without(arguments, value), *state])
    except Exception:  # noqa: BLE001  # what is in a foreign class is not known; its type is
        known = value.__qualname__ if type(value) is types.FunctionType else ""
    return Exact(kind=f"{type(value).__module__}.{type(value).__qualname__}", text=known)


def _without(arguments: Any, value: Any) -> Any:
    """Return arguments, none of which is the value itself."""
    return [one for one in arguments if one is not value] if isinstance(arguments, tuple) else arguments


def changed(before: Mapping[str, str], values: Mapping[str, Any]) -> str | None:
    """Return the name of the first value that has another digest than before; None where none has."""
    return next((name for name, known in before.items() if digest(values[name]) != known), None)
