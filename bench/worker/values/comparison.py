"""Found against expected, leaf by leaf: within tolerance where it is floating point, exactly where it is not. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ...text import article
from . import labels, rows
from .leaves import OPTIONAL, Exact, Holder, Leaf, Leaves, Numbers
from .missing import masked_alike
from .nearness import Distance, distance
from .usual import settled

#: A place in an array of several dimensions, before what is said of it.
_PLACE = re.compile(r"^\[\d+(, \d+)+\]")


class Expected(Struct, frozen=True, kw_only=True):
    """What is right."""

    leaves: Leaves
    tolerance: Mapping[str, np.ndarray]
    """Path -> componentwise absolute tolerance; what lies below a path without one has that. None: equality."""
    dtypes: Mapping[str, str]
    """Path -> what floating-point numbers must be kept in, where that is another dtype than those expected have."""
    strict: bool = False
    """Whether they must be of just that dtype; else a wider one will do."""


class Error(Struct, frozen=True, kw_only=True):
    """How far a leaf of numbers is from what is right."""

    path: str
    over_tolerance: float
    """Largest componentwise error divided by its tolerance."""
    ulp: float
    """Largest componentwise error in units in the last place."""


class Difference(Struct, frozen=True, kw_only=True):
    """Something that is not as it should be."""

    path: str
    text: str
    """What is said of it behind its path, as in `` has 2 items, expected 3``."""


def compared(found: Leaves, expected: Expected) -> Iterator[Error | Difference]:
    """Yield the error of each leaf of numbers that is within tolerance, and what is different.

    Parameters
    ----------
    found
        What a call gave, taken apart.
    expected
        What is right; of what it does not have, nothing is said.
    """
    found, leaves = masked_alike(*settled(found, expected.leaves))
    if leaves is not expected.leaves:
        expected = replace(expected, leaves=leaves)
    if not rows.alike(found, expected.leaves):
        found, expected = _row_by_row(found, expected)
    first = {path: right for path, right in expected.leaves.items() if labels.is_label(path)}
    for path, right in {**first, **expected.leaves}.items():
        if path not in found and path.endswith(OPTIONAL):
            continue
        if path not in found and path.isidentifier():
            given = ", ".join(filter(str.isidentifier, found))
            yield Difference(path=path, text=f" is not among what it gave: {given}")
            continue
        yield from _leaf(found, path, right, expected)


def _row_by_row(found: Leaves, expected: Expected) -> tuple[Leaves, Expected]:
    """Return both as if no list in them had been read column by column."""
    cells = rows.spread(expected.leaves)
    dtypes = {path: expected.dtypes[cell.column] for path, cell in cells.items() if cell.column in expected.dtypes}
    apart = replace(
        expected,
        leaves={path: cell.leaf for path, cell in cells.items()},
        tolerance=rows.taken(expected.tolerance, cells),
        dtypes={**expected.dtypes, **dtypes},
    )
    return {path: cell.leaf for path, cell in rows.spread(found).items()}, apart


def _leaf(found: Leaves, path: str, right: Leaf, expected: Expected) -> Iterator[Error | Difference]:
    leaf = found.get(path) or _split(found, path)
    if leaf is None:
        return  # its holder has told that it is not there
    if isinstance(right, Holder):
        yield from _holders(leaf, path, right)
        return
    if isinstance(right, Numbers) and isinstance(leaf, Holder) and leaf.kind == "list":
        leaf = _stacked(found, path) or leaf
    if isinstance(right, Numbers) and isinstance(leaf, Numbers):
        said = _numbers(leaf, path, right, expected)
        if isinstance(said, Difference):
            text = said.text + labels.in_another_order(path, found, expected.leaves)
            if not (leaf.typed or right.typed):  # a place in lists in lists is written as those are indexed: [3][0]
                text = _PLACE.sub(lambda place: place[0].replace(", ", "]["), text)
            said = replace(said, text=text)
        yield said
    elif type(leaf) is not type(right):
        yield Difference(path=path, text=f" is {_named(leaf)}, expected {_named(right)}")
    elif leaf != right:
        yield Difference(path=path, text=f" is {_shown(leaf)}, expected {_shown(right)}")


def _holders(leaf: Leaf, path: str, right: Holder) -> Iterator[Difference]:
    """Yield in which members something that holds others differs."""
    if isinstance(leaf, Numbers) and right.kind == "list" and leaf.array.ndim:
        if len(leaf.array) != len(right.paths):
            yield Difference(path=path, text=f" has {len(leaf.array)} items, expected {len(right.paths)}")
    elif not isinstance(leaf, Holder) or leaf.kind != right.kind:
        yield Difference(path=path, text=f" is {_named(leaf)}, expected {_named(right)}")
    elif right.kind == "list":
        if len(leaf.paths) != len(right.paths):
            yield Difference(path=path, text=f" has {len(leaf.paths)} items, expected {len(right.paths)}")
    else:
        is_object = right.kind == "object"
        has, should = ({one for one in held.paths if is_object or one not in OPTIONAL} for held in (leaf, right))
        yield from (Difference(path=path, text=f" has no {_step(one)}") for one in sorted(should - has))
        yield from (Difference(path=path, text=f" has {_step(one)}, not expected") for one in sorted(has - should))


def _step(step: str) -> str:
    return step.strip("[]{}.")


def _split(found: Leaves, path: str) -> Numbers | None:
    """Return one item of an array that stands for a list: that of a path such as ``result[3]``."""
    above, _, step = path.rpartition("[")
    whole = found.get(above) or (_split(found, above) if above else None)
    if not isinstance(whole, Numbers) or not step[:-1].isdigit() or not whole.array.ndim:
        return None
    place = int(step[:-1])
    return Numbers(array=whole.array[place, ...], typed=whole.typed) if place < len(whole.array) else None


def _stacked(found: Leaves, path: str) -> Numbers | None:
    """Return the array that a list of equal arrays stands for; None where they are not equal, or none."""
    whole = found[path]
    if not isinstance(whole, Holder):
        return None
    parts = [
        _stacked(found, path + step) if isinstance(found[path + step], Holder) else found[path + step]
        for step in whole.paths
    ]
    arrays = [part.array for part in parts if isinstance(part, Numbers)]
    if len(arrays) != len(parts) or len({array.shape for array in arrays}) > 1:
        return None
    return Numbers(array=np.stack(arrays) if arrays else np.empty(0), typed=any(map(_typed, parts)))


def _typed(part: Any) -> bool:
    return isinstance(part, Numbers) and part.typed


def _numbers(leaf: Numbers, path: str, right: Numbers, expected: Expected) -> Error | Difference:
    """Return the error of numbers, or what is different in them."""
    found, wanted = leaf.array, right.array
    kept_as_asked = wanted.dtype.kind not in "fc" or expected.dtypes.get(path, str(found.dtype)) == str(found.dtype)
    if found.dtype == wanted.dtype and kept_as_asked and np.array_equal(found, wanted):
        return Error(path=path, over_tolerance=0.0, ulp=0.0)  # as most are, where there are many
    said = _kind_differs(leaf, path, right, expected)
    if said:
        return Difference(path=path, text=said)
    tolerance = _tolerance(expected.tolerance, path, wanted)
    is_rounded = wanted.dtype.kind in "fc" or found.dtype.kind in "fc"
    if not is_rounded and not (wanted.dtype.kind in "iu" and tolerance.any()):
        return _exactly(found, path, wanted)
    dtype = expected.dtypes.get(path, str(wanted.dtype))
    wrong = _not_finite(found, wanted)
    if wrong is not None:
        return Difference(path=path, text=wrong)
    furthest = distance(found, wanted, tolerance, dtype)
    if not furthest.over <= 1:
        return Difference(path=path, text=_off(furthest, found, wanted))
    return Error(path=path, over_tolerance=furthest.over, ulp=furthest.ulp)


def _kind_differs(leaf: Numbers, path: str, right: Numbers, expected: Expected) -> str | None:
    """Return what is said of an array of another shape or kind, or kept in fewer digits; None where it will do."""
    found_shape, shape = leaf.array.shape, right.array.shape
    if found_shape != shape:
        if shape[1:] == found_shape[1:] and shape and found_shape and not (leaf.typed or right.typed):
            return f" has {found_shape[0]} items, expected {shape[0]}"
        return f" has shape {leaf.array.shape}, expected {right.array.shape}"
    found, wanted = leaf.array.dtype, right.array.dtype
    floats = expected.dtypes.get(path, str(wanted))
    if wanted.kind in "fc":
        fits = found.kind == wanted.kind or (found.kind in "iuf" and not leaf.typed)
        if fits and leaf.typed:
            fits = found == np.dtype(floats) if expected.strict else np.finfo(found).bits >= np.finfo(floats).bits
        return None if fits else f" is {found}, expected {floats}"
    if wanted.kind in "iu":
        fits = found.kind in "iub" or (found.kind == "f" and (not expected.strict or str(found) == floats))
        return None if fits else f" is {found}, expected integers"
    fits = found.kind == wanted.kind and (wanted.kind not in "mM" or np.can_cast(found, wanted, "same_kind"))
    return None if fits else f" is {found}, expected {wanted}"


def _exactly(found: np.ndarray, path: str, wanted: np.ndarray) -> Error | Difference:
    """Return no error where values are the same: whatever their width, and NaT as itself."""
    same = found == wanted
    if wanted.dtype.kind in "mM":
        same |= np.isnat(found) & np.isnat(wanted)
    if np.all(same):
        return Error(path=path, over_tolerance=0.0, ulp=0.0)
    return Difference(path=path, text=_first(~same, found, wanted))


def _first(differs: np.ndarray, found: np.ndarray, wanted: np.ndarray) -> str:
    """Return what is said of the first of some numbers that differ."""
    place = np.unravel_index(int(np.argmax(differs)), differs.shape)
    count = int(np.count_nonzero(differs))
    of = f" ({count} of {differs.size} differ)" if differs.size > 1 else ""
    return f"{_place(place)} is {_value(found[place])}, expected {_value(wanted[place])}{of}"


def _not_finite(found: np.ndarray, wanted: np.ndarray) -> str | None:
    """Return what is said where NaN or infinity are not just where they are expected; None where they are."""
    if wanted.dtype.kind not in "fc":
        return None if np.isfinite(found).all() else _first(~np.isfinite(found), found, wanted)
    if found.dtype.kind not in "fc":
        found = found.astype(float)
    here, there = np.isfinite(found), np.isfinite(wanted)
    if here.all() and there.all():
        return None
    surplus = ~here & there
    if surplus.any():
        return _first(surplus, found, wanted)
    both = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    return _first(~both & ~there, found, wanted) if not both[~there].all() else None


def _tolerance(tolerances: Mapping[str, np.ndarray], path: str, wanted: np.ndarray) -> np.ndarray:
    """Return the tolerance of a path: its own, or that of what lies above it; 0 where there is none."""
    if labels.is_label(path):
        tolerances = labels.tolerances_of(tolerances, path, wanted)
    while path:
        if path in tolerances:
            return tolerances[path]
        path = path[: max(path.rfind("["), path.rfind("."), 0)]
    return np.zeros(())


def _off(furthest: Distance, found: np.ndarray, wanted: np.ndarray) -> str:
    """Return what is said of the number that is furthest off."""
    one, other, error = found[furthest.place], wanted[furthest.place], furthest.relative
    said = (_value(one), _value(other)) if _value(one) != _value(other) else (str(one), str(other))
    off, within = "is", ""
    if np.isfinite(furthest.over):
        parts = [f" (relative {n:.1e})" if np.isfinite(n) else "" for n in (error, error / furthest.over)]
        off = f"is off by {furthest.over:.3g} times the tolerance{parts[0]}:"
        within = f" within {furthest.tolerance:.2g}{parts[1]}"
    more = f"; so are {furthest.count - 1} more of {found.size}" if furthest.count > 1 else ""
    return f"{_place(furthest.place)} {off} {said[0]}, expected {said[1]}{within}{more}"


def _place(place: tuple[Any, ...]) -> str:
    return f"[{', '.join(str(int(one)) for one in place)}]" if place else ""


def _value(value: Any) -> str:
    """Return a number as it is told: enough digits to tell two apart, not more."""
    if isinstance(value, np.floating | float):
        return f"{float(value):.9g}"
    if isinstance(value, np.complexfloating | complex):
        return f"{complex(value):.6g}"
    if isinstance(value, str | bytes):
        return _short(repr(value.item() if isinstance(value, np.generic) else value))
    return _short(str(value) if isinstance(value, np.generic) and value.dtype.kind in "iubmM" else repr(value))


def _shown(leaf: Leaf) -> str:
    return _short(leaf.text) if isinstance(leaf, Exact) else _named(leaf)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-15:]}"


def _named(leaf: Leaf) -> str:
    """Return what kind of thing a leaf is."""
    if isinstance(leaf, Exact):
        return _short(leaf.text) if leaf.kind != "NoneType" else "None"
    if isinstance(leaf, Holder):
        return article(leaf.name)
    if leaf.array.ndim == 0:
        is_number = leaf.array.dtype.kind in "iufcb"
        return f"the number {_value(leaf.array[()])}" if is_number else article(str(leaf.array.dtype))
    return f"an array of shape {leaf.array.shape}" if leaf.typed else f"a list of {len(leaf.array)}"
