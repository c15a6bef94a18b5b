"""A problem's own tolerance: how far off each number of what is right may be, in whatever form it was given. Pure."""

import re
from typing import Any

import numpy as np

from ..text import article
from .outcome import Unfit, shortened
from .values.labels import is_label
from .values.leaves import MISSING, ORDER, Exact, Holder, Leaves, Numbers
from .values.usual import usual_paths

#: Of a text that stands in the place of a tolerance so much is shown.
_SHOWN = 60


def given_tolerance(given: Leaves, right: Leaves) -> dict[str, np.ndarray]:
    """Return path -> tolerance of each array of numbers, and all single ones that were given.

    Parameters
    ----------
    given
        What the problem's ``tolerance`` has returned, taken apart: a number for all, or one for each, or less than that
        where it becomes it by broadcasting; for a list, one for each item; whole numbers need none.
    right
        What is right.

    Raises
    ------
    Unfit
        If it is none for a number, has another shape, is negative or NaN.
    """
    found = {path: leaf.array for path, leaf in given.items() if isinstance(leaf, Numbers) and not leaf.array.ndim}
    beside = usual_paths(right)
    for path, leaf in right.items():
        if (
            isinstance(leaf, Numbers)
            and leaf.array.dtype.kind in "iufc"
            and path not in beside
            and not _is_beside(path)
        ):
            found[path] = _tolerance(given, path, leaf.array)
    return found


def _is_beside(path: str) -> bool:
    return is_label(path) or path.endswith((MISSING, ORDER))


def _tolerance(given: Leaves, path: str, wanted: np.ndarray) -> np.ndarray:
    above = path
    while above and above not in given:
        above = above[: max(above.rfind("["), above.rfind("."), 0)]
    leaf = given.get(above)
    if wanted.dtype.kind in "iu" and (leaf is None or (isinstance(leaf, Holder) and above != path)):
        return np.zeros(())
    if not isinstance(leaf, Numbers) or leaf.array.dtype.kind not in "iuf":
        raise _unfit(_named(leaf) if above == path or not isinstance(leaf, Holder) else "none", path, wanted)
    item = _item(leaf.array, path.removeprefix(above))
    first, second = (leaf.array, item) if leaf.typed else (item, leaf.array)  # a list is one for each item of a list
    array = first if _fits(first, wanted) else second
    if not _fits(array, wanted):
        raise _unfit(f"an array of shape {array.shape}" if array.ndim else "one number", path, wanted)
    refused = ~(array >= 0) & np.isfinite(wanted)
    if refused.any():
        raise _unfit(f"{np.broadcast_to(array, refused.shape)[refused][0]:g}", path, wanted)
    return array


def _fits(array: np.ndarray, wanted: np.ndarray) -> bool:
    """Return whether a tolerance becomes one for each number by broadcasting."""
    try:
        return np.broadcast_shapes(array.shape, wanted.shape) == wanted.shape
    except ValueError:
        return False


def _item(array: np.ndarray, steps: str) -> np.ndarray:
    """Return what an array holds for an item of a list, at steps such as ``[3][0]``; itself where it has none."""
    if re.fullmatch(r"(\[\d+\])+", steps):
        for place in map(int, re.findall(r"\d+", steps)):
            array = array[place, ...] if array.ndim and place < len(array) else array
    return array


def _named(leaf: Any) -> str:
    match leaf:
        case Exact():
            return shortened(leaf.text, _SHOWN)
        case Holder():
            return article(leaf.name)
        case Numbers():
            return f"an array of {leaf.array.dtype}" if leaf.array.ndim else article(str(leaf.array.dtype))
    return "none"


def _unfit(found: str, path: str, wanted: np.ndarray) -> Unfit:
    one = "a number that is not negative"
    asked = f"{one}, for all, or an array of them of shape {wanted.shape}" if wanted.ndim else one
    return Unfit("failed", f"its tolerance() gives {found} for {path}, expected {asked}")
