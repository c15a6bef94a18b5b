"""The attributes of an object, from where they are stored: no line of its class's code is run."""

import dataclasses
import types
from collections.abc import Collection
from typing import Any

import numpy as np

#: Py_TPFLAGS_HEAPTYPE of CPython: the class was made by a class statement, or by what does as that does.
_HEAP_TYPE = 1 << 9

_POINTER = np.dtype(np.intp).itemsize

#: Types of plain data.
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def attributes(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Return the attributes of an object of a class written in Python, from where they are stored; None of another."""
    classes = [one for one in type(value).__mro__ if one is not object]
    if not all(map(_is_plain, classes)):
        return None
    stored = (item for one in classes for item in vars(one).items())
    slots = {name: slot for name, slot in stored if isinstance(slot, types.MemberDescriptorType)}
    found = {f".{name}": one[0] for name, slot in slots.items() if (one := _in_slot(slot, value))}
    if hasattr(type(value), "__dict__") and any("__dict__" in vars(one) for one in classes):
        found |= {f".{name}": one for name, one in dict.items(object.__getattribute__(value, "__dict__"))}
    return ("object", found) if found or dataclasses.is_dataclass(value) else None


def _is_plain(one: type) -> bool:
    """Return whether a class is written in Python and holds nothing but attributes, which it does not make up."""
    written_in_python = "__module__" in vars(one) and one.__flags__ & _HEAP_TYPE and not _hides(one)
    return bool(written_in_python) and type(vars(one).get("__dict__")) in (type(None), types.GetSetDescriptorType)


def _hides(one: type) -> bool:
    """Return whether values of a class have more memory than for attributes: one written in C, as a match of `re`."""
    slots = sum(isinstance(item, types.MemberDescriptorType) for item in vars(one).values())
    known = slots + sum(name in vars(one) for name in ("__dict__", "__weakref__"))
    return one.__basicsize__ > (one.__base__ or object).__basicsize__ + known * _POINTER


def _in_slot(slot: types.MemberDescriptorType, value: Any) -> tuple[Any] | None:
    """Return what is in a slot, None where nothing is."""
    try:
        return (slot.__get__(value),)
    except AttributeError:
        return None


def usual(value: Any, known: Collection[str]) -> dict[str, Any]:
    """Return what the class of an object holds in the place of attributes that it might have, and has not.

    Only plain data is that, under public names: numbers, text and arrays, of which these are copies.

    Parameters
    ----------
    value
        The object.
    known
        Steps of the attributes that it has.
    """
    classes = [one for one in type(value).__mro__ if one is not object]
    if not all(map(_is_plain, classes)) or not any("__dict__" in vars(one) for one in classes):
        return {}
    held = {f".{name}": one for cls in reversed(classes) for name, one in vars(cls).items() if name[:1] != "_"}
    plain = {step: one for step, one in held.items() if step not in known and _is_data(one)}
    return {step: np.array(one) if type(one) is np.ndarray else one for step, one in plain.items()}


def _is_data(value: Any) -> bool:
    if type(value) is np.ndarray:
        return value.dtype.names is None and not value.dtype.hasobject
    return type(value) in _PLAIN or (issubclass(type(value), np.generic) and type(value) is not np.void)
