"""What the rows of a frame are called by: where that differs, so does all else. Pure."""

import re
from collections.abc import Mapping

import numpy as np

from .leaves import INDEX, MISSING

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


def in_another_order(path: str, found: np.ndarray, wanted: np.ndarray) -> str:
    """Return what is said of the right values in another order, behind the first that differs; nothing of others."""
    if (
        path.endswith(MISSING)
        or wanted.ndim != 1
        or len(wanted) < 2
        or not np.array_equal(np.sort(found), np.sort(wanted))
    ):
        return ""
    rows = "rows are in another order: sort both, or let `same` compare without it"
    return f": its {rows}" if is_label(path) else ", the same values in another order"
