"""What is the same or is not, and how it is written so that equal values are written alike."""

import datetime as dt
import decimal
import enum
import fractions
import pathlib
import re
import sys
import types
import uuid
from collections.abc import Callable
from typing import Any

from . import libraries
from .leaves import Exact

#: Types whose values are the same if Python writes them the same way.
_WRITTEN = (
    *(dt.date, dt.time, dt.timedelta, dt.tzinfo),
    *(decimal.Decimal, fractions.Fraction, uuid.UUID, pathlib.PurePath, types.EllipsisType, slice, re.Pattern),
)

#: Whole numbers of more bits are written in hexadecimal: Python refuses to write very many decimal digits.
_MOST_BITS = 10_000

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


def written(value: Any) -> Exact | None:
    """Return the leaf of what is known by how it is written, or by its name; None of anything else."""
    text = _text(value)
    return None if text is None else Exact(kind=type(value).__name__, text=text)


def digits(value: int) -> str:
    """Return how a whole number is written, however large it is."""
    return str(value) if value.bit_length() <= _MOST_BITS else hex(value)


def _text(value: Any) -> str | None:
    kind = type(value)
    if issubclass(kind, enum.Enum):
        return str(object.__getattribute__(value, "_name_"))
    if libraries.is_missing(value) or (_is_of_python(kind) and issubclass(kind, _WRITTEN)):
        return repr(_NORMAL.get(kind, _as_it_is)(value))
    if issubclass(kind, types.ModuleType):
        return str(value.__name__)
    return _name(value) if issubclass(kind, (type, *_FUNCTIONS)) else None


def _is_of_python(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in sys.stdlib_module_names


def _as_it_is(value: Any) -> Any:
    return value


def _without_zeros(value: decimal.Decimal) -> decimal.Decimal:
    """Return an equal number without zeros at its end, for 1.50 is 1.5; no digit of it is rounded."""
    if not value.is_finite() or value.is_zero():
        return value if not value.is_finite() else decimal.Decimal(0)
    digits = len(value.as_tuple().digits)
    return value.normalize(decimal.Context(prec=digits, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX))


def _in_utc(value: dt.datetime) -> dt.datetime:
    """Return the same moment in UTC, whoever tells the zone; what has no zone is left alone."""
    if value.utcoffset() is None:
        return value
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:  # in the first or the last day that there is
        return value


def _name(value: Any) -> str | None:
    """Return where a class or function is to be found; None of one that was made by a call, as a closure is.

    Of those any number have the same name, and another behaviour.
    """
    bound_to = getattr(value, "__self__", None) if isinstance(value, _FUNCTIONS) else None
    if is_made_by_call(value) or not (bound_to is None or isinstance(bound_to, types.ModuleType)):
        return None
    return value.__qualname__ if value.__module__ in ("builtins", None) else f"{value.__module__}.{value.__qualname__}"


def is_made_by_call(value: Any) -> bool:
    """Return whether a class or function was made by a call, be its name that of another (`functools.wraps`)."""
    if "<" in value.__qualname__:
        return True
    if getattr(value, "__closure__", None) is None:
        return False
    return _found(value) is not value


def _found(value: Any) -> Any:
    """Return what is found under the name of a function; None where nothing is."""
    found: Any = sys.modules.get(value.__module__)
    for name in value.__qualname__.split("."):
        found = getattr(found, name, None)
    return found


#: Types of which equal values may be written in several ways, and how one is found that is always written alike.
_NORMAL: dict[type, Callable[[Any], Any]] = {
    decimal.Decimal: _without_zeros,
    dt.datetime: _in_utc,
    fractions.Fraction: lambda value: (digits(value.numerator), digits(value.denominator)),
    re.Pattern: lambda pattern: (pattern.pattern, pattern.flags),
}
