"""Right or wrong: outputs within tolerance of what is expected, inputs left alone, and the problem's own test."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from msgspec import Struct

from ..store.worker_records import Verification, worst
from ..text import article
from ..units import percent
from .outcome import Unfit, Wrong, shortened, where
from .outputs import RESULT
from .values.comparison import Difference, Error, Expected, compared
from .values.leaves import MISSING, Holder, Leaves, Numbers

Values = Mapping[str, Any]

#: What is no number, of which kinds of dtypes, and who tells.
_NO_NUMBERS = (("NaN", "fc", np.isnan), ("infinity", "fc", np.isinf), ("NaT", "mM", np.isnat))

#: A result that a problem's own test accepts has at most so many times the baseline's share of what is no number.
MOST_TIMES = 2

#: So many differences are told, and the errors of so many parts of a result are kept apart.
MOST_TOLD, MOST_PARTS = 3, 20

#: No figure of quality is larger.
MOST_QUALITY = 1e300


def accept(test: Callable[[Any, Any], object], inputs: Any, outputs: Any, *, name: str = "accept") -> None:
    """Raise Wrong unless the problem's own test accepts the outputs.

    Parameters
    ----------
    test
        ``accept(inputs, outputs)`` or ``same(right, outputs)`` of a problem: it returns None, or why the outputs are
        not right, or raises AssertionError. True and False will do too.
    inputs
        Name -> value as before the call; or the right result.
    outputs
        Name -> value, or the result as it was returned, where the problem names no outputs.
    name
        Of the test.
    """
    try:
        said = test(inputs, outputs)
    except AssertionError as error:
        said = str(error) or "an assertion failed"
    except Exception as error:  # noqa: BLE001  # what the test makes of wrong outputs is not known beforehand
        said = f"{shortened(f'{type(error).__name__}: {error}', 180)}{where(error)}"
    if isinstance(said, bool | np.bool_):
        said = None if said else "it returned False"
    if not isinstance(said, str | None):
        raise Unfit(
            "failed",
            f"the problem's {name}() returned {article(type(said).__name__)}, expected None, or a text that says why "
            "not; a figure of how good a result is belongs in quality()",
        )
    if said is not None:
        told = " ".join(said.split()) or "it returned an empty text; None says that outputs are right"
        raise Wrong(f"not accepted by the problem's {name}(): {told}")


def figure(given: Any) -> float:
    """Return a figure of quality as a plain number.

    Parameters
    ----------
    given
        What ``quality(inputs, outputs)`` of a problem has returned: any real number, one of NumPy too.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not finite.
    """
    if isinstance(given, np.ndarray) and given.ndim == 0:
        given = given[()]
    if not isinstance(given, int | float | np.number) or isinstance(given, np.complexfloating):
        raise TypeError(f"it returned a {type(given).__name__}, expected a number")
    number = float(given)
    if not abs(number) <= MOST_QUALITY:
        raise ValueError(f"it returned {number:g}, expected a finite number")
    return number


class NoNumbers(Struct, frozen=True, kw_only=True):
    """What is no finite number, of one kind."""

    path: str
    """Of the first that has it."""
    share: float
    """Of all elements that could be so."""


def not_finite(leaves: Leaves) -> dict[str, NoNumbers]:
    """Return what is no finite number among leaves, by kind."""
    paths: dict[str, str] = {}
    counts, sizes = Counter[str](), Counter[str]()
    for path, what, there in _no_numbers(leaves):
        sizes[what] += there.size
        if count := int(there.sum()):
            counts[what] += count
            paths.setdefault(what, path)
    return {what: NoNumbers(path=path, share=counts[what] / sizes[what]) for what, path in paths.items()}


def _no_numbers(leaves: Leaves) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield path and kind of what may be no number, and where it is none."""
    for path, leaf in leaves.items():
        if not isinstance(leaf, Numbers):
            continue
        if path.endswith(MISSING):
            yield path.removesuffix(MISSING), "missing values", leaf.array
        for what, kinds, is_it in _NO_NUMBERS:
            if leaf.array.dtype.kind in kinds:
                yield path, what, is_it(leaf.array)


