"""Results of nothing: what somebody might return who computes nothing, in the form of a right result. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def zeroed(value: Any) -> Any:
    """Return the same with zeros for all its numbers; what holds others than arrays, lists and dicts stays as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "iufc":
        return np.zeros_like(value)
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(map(zeroed, value))
    if type(value) is dict:
        return {key: zeroed(one) for key, one in value.items()}
    return type(value)(0) if type(value) in (int, float, complex) or isinstance(value, np.number) else value


def emptied(value: Any) -> Any:
    """Return the same without elements; what has none stays as it is."""
    if isinstance(value, np.ndarray) and value.ndim:
        return value[:0]
    return type(value)() if type(value) in (list, tuple, dict, set, str, bytes) else value


#: What it is called -> what makes it of a right result.
NOTHING: Mapping[str, Callable[[Any], Any]] = {"zeros": zeroed, "an empty result": emptied}
