"""In which order an array's numbers lie in memory, told from its shape and strides."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def longer_axes(shape: tuple[int, ...]) -> int:
    """Return the number of axes that are longer than 1."""
    return sum(length > 1 for length in shape)


def memory_order(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int) -> str:
    """Return C, F or strided, from shape and strides; axes of length 1 do not count."""
    steps = [(length, step) for length, step in zip(shape, strides, strict=True) if length != 1]
    for order, axes in (("C", steps[::-1]), ("F", steps)):
        expected = itemsize
        for length, step in axes:
            if step != expected:
                break
            expected *= length
        else:
            return order
    return "strided"


def is_strided(value: np.ndarray | np.generic) -> bool:
    """Return whether an array's numbers lie in neither order: as a part, a transpose or a repetition of another."""
    return value.size > 0 and memory_order(value.shape, value.strides, value.itemsize) == "strided"


def strided(values: np.ndarray, strides: Sequence[int]) -> np.ndarray:
    """Return a writable copy of an array with these strides, in bytes, in memory of its own.

    The base of what is returned is all of that memory, as bytes, with the gaps that the strides leave in it.
    """
    reach = [(length - 1) * step for length, step in zip(values.shape, strides, strict=True)]
    first = -sum(one for one in reach if one < 0)
    memory = np.zeros(first + sum(one for one in reach if one > 0) + values.itemsize, np.uint8)
    found: np.ndarray[Any, Any] = np.ndarray(values.shape, values.dtype, memory, first, tuple(strides))
    np.copyto(found, values)
    return found
