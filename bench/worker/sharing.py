"""Of which inputs a result is a part, or lies in the memory: who hands these out saves the copy."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..store.worker_records import ITS_OWN, PARTS_OF
from .forcing import items_of
from .outputs import Arrays, overlaps, shared

#: So many values are looked through, of the inputs and of a result: that takes a millisecond.
MOST_VALUES = 10_000

#: What may be changed, and holds other values.
_CONTAINERS = (list, dict, set, bytearray)


def shared_inputs(given: Mapping[str, Any], arrays: Arrays, inputs: Mapping[str, Any]) -> set[str]:
    """Return what of the inputs a result shares, ``x`` or ``parts of x``; its own elements, where these overlap.

    Parameters
    ----------
    given
        Name -> value, as a call has returned them.
    arrays
        Path -> array of all that are in these.
    inputs
        Name -> value of those that are to stay as they are.
    """
    found = [*_walked(inputs)]
    names = {id(value): name for value, name in reversed(found) if issubclass(type(value), _CONTAINERS)}
    same = {names[id(value)] for value, _ in _walked(given) if id(value) in names}
    memory = ((name, value) for value, name in found if isinstance(value, np.ndarray) and value.nbytes)
    own = {ITS_OWN} if any(map(overlaps, arrays.values())) else set()
    return own | same | {name for _, name in shared(arrays, memory)}


def arrays_within(inputs: Mapping[str, Any]) -> Iterator[np.ndarray]:
    """Yield the arrays among inputs, and in the lists, tuples and dicts among them."""
    return (value for value, _ in _walked(inputs) if isinstance(value, np.ndarray))


def _walked(values: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """Yield values, and what lists, tuples and dicts among them hold, each with what it is of which; not too many."""
    waiting: list[tuple[Iterable[Any], str, str]] = [
        ((value,), name, "") for name, value in reversed([*values.items()])
    ]
    left = MOST_VALUES
    while waiting and left > 0:
        held, name, part = waiting.pop()
        for value in held:
            left -= 1
            if left < 0:
                return
            yield value, part + name
            inner = _held(value)
            if inner:
                waiting.append((inner, name, PARTS_OF))


def _held(value: Any) -> Iterable[Any] | None:
    """Return what a list, a tuple or a dict holds, and the attributes of an array of a subclass, as its mask."""
    if issubclass(type(value), np.ndarray):
        return vars(value).values() if hasattr(value, "__dict__") else None
    return dict.values(value) if issubclass(type(value), dict) else items_of(value)
