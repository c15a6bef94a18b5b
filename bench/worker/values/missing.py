"""Missing values: the masks beside numbers and text, made alike on both sides before these are compared. Pure."""

import numpy as np

from .leaves import MISSING, Holder, Leaf, Leaves, Numbers


def masked_alike(one: Leaves, other: Leaves) -> tuple[Leaves, Leaves]:
    """Return both with a mask wherever either has one, and 0 in the place of all that is missing there.

    Who keeps whole numbers in floating point says by NaN what is missing, and text by nothing but a mask.
    """
    masks = [path for path in {**one, **other} if path.endswith(MISSING)]
    if not masks:
        return one, other
    return _masked(one, masks), _masked(other, masks)


def _masked(leaves: Leaves, masks: list[str]) -> Leaves:
    found = dict(leaves)
    for path in masks:
        data, mask = found.get(path.removesuffix(MISSING)), found.get(path)
        if mask is None and data is not None:
            mask = _mask(data)
        if mask is not None:
            found[path] = mask
        if isinstance(mask, Numbers) and isinstance(data, Numbers) and mask.array.shape == data.array.shape:
            filled = np.where(mask.array.astype(bool), np.zeros((), data.array.dtype), data.array)
            found[path.removesuffix(MISSING)] = Numbers(array=filled, typed=data.typed)
    return found


def _mask(data: Leaf) -> Leaf | None:
    """Return the mask of what has come without one; None of what can have none."""
    if isinstance(data, Numbers):
        kind = data.array.dtype.kind
        absent = np.isnan(data.array) if kind in "fc" else np.isnat(data.array) if kind in "mM" else None
        return Numbers(array=np.zeros(data.array.shape, bool) if absent is None else absent)
    is_list = isinstance(data, Holder) and data.kind == "list"
    return Numbers(array=np.zeros(len(data.paths), bool)) if isinstance(data, Holder) and is_list else None
