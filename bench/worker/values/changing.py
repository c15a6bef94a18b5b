"""Inputs changed number by number, whatever holds them: moved by a unit in the last place, widened, or shrunk.

The numbers are those of floating point; whole ones, text and what cannot be looked into stay as they are.
"""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from . import rows
from .number_lists import array_of

#: From an array of floating-point numbers, real or complex, to another of the same shape.
Change = Callable[[np.ndarray], np.ndarray]

#: Types of what stays as it is.
_WITHOUT_NUMBERS = {int, bool, str, bytes, type(None)}

#: Units in the last place by which a number is moved, and the root mean square of these.
STEPS = (-3, -2, -1, 1, 2, 3)
TYPICAL_STEP = (14 / 3) ** 0.5

#: So many numbers are moved at a time: arrays may be large.
_PIECE = 1_000_000

#: So much smaller are numbers that are shrunk, relatively.
SHRUNK = 2.0**-6


def changed(value: Any, change: Change) -> Any:
    """Return a value in which all floating-point numbers are changed; what holds them is copied, not changed."""
    if type(value) in (float, complex) or isinstance(value, np.inexact):
        found = change(np.asarray(value))
        own = isinstance(value, np.generic) or found.dtype.char in "gG" or found.dtype != np.dtype(type(value))
        return found[()] if own else found.item()
    if type(value) in (np.ndarray, np.memmap):
        return change(np.asarray(value)) if value.dtype.kind in "fc" else value
    if type(value) in (list, tuple):
        return _changed_list(value, change)
    if type(value) is dict:
        return {key: changed(one, change) for key, one in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[changed(one, change) for one in value])
    return _changed_inside(value, change)


def _changed_list(value: list[Any] | tuple[Any, ...], change: Change) -> Any:
    numbers = array_of(value)
    if numbers is None:
        found = _changed_rows(value, change)
        return type(value)([changed(one, change) for one in value] if found is None else found)
    return type(value)(_listed(change(numbers))) if numbers.dtype.kind in "fc" else value


def _changed_rows(value: list[Any] | tuple[Any, ...], change: Change) -> list[Any] | None:
    """Return rows of which each column of floating-point numbers is changed at once; None of what are no rows."""
    records, kinds = rows.records(value), set(map(type, value))
    columns = rows.columns(value) if records is None else records
    if columns is None or len(kinds) > 1:
        return None
    found = zip(*[_changed_column(column, change) for column in columns.values()], strict=True)
    if records is not None:
        return [dict(zip(value[0], row, strict=True)) for row in found]
    return list(map(kinds.pop(), found))


def _changed_column(column: list[Any], change: Change) -> list[Any]:
    kinds = set(map(type, column))
    if kinds <= _WITHOUT_NUMBERS:
        return column
    return changed(column, change) if kinds == {float} else [changed(one, change) for one in column]


def _listed(array: np.ndarray) -> list[Any]:
    """Return an array as nested lists; long doubles stay what they are."""
    return list(array) if array.ndim == 1 and array.dtype.char in "gG" else array.tolist()


def _changed_inside(value: Any, change: Change) -> Any:
    """Return a dataclass, a sparse matrix or a frame with its numbers changed; anything else as it is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = copy.copy(value)
        for field in dataclasses.fields(value):
            object.__setattr__(found, field.name, changed(getattr(value, field.name), change))
        return found
    package = type(value).__module__
    if package.startswith("scipy.sparse") and hasattr(value, "data") and getattr(value, "format", "") in _WITH_DATA:
        found = value.copy()
        found.data = changed(value.data, change)
        return found
    if package.startswith("pandas") and type(value).__name__ == "DataFrame":
        numbers = [name for name in value.columns if value[name].dtype.kind == "f"]
        return value.assign(**{name: change(value[name].to_numpy()) for name in numbers if isinstance(name, str)})
    if package.startswith("pandas") and type(value).__name__ == "Series" and value.dtype.kind == "f":
        return type(value)(change(value.to_numpy()), index=value.index, name=value.name)
    return value


_WITH_DATA = ("csr", "csc", "coo", "bsr", "dia")


def moved(random: "np.random.Generator") -> Change:
    """Return a change that moves each number up or down, by one to three units in its last place; 0 stays 0.

    By one alone, what is moved would often cancel: x0 - 2 x1 + x2 would stay what it is in every fourth trial.
    """

    def change(array: np.ndarray) -> np.ndarray:
        found, numbers = _copied(array)
        for start in range(0, numbers.size, _PIECE):
            part = numbers[start : start + _PIECE]
            units = np.spacing(np.where(np.isfinite(part), np.abs(part), 0)) * (part != 0)
            part += (units * random.choice(STEPS, part.shape)).astype(part.dtype)
        return found

    return change


def some_shrunk(random: "np.random.Generator", share: float) -> Change:
    """Return a change that makes a random share of the numbers a little smaller, one at least; single numbers stay."""

    def change(array: np.ndarray) -> np.ndarray:
        if array.size <= 1:
            return array
        found = array.copy(order="F" if array.flags.fnc else "C")
        places = random.choice(array.size, max(1, round(share * array.size)), replace=False, shuffle=False)
        found.flat[places] = array.flat[places] * array.dtype.type(1 - SHRUNK)
        return found

    return change


def widened(array: np.ndarray) -> np.ndarray:
    """Return numbers as long doubles, in the memory order that they are in."""
    return array.astype(np.clongdouble if array.dtype.kind == "c" else np.longdouble, order="K")


def narrowed(array: np.ndarray) -> np.ndarray:
    """Return numbers in single precision, in the memory order that they are in."""
    return array.astype(np.complex64 if array.dtype.kind == "c" else np.float32, order="K")


def bytes_of_numbers(value: Any) -> int:
    """Return how many bytes the floating-point numbers take that a value holds."""
    return _total(value, lambda array: array.nbytes)


def count_of_numbers(value: Any) -> int:
    """Return how many floating-point numbers a value holds."""
    return _total(value, lambda array: array.size)


def _total(value: Any, amount: Callable[[np.ndarray], int]) -> int:
    found: list[int] = []

    def note(array: np.ndarray) -> np.ndarray:
        found.append(amount(array))
        return array

    changed(value, note)
    return sum(found)


def _copied(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a copy in the same memory order, and all its real numbers in one row: those of complex ones are two."""
    found = array.copy(order="F" if array.flags.fnc else "C")
    row = (found.T if array.flags.fnc else found).reshape(-1)
    return found, row.view(np.finfo(array.dtype).dtype)
