"""What a call has given, by name, and in whose memory it lies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from .forcing import items_of
from .outcome import Wrong
from .values.leaves import Exact, Leaf, Numbers
from .values.reading import promise, taken_apart

#: Name of what a call returns, where the problem does not name its outputs.
RESULT = "result"

Outputs = dict[str, Any]
Arrays = dict[str, np.ndarray]


def named(result: object, names: Sequence[str], overwritten: Mapping[str, np.ndarray] | None = None) -> Outputs:
    """Return the result of a call as name -> value.

    Parameters
    ----------
    result
        What ``step()`` returned: a tuple or list in the order of `names`, or the one value where there is one.
    names
        The problem's OUTPUTS; none: the result is one value, called ``result``.
    overwritten
        The inputs that the call may have overwritten. They are its outputs if it returns nothing, or nothing but them,
        and those of them that `names` has and it does not return.

    Raises
    ------
    Wrong
        If the number of outputs is another.
    """
    overwritten = overwritten or {}
    if not names:
        return _as_returned(result, overwritten)
    if type(result) not in (tuple, list):  # a subclass may compute when it is asked for what it holds
        items = items_of(result)
        result = result if items is None else tuple(items)
    returned = [name for name in names if name not in overwritten]
    if len(returned) < len(names) and (result is None or _fits(result, len(returned))):
        values = () if result is None else _several(result, len(returned))
        if len(values) == len(returned):
            return {name: overwritten[name] if name in overwritten else values[returned.index(name)] for name in names}
    said = promise(result)
    if said:
        raise Wrong(f"{RESULT} is a {type(result).__name__}: {said}")
    values = _several(result, len(names))
    if len(values) != len(names):
        count = len(values) if isinstance(result, tuple | list) else f"a {type(result).__name__}"
        raise Wrong(f"returned {count} instead of the {len(names)} outputs {', '.join(names)}")
    return dict(zip(names, values, strict=True))


def _fits(result: object, count: int) -> bool:
    """Return whether a result is so many values, and not one more; one may come bare, but for a list."""
    return len(result) == count if isinstance(result, tuple) else count == 1 and not isinstance(result, list)


def _several(result: Any, count: int) -> Sequence[Any]:
    """Return the values of a result; one value may come bare, or as the only one of a tuple or a list of arrays."""
    if count != 1:
        return result if isinstance(result, tuple | list) else (result,)
    alone = isinstance(result, tuple | list) and len(result) == 1 and isinstance(result[0], np.ndarray)
    return result if alone else (result,)


def _as_returned(result: object, overwritten: Mapping[str, np.ndarray]) -> Outputs:
    """Return the one result; the inputs that were overwritten where there is none, or they are the result."""
    parts = (items_of(result) if issubclass(type(result), tuple) else None) or [result]
    if overwritten and all(one is None or _is_one_of(one, overwritten) for one in parts):
        return dict(overwritten)
    return {RESULT: result}


def _is_one_of(value: object, arrays: Mapping[str, np.ndarray]) -> bool:
    if not issubclass(type(value), np.ndarray):
        return False
    value = np.asarray(value)
    place = value.__array_interface__["data"], value.shape, value.strides, value.dtype
    return any(place == (one.__array_interface__["data"], one.shape, one.strides, one.dtype) for one in arrays.values())


def leaves_of(outputs: Mapping[str, Any], *, judged: bool) -> dict[str, Leaf]:
    """Return path -> leaf of all outputs.

    Parameters
    ----------
    outputs
        Name -> value.
    judged
        Whether the problem itself judges them: then they may hold what cannot be looked into.

    Raises
    ------
    Unreadable
        If one only promises a result, or cannot be looked into and has to be.
    """
    found: dict[str, Leaf] = {}
    for name, value in outputs.items():
        found |= taken_apart(value, name, _left_alone) if judged else taken_apart(value, name)
    return found


def _left_alone(value: Any, path: str) -> Leaf:
    return Exact(kind=type(value).__name__, text=path)


def arrays_in(leaves: Mapping[str, Leaf]) -> Arrays:
    """Return path -> array of the arrays that a call has handed out, in their own memory."""
    return {path: leaf.array for path, leaf in leaves.items() if isinstance(leaf, Numbers) and leaf.typed}


def without_memory_of(outputs: Arrays, inputs: Iterable[np.ndarray]) -> Arrays:
    """Return the outputs that share no memory with any of these inputs."""
    lying = {path for path, other in shared(outputs, (("", one) for one in inputs)) if not other}
    return {path: output for path, output in outputs.items() if path not in lying}


def require_own_memory(outputs: Arrays, inputs: Mapping[str, Any], earlier: Arrays) -> None:
    """Raise Wrong if an output shares memory with an input, another output or an earlier call's result."""
    others = [(f"its input {name}", value) for name, value in inputs.items() if isinstance(value, np.ndarray)]
    others += [(f"an earlier call's {path}", value) for path, value in earlier.items()]
    for path, other in shared(outputs, others):
        raise Wrong(f"{path} shares memory with {other}; each call must return arrays of its own")


def require_elements(outputs: Arrays) -> None:
    """Raise Wrong if elements of an output lie in the same memory, as those of a row that is repeated by its stride."""
    for path, array in outputs.items():
        if overlaps(array):
            raise Wrong(f"{path} has elements that lie in the same memory, as by np.broadcast_to; write them out")


def overlaps(array: np.ndarray) -> bool:
    """Return whether elements of an array lie in the same memory."""
    span = _span(array, "")
    repeats = any(count > 1 and not stride for count, stride in zip(array.shape, array.strides, strict=True))
    return bool(array.nbytes and (repeats or span.end - span.begin < array.nbytes))


class _Span(Struct, frozen=True, kw_only=True):
    """Where an array lies."""

    begin: int
    end: int
    array: np.ndarray
    output: str | None
    """Path of an output; None of another array."""
    name: str
    """What it is to others."""


def _span(array: np.ndarray, name: str, output: str | None = None) -> _Span:
    begin, end = np.lib.array_utils.byte_bounds(array)
    return _Span(begin=begin, end=end, array=array, output=output, name=name)


def shared(outputs: Arrays, others: Iterable[tuple[str, np.ndarray]]) -> Iterator[tuple[str, str]]:
    """Yield the output and the name of the other of each pair in common memory, by going through the memory once."""
    spans = [_span(array, f"its output {path}", path) for path, array in outputs.items() if array.nbytes]
    spans += [_span(array, name) for name, array in others if array.nbytes]
    reaching: list[_Span] = []
    for span in sorted(spans, key=lambda one: one.begin):
        reaching = [one for one in reaching if one.end > span.begin]
        for one in reaching:
            for output, other in ((one, span), (span, one)):
                if output.output is not None and _share(output.array, other.array):
                    yield output.output, other.name
        reaching.append(span)


def _share(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.may_share_memory(one, other) and np.shares_memory(one, other))
