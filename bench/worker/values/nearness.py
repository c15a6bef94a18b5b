"""How far numbers are from those expected: in tolerances, and in units in the last place. Pure."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct

#: So many numbers are held against others at a time: in extended precision, they take much memory.
_PIECE = 1_000_000


class Distance(Struct, frozen=True, kw_only=True):
    """How far an array is from what is expected."""

    over: float = 0.0
    """The largest error over its tolerance; infinite where none is allowed."""
    ulp: float = 0.0
    """The largest error in units in the last place, which need not be that of the same number."""
    place: tuple[Any, ...] = ()
    """Index of the number that is the furthest off, in tolerances."""
    relative: float = 0.0
    """Its error over what it should be; infinite where that is 0."""
    tolerance: float = 0.0
    """What its error may be at most."""
    count: int = 0
    """How many are off by more than their tolerance."""


def distance(found: np.ndarray, wanted: np.ndarray, tolerance: np.ndarray, dtype: str) -> Distance:
    """Return how far numbers are from those expected.

    Parameters
    ----------
    found, wanted
        Of one shape, and finite in the same places; only these count.
    tolerance
        Componentwise absolute tolerance, of that shape or one that becomes it by broadcasting.
    dtype
        What numbers are kept in, whose units in the last place are meant; of whole numbers the unit is 1.
    """
    tolerance = np.broadcast_to(tolerance, wanted.shape)
    largest = _largest(wanted)
    total = Distance()
    for start, rows in _pieces(wanted.shape):
        one = _distance((found[rows], wanted[rows]), tolerance[rows], dtype, largest)
        is_further = not one.over <= total.over or not total.place
        furthest = one if is_further else total
        place = (one.place[0] + start, *one.place[1:]) if is_further and one.place else furthest.place
        total = Distance(
            over=furthest.over,
            ulp=max(total.ulp, one.ulp),
            place=place,
            relative=furthest.relative,
            tolerance=furthest.tolerance,
            count=total.count + one.count,
        )
    return total


def _pieces(shape: tuple[int, ...]) -> Iterator[tuple[int, Any]]:
    """Yield the first row and the index of some rows at a time, of an array of that shape; nothing of an empty one."""
    if not shape:
        yield 0, ()
        return
    row = int(np.prod(shape[1:], dtype=np.int64))
    step = max(1, _PIECE // max(1, row))
    if row:
        yield from ((start, slice(start, start + step)) for start in range(0, shape[0], step))


def _largest(wanted: np.ndarray) -> float:
    """Return the size of the largest number that is finite."""
    found = 0.0
    for _, rows in _pieces(wanted.shape):
        size = np.abs(wanted[rows])
        found = max(found, float(np.where(np.isfinite(size), size, 0).max(initial=0)))
    return found


def _distance(pair: tuple[Any, Any], tolerance: Any, dtype: str, largest: float) -> Distance:
    found, wanted = (np.asarray(one) for one in pair)
    whole = wanted.dtype.kind not in "fc"
    wide = np.longdouble if wanted.dtype.kind in "iub" else np.result_type(wanted.dtype, found.dtype)
    there = np.isfinite(wanted)
    with np.errstate(all="ignore"):
        error = np.where(there, np.abs(np.where(there, found, 0).astype(wide) - np.where(there, wanted, 0)), 0)
        over = _over(error, np.asarray(tolerance))
        ulp = error if whole else _over(error, _spacing(np.where(there, wanted, 0), dtype, largest))
    place = np.unravel_index(int(np.argmax(over)), over.shape)
    return Distance(
        over=float(over[place]),
        ulp=float(min(ulp.max(initial=0), np.finfo(np.float64).max)),
        place=place,
        relative=float(_over(error[place], np.abs(wanted[place]).astype(error.dtype))),
        tolerance=float(tolerance[place]),
        count=int(np.count_nonzero(~(over <= 1))),
    )


def _spacing(wanted: np.ndarray, dtype: str, largest: float) -> np.ndarray:
    """Return the unit in the last place of each number in a dtype; that of 0 is the unit of the largest."""
    real = np.finfo(dtype)
    size = np.abs(wanted).astype(real.dtype)
    spacing = np.spacing(np.where(size > 0, size, np.asarray(largest, real.dtype)))
    return np.where(np.isfinite(spacing), spacing, real.max)


def _over(error: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return error / unit, where 0 / 0 is 0 and anything else over 0 infinite."""
    found = np.where(error > 0, np.inf, 0).astype(error.dtype)
    return np.asarray(np.divide(error, unit, out=found, where=unit > 0))
