"""What the rows of a frame are called by: where that differs, so does all else. Pure."""

import re
from collections.abc import Mapping

import numpy as np

from .leaves import INDEX, MISSING, Leaves, Numbers

_LABEL = re.compile(rf"{re.escape(INDEX)}(\.level_\d+)?(\[\d+\])*$")


def is_label(path: str) -> bool:
    """Return whether a path is that of an index, of one of its levels, or of a label in it."""
    return _LABEL.search(path) is not None


def tolerances_of(tolerances: Mapping[str, np.ndarray], path: str, labels: np.ndarray) -> Mapping[str, np.ndarray]:
    """Return those of some tolerances that are for labels: their own, and of rounded ones what is for all numbers."""
    if path in tolerances:
        return {path: tolerances[path]}
    is_rounded = labels.dtype.kind in "fc"
    return {above: one for above, one in tolerances.items() if is_rounded and not one.ndim}


def in_another_order(path: str, found: Leaves, expected: Leaves) -> str:
    """Return what is said of the right values in another order, behind the first that differs; nothing of others."""
    here, there = _column(found, path), _column(expected, path)
    if path.endswith(MISSING) or here is None or there is None or len(there) < 2:
        return ""
    if here.dtype.kind != there.dtype.kind or np.array_equal(here, there):  # of another width
        return ""
    order, right_order = np.argsort(here, kind="stable"), np.argsort(there, kind="stable")
    if not np.array_equal(here[order], there[right_order]):
        return ""
    label = _LABEL.search(path)
    if label is None:
        return ", the same values in another order"
    frame = path[: label.start()]
    names = [
        one for one in expected if one == frame or (one.startswith((f"{frame}[", f"{frame}.")) and not is_label(one))
    ]
    columns = [(_column(found, one), _column(expected, one)) for one in names]
    if all(right is None or _same(one, order, right, right_order) for one, right in columns):
        return ": its rows are in another order: sort both, or let `same` compare without it"
    return ", the same labels in another order, and not the rows with them"


def _column(leaves: Leaves, path: str) -> np.ndarray | None:
    leaf = leaves.get(path)
    return leaf.array if isinstance(leaf, Numbers) and leaf.array.ndim == 1 else None


def _same(found: np.ndarray | None, order: np.ndarray, wanted: np.ndarray, right_order: np.ndarray) -> bool:
    """Return whether two columns are about the same once both are sorted by their labels."""
    if found is None or not len(found) == len(order) == len(wanted):
        return False
    here, there = found[order], wanted[right_order]
    if here.dtype.kind in "fc" and there.dtype.kind in "iufc":
        return np.allclose(here, there, equal_nan=True)
    return np.array_equal(here, there)
