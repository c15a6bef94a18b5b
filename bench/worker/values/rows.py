"""Lists of rows: many short lists or tuples of one length, or dicts of the same keys, are read column by column.

What a table's rows hold is of other kinds from column to column, but of one kind down each: 20,000 rows of a name and
two numbers are three leaves, not 80,000. They are told row by row. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from msgspec import Struct

from .leaves import Exact, Holder, Leaf, Leaves, Numbers

#: Kinds of the holders of what was read column by column, lists of lists and of dicts; their paths are the columns'.
ROWS, RECORDS = "rows", "records"

#: So many rows are read column by column; fewer, and longer ones, are read one by one.
_FEWEST, _LONGEST = 64, 64


class Cell(Struct, frozen=True, kw_only=True):
    """A leaf as it would be if the rows had been read one by one, and where it was found."""

    leaf: Leaf
    column: str
    """Path of the leaf that it was part of, or its own."""
    row: int | None = None
    """Its place there; None where it is all of it."""


def columns(value: Any) -> dict[str, list[Any]] | None:
    """Return step of a path -> the column of a list of rows; None of any other value."""
    if type(value) not in (list, tuple) or len(value) < _FEWEST or not set(map(type, value)) <= {list, tuple}:
        return None
    lengths = set(map(len, value))
    if len(lengths) > 1 or not 0 < max(lengths) <= _LONGEST:
        return None
    return {_step(place): list(column) for place, column in enumerate(zip(*value, strict=True))}


def records(value: Any) -> dict[str, list[Any]] | None:
    """Return step of a path -> the column of a list of dicts with the same text for keys; None of any other value.

    A key of a subclass of text would compare itself: no such key is compared.
    """
    if type(value) not in (list, tuple) or len(value) < _FEWEST or set(map(type, value)) != {dict}:
        return None
    keys = tuple(value[0])
    if not 0 < len(keys) <= _LONGEST or set(map(type, chain.from_iterable(value))) != {str}:
        return None
    if any(tuple(one) != keys for one in value):
        return None
    return {_step(repr(key)): [one[key] for one in value] for key in keys}


def _step(place: int | str) -> str:
    return f"[:, {place}]"


def _place(step: str) -> str:
    """Return what `_step` was made of."""
    return step[len("[:, ") : -1]


def require_whole(leaves: Leaves) -> None:
    """Raise ValueError unless all that leaves say they hold is there, and the columns of a list of rows are as long."""
    for path, leaf in leaves.items():
        if not _is_whole(leaf) or not all(path + step in leaves for step in _paths(leaf)):
            raise ValueError(f"the outputs cannot be read: {path} does not hold what it says")
    for path, leaf in leaves.items():
        if _is_rows(leaf) and len({_count(leaves, path + step) for step in _paths(leaf)}) > 1:
            raise ValueError(f"the outputs cannot be read: {path} has columns of several lengths")


def alike(one: Leaves, other: Leaves) -> bool:
    """Return whether both were read column by column in the same places, and their columns are of one kind each."""
    lists = {path: leaf for leaves in (one, other) for path, leaf in leaves.items() if _is_rows(leaf)}
    return all(
        _is_rows(one.get(path)) and _is_rows(other.get(path)) and _forms(one, path) == _forms(other, path)
        for path in lists
    )


def _is_rows(leaf: Leaf | None) -> bool:
    return isinstance(leaf, Holder) and leaf.kind in (ROWS, RECORDS)


def _is_whole(leaf: Leaf) -> bool:
    """Return whether what was read column by column has the columns that it should: one or more, in their order."""
    if not isinstance(leaf, Holder) or not _is_rows(leaf):
        return True
    if leaf.kind == ROWS:
        return leaf.paths == (*map(_step, range(len(leaf.paths) or 1)),)
    return bool(leaf.paths) and all(step == _step(_place(step)) for step in leaf.paths)


def _forms(leaves: Leaves, path: str) -> Sequence[Any]:
    """Return step, kind and length of each column."""
    return [(step, *_form(leaves[path + step])) for step in _paths(leaves[path])]


def _form(leaf: Leaf) -> tuple[Any, ...]:
    return (leaf.array.shape,) if isinstance(leaf, Numbers) else (leaf.kind, len(_paths(leaf)))


def _paths(leaf: Leaf) -> tuple[str, ...]:
    return leaf.paths if isinstance(leaf, Holder) else ()


def spread(leaves: Leaves) -> dict[str, Cell]:
    """Return path -> cell of all that leaves hold, the rows among them one by one."""
    found: dict[str, Cell] = {}
    held: set[str] = set()
    for path, leaf in leaves.items():
        if path not in held:
            found.update(_below(leaves, path))
        held.update(path + step for step in _paths(leaf))
    return found


def taken(arrays: Mapping[str, np.ndarray], cells: Mapping[str, Cell]) -> dict[str, np.ndarray]:
    """Return arrays that belong to leaves, as for their tolerance, by the paths of their cells too."""
    parts = {path: _part(arrays[cell.column], cell.row) for path, cell in cells.items() if cell.column in arrays}
    return {**arrays, **parts}


def _part(array: np.ndarray, row: int | None) -> np.ndarray:
    return array if row is None or not array.ndim else array[row if len(array) > 1 else 0, ...]


def _below(leaves: Leaves, path: str) -> Iterator[tuple[str, Cell]]:
    """Yield a leaf and all that it holds."""
    leaf = leaves[path]
    if not _is_rows(leaf):
        yield path, Cell(leaf=leaf, column=path)
        for step in _paths(leaf):
            yield from _below(leaves, path + step)
        return
    count = _count(leaves, path)
    yield path, Cell(leaf=Holder(kind="list", name="list", paths=_places(count)), column=path)
    for row, step in enumerate(_places(count)):
        yield from ((path + step + rest, cell) for rest, cell in _in_row(leaves, path, row))


def _in_row(leaves: Leaves, path: str, row: int) -> Iterator[tuple[str, Cell]]:
    """Yield what one row of a leaf is, which stands for a list or a dict."""
    leaf = leaves[path]
    if isinstance(leaf, Numbers):
        yield "", Cell(leaf=_item(leaf, row), column=path, row=row)
    elif _is_rows(leaf):
        kind = "list" if isinstance(leaf, Holder) and leaf.kind == ROWS else "dict"
        steps = {step: f"[{_place(step)}]" for step in _paths(leaf)}
        yield "", Cell(leaf=Holder(kind=kind, name=kind, paths=tuple(steps.values())), column=path)
        for step, own in steps.items():
            yield from ((own + rest, cell) for rest, cell in _in_row(leaves, path + step, row))
    else:
        own = path + _paths(leaf)[row]
        yield from ((below.removeprefix(own), cell) for below, cell in _below(leaves, own))


def _item(leaf: Numbers, row: int) -> Leaf:
    item = leaf.array[row, ...]
    return (
        Exact(kind="str", text=repr(item.item())) if item.dtype.kind == "U" else Numbers(array=item, typed=leaf.typed)
    )


def _count(leaves: Leaves, path: str) -> int:
    """Return how many rows a list of them has, or a column of it."""
    leaf = leaves[path]
    if isinstance(leaf, Exact) or (isinstance(leaf, Numbers) and not leaf.array.ndim):
        raise ValueError(f"the outputs cannot be read: {path} is no column")
    if isinstance(leaf, Numbers):
        return len(leaf.array)
    return _count(leaves, path + _paths(leaf)[0]) if _is_rows(leaf) else len(_paths(leaf))


def _places(count: int) -> tuple[str, ...]:
    return tuple(f"[{place}]" for place in range(count))
