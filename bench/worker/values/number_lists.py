"""Lists of numbers, and of text, as arrays: a list of numbers is an array to whoever compares results. Pure."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

#: Whole numbers up to this one are kept by a float64.
_WHOLE = 2**53

#: An array of text has no more characters than that, each of its items as many as the longest.
_MOST_CHARACTERS = 50_000_000


def array_of(items: Sequence[Any]) -> np.ndarray | None:
    """Return what a list of numbers, or of equally long lists of them, holds; None where it is no such list.

    Whole numbers stay whole, and none loses a digit: where one would, the list is no array; nor is it one where numbers
    are of several precisions, as each is held against its own.
    """
    kinds = set(map(type, items))
    if not kinds:
        return None
    if kinds <= {list, tuple}:
        return _stacked(items)
    if all(issubclass(kind, bool | np.bool_) for kind in kinds):
        return np.array(items, dtype=bool)
    if all(kind is int or issubclass(kind, np.integer) for kind in kinds):
        return _whole(items)
    if not all(map(_is_float, kinds)) or len(set(map(_bits, kinds - {int}))) > 1 or _loses_digits(items, kinds):
        return None
    return np.array(items)


def array_of_texts(items: Sequence[Any]) -> np.ndarray | None:
    """Return what a list of text holds; None where it is no such list, or an array would be large or lose a NUL."""
    if set(map(type, items)) != {str} or max(map(len, items)) * len(items) > _MOST_CHARACTERS:
        return None
    return None if any(text.endswith("\0") for text in items) else np.array(items)


def _is_float(kind: type) -> bool:
    """Return whether numbers of a type can stand in an array of floating-point numbers."""
    return kind in (int, complex) or issubclass(kind, np.inexact | float)


def _bits(kind: type) -> int:
    """Return how many bits a floating-point number of a type has, or each of a complex one's parts."""
    is_complex = issubclass(kind, complex | np.complexfloating)
    size = np.dtype(kind if issubclass(kind, np.inexact) else complex if is_complex else float).itemsize
    return 4 * size if is_complex else 8 * size


def _loses_digits(items: Sequence[Any], kinds: set[type]) -> bool:
    return int in kinds and any(type(one) is int and abs(one) > _WHOLE for one in items)


def _whole(items: Sequence[Any]) -> np.ndarray | None:
    try:
        found = np.array(items)
    except OverflowError:
        return None
    return found if found.dtype.kind in "iu" else None


def _stacked(items: Sequence[Sequence[Any]]) -> np.ndarray | None:
    if len({len(one) for one in items}) != 1:
        return None
    flat = array_of(list(chain.from_iterable(items)))
    return None if flat is None else flat.reshape((len(items), len(items[0]), *flat.shape[1:]))