def require_numbers(found: Mapping[str, NoNumbers], baseline: Mapping[str, NoNumbers]) -> None:
    """Raise Wrong where a result has what is no number, and the baseline's has none, or far less of it."""
    for what, one in found.items():
        if what not in baseline:
            raise Wrong(f"{one.path} has {what}, where the baseline's result has none")
        if one.share > MOST_TIMES * baseline[what].share:
            own, usual = percent(one.share), percent(baseline[what].share)
            raise Wrong(f"{own} of its numbers are {what} ({one.path} has some), of those of the baseline {usual}")


def check(found: Leaves, expected: Expected) -> tuple[Verification, ...]:
    """Return the largest errors of each output that is expected.

    Parameters
    ----------
    found
        What a call gave, taken apart.
    expected
        What is right.

    Raises
    ------
    Wrong
        If something differs by more than its tolerance, with the path of the first that does.
    """
    errors: list[Error] = []
    differences: list[Difference] = []
    for one in compared(found, expected):
        if isinstance(one, Error):
            errors.append(one)
        elif len(differences) <= MOST_TOLD:
            differences.append(one)
    if differences:
        more = "; and more differs" if len(differences) > MOST_TOLD else ""
        raise Wrong("; ".join(f"{one.path}{one.text}" for one in islice(differences, MOST_TOLD)) + more)
    return worst(_verifications(errors, _parts(expected.leaves)))


def _parts(leaves: Leaves) -> set[str]:
    """Return the paths of the parts of a result whose errors are kept apart: of a short list or dict its items."""
    whole = leaves.get(RESULT)
    if isinstance(whole, Holder) and len(whole.paths) <= MOST_PARTS:
        return {RESULT + step for step in whole.paths}
    return set()


def _verifications(errors: Iterable[Error], parts: set[str]) -> Iterator[Verification]:
    for one in errors:
        part = next((path for path in parts if one.path.startswith(path)), None) or _root(one.path)
        yield Verification(output=part, error_over_tolerance=one.over_tolerance, max_ulp=one.ulp)


def _root(path: str) -> str:
    """Return the name that a path begins with."""
    ends = [place for place in map(path.find, "[.{") if place > 0]
    return path[: min(ends)] if ends else path


def require_unchanged(inputs: Values, originals: Values) -> None:
    """Raise Wrong if an input array has other contents than its original."""
    for name, original in originals.items():
        if isinstance(original, np.ndarray) and not same(np.asarray(inputs[name]), original):
            raise Wrong(changed(name))


def changed(name: str) -> str:
    """Return what is said of an implementation that has changed an array among its inputs."""
    return (
        f'changed its input {name}; if the computation overwrites it, say INOUT = ("{name}",) in the problem, or say '
        f"so by {_FRESH}"
    )


def used_up(name: str, path: str, *, was_added: bool) -> str:
    """Return what is said of one that has changed another input, in a part of it."""
    if was_added:
        return (
            f"changed its input {name}: {name}{path} was not there before; if that is what a cached property keeps, "
            "have inputs() compute it, or have a function fresh(inputs) return what the next call is given"
        )
    part = f" ({name}{path})" if path else ""
    return (
        f"changed its input {name}{part}; if the computation overwrites it, or the object notes what it has done, say "
        f"so by {_FRESH}"
    )


_FRESH = "a function fresh(inputs), which returns what the next call is given"


def same(array: np.ndarray, original: np.ndarray) -> bool:
    """Return whether two arrays hold the same bytes: NaN is NaN and NaT is NaT, of whatever kind of data."""
    if (array.shape, array.dtype) != (original.shape, original.dtype):
        return False
    if array.dtype.names is not None:  # field by field: no copy keeps the bytes between fields
        return all(same(array[name], original[name]) for name in array.dtype.names)
    if array.dtype.hasobject or array.itemsize == 0:
        return np.array_equal(array, original)
    bits = f"u{array.itemsize}" if array.itemsize in (1, 2, 4, 8) else f"V{array.itemsize}"
    return np.array_equal(array.view(bits), original.view(bits))
