"""What is made before a run: several contents of a case's inputs, and what is right for each."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from ..problems.case import FoundOrder
from ..problems.sources import calls
from ..store.checks import Closeness
from ..text import article
from .baseline import Baseline, copied
from .expecting import Expecting, Right
from .inputs import is_plain, same_value
from .loading import ProblemFunctions, problem_functions
from .memory_order import memory_order
from .originals import Making, made, save_making
from .outcome import Unfit, judged
from .protocol import FIRST, LAST, TIMED, CaseSpec, Content, InputsWritten, WriteInputs
from .steps import Tell
from .value_files import differs, save_values
from .values.comparison import Error, compared
from .values.digest import digest, looked
from .values.leaves import Leaf, Numbers, Unreadable


class Made(Struct, frozen=True, kw_only=True):
    """Contents of a case's inputs, as they are before any call."""

    inputs: Mapping[str, Any]
    data: str
    seed: int
    right: Right
    given: Mapping[str, FoundOrder]
    """Name -> memory order of each array that was not made in C order."""
    took_s: float
    """To make them, and to know what is right for them."""


class Maker:
    """Makes contents of a case's inputs, and what is right for each.

    Those that come last are of the problem's last kind of data, where the first may have more than chance in common (as
    x = a1 in patches). What is drawn no worker can have met before it is handed out.
    """

    def __init__(self, order: WriteInputs, tell: Tell) -> None:
        self._order = order
        self._spec = order.spec
        with judged():
            self.problem = problem_functions(order.spec)
        baseline, self._call = Baseline(order.spec, self.problem, order.baseline, tell), calls.here()
        told = baseline.of_operands(self._call) if self._call else baseline
        self._expecting = Expecting(order.spec, self.problem, told)

    def contents(self, name: str, drawn: int) -> Made:
        """Return contents of one of the names; Unfit where the problem does not give them."""
        order = self._order
        data = order.other_data if name == LAST else self._spec.case.data
        seed = order.seed + {FIRST: 0, LAST: 1 + drawn, TIMED: 2 + drawn}[name]
        began = time.monotonic()
        with judged(f"its {self._spec.maker}: "):
            inputs = made(self._spec, data, seed)
        with judged():
            _require_arrays(self._spec.inout, inputs)
            before = {one: copied(value) for one, value in inputs.items()}  # tolerance() may compute in place
        try:
            with judged():
                right = self._expecting.of(self._call.operands if self._call else inputs, seed)
        except Unfit as unfit:
            if isinstance(unfit.__cause__, RecursionError):
                _require_readable(before)
            raise
        took_s = time.monotonic() - began
        return Made(inputs=before, data=data, seed=seed, right=right, given=_given(inputs), took_s=took_s)

    def told(self, first: Made, last: Made, timed: Made | None) -> InputsWritten:
        """Return what is told of them, and write for the workers how the first were made."""
        from ..machine import environment

        spec, problem = self._spec, self.problem
        with judged():
            work = _work(spec, problem)
        making = Making(
            data=first.data,
            seed=first.seed,
            accepts=problem.accept is not None,
            judges=any(one is not None for one in (problem.accept, problem.same, problem.quality)),
            renews=problem.fresh is not None,
        )
        save_making(spec, making)
        return InputsWritten(
            matrices=tuple(name for name, value in first.inputs.items() if _is_matrix(value)),
            given=dict(first.given),
            dtype=_dtype(first.inputs),
            work={key: float(value) for key, value in work.items()},
            numeric_stack=environment.numeric_stack(),
            check=first.right.check,
            doubt=_doubt(first, last, spec=spec),
            replaceable=timed is not None and (spec.is_one_file or not _renewed(first.inputs, timed.inputs)),
        )


def hand_out(contents: Made, folder: Path, spec: CaseSpec) -> Content:
    """Write contents to a new folder for workers; Unfit where they would make others by themselves."""
    try:
        unsaved = save_values(folder, contents.inputs)
    except Unreadable:
        _require_readable(contents.inputs)
        raise
    if unsaved:
        with judged():
            _require_repeatable(contents.inputs, made(spec, contents.data, contents.seed), unsaved)
    return Content(folder=folder, data=contents.data, seed=contents.seed)


def _takes_zeros(right: Right) -> bool:
    """Return whether zeros are within the tolerance of all numbers, of which there are some."""
    if right.expected is None:
        return False
    leaves, dtypes = right.expected.leaves, right.expected.dtypes
    zeros = {
        path: Numbers(array=np.zeros(leaf.array.shape, dtypes.get(path, leaf.array.dtype)), typed=leaf.typed)
        for path, leaf in leaves.items()
        if isinstance(leaf, Numbers) and leaf.array.size and leaf.array.dtype.kind in "fc"
    }
    return bool(zeros) and all(isinstance(one, Error) for one in compared({**leaves, **zeros}, right.expected))


def _work(spec: CaseSpec, problem: ProblemFunctions) -> Mapping[str, float]:
    """Return flops and bytes of one call; nothing of a problem that does not say."""
    work = problem.work(spec.case.size.values, spec.case.dtype) if problem.work else {}
    absent = [name for name in ("flops", "bytes") if name not in work]
    if absent and problem.work:
        raise Unfit("failed", f"its work() gives no {', '.join(absent)}")
    return work


def _is_matrix(value: Any) -> bool:
    return is_plain(value) and bool(value.ndim == 2)


def _given(inputs: Mapping[str, Any]) -> dict[str, FoundOrder]:
    """Return name -> memory order of each array that is not in C order; of more than two axes there are no others."""
    arrays = {name: value for name, value in inputs.items() if is_plain(value) and value.size}
    found = {name: memory_order(one.shape, one.strides, one.itemsize) for name, one in arrays.items()}
    return {
        name: "F" if order == "F" and arrays[name].ndim == 2 else "strided"
        for name, order in found.items()
        if order != "C"
    }


def _dtype(inputs: Mapping[str, Any]) -> str | None:
    """Return the dtype of the floating-point arrays among inputs, or of all; empty where they have several."""
    dtypes = {value.dtype for value in inputs.values() if isinstance(value, np.ndarray)}
    found = {str(one) for one in dtypes if one.kind in "fc"} or {str(one) for one in dtypes}
    return None if not found else found.pop() if len(found) == 1 else ""


def _require_repeatable(inputs: Mapping[str, Any], again: Mapping[str, Any], names: frozenset[str]) -> None:
    """Raise Unfit if a value that each worker makes by itself is another when it is made again."""
    for name in names:
        if name not in again or digest(inputs[name]) != digest(again[name]):
            raise Unfit("failed", differs(name))


def _require_readable(inputs: Mapping[str, Any]) -> None:
    """Raise Unfit for an input that is nested too deep, or holds itself."""
    for name, value in inputs.items():
        try:
            digest(value)
        except Unreadable as error:
            raise Unfit("failed", f"its input {name}{error}") from error


def _require_arrays(names: Sequence[str], inputs: Mapping[str, Any]) -> None:
    """Raise Unfit if one of the names in INOUT is no input, or no array."""
    arrays = [name for name, value in inputs.items() if is_plain(value)]
    for name in names:
        if name in inputs and name not in arrays:
            kind = article(type(inputs[name]).__name__)
            raise Unfit(
                "failed",
                f"its INOUT names {name!r}, which is {kind}, and only plain arrays are put back: have a function "
                "fresh(inputs) return what the next call is given, and the functions return what they have made of it",
            )
        if name not in inputs:
            raise Unfit("failed", f"its INOUT names {name!r}, which is none of its inputs: {', '.join(inputs)}")


def _doubt(first: Made, second: Made, *, spec: CaseSpec) -> str | None:
    """Return why a remembered answer cannot be told from a computed one; None where it can.

    In one file nothing of the implementations' own is done outside the calls.
    """
    if first.right.check.closeness == Closeness.ABSENT:
        return None  # whatever is returned: nobody looks
    if calls.here():
        return "what it is called with is the same each time: a remembered answer cannot be told from a computed one"
    if _takes_zeros(first.right) and _takes_zeros(second.right):
        return (
            "zeros are right within its tolerance(), for every seed: who computes nothing is right; let it be narrower"
        )
    one, other = first.right.expected, second.right.expected
    if _same(first.inputs, second.inputs):
        where = "setup=, in the place of args=," if spec.code else f"inputs() in {spec.module}.py"
        remedy = f"; let {where} depend on the seed"
        return (
            "its inputs are the same for every seed: a remembered answer cannot be told from a computed one"
            f"{'' if spec.origin else remedy}"
        )
    if one and other and _are_alike(one.leaves, other.leaves):
        where = "at this size, if not at others, " if spec.case.size.values else ""
        return (
            f"its right answers are the same for the two seeds that were tried, though its inputs differ: {where}a "
            "remembered answer cannot be told from a computed one"
        )
    return _doubt_of_kind(first, second, spec)


def _doubt_of_kind(first: Made, second: Made, spec: CaseSpec) -> str | None:
    """Return why that is by the kind of some inputs; None where it is not."""
    keeping = [name for name, value in first.inputs.items() if looked(value).may_keep]
    if keeping:
        return (
            f"its {', '.join(keeping)} cannot be looked into, and may keep for the next call what one has done: a "
            "remembered answer cannot be told from a computed one"
        )
    renewed = _renewed(first.inputs, second.inputs)
    if renewed and not spec.is_one_file:
        return (
            f"its {', '.join(renewed)} cannot be changed in place for another seed, so that prepare() runs again: what "
            "is computed there cannot be told from what is computed in the call; let the seed change the contents of "
            "arrays alone, no numbers and no shapes"
        )
    return None


def _renewed(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the names of the inputs that cannot be changed in the hands of who holds them."""
    return [name for name in {**one, **other} if not _alike(one.get(name), other.get(name))]


def _alike(one: Any, other: Any) -> bool:
    """Return whether one value can become the other in the hands of who holds it, or is the same."""
    if is_plain(one) and is_plain(other):
        return (one.shape, one.dtype) == (other.shape, other.dtype)
    return same_value(one, other)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(map(same_value, one.values(), other.values()))


def _are_alike(one: Mapping[str, Leaf], other: Mapping[str, Leaf]) -> bool:
    """Return whether two values, taken apart, are the same."""
    return one.keys() == other.keys() and all(
        same_value(leaf.array, other[path].array) if isinstance(leaf, Numbers) else leaf == other[path]  # type: ignore[union-attr]
        for path, leaf in one.items()
    )


def smallest_inputs(spec: CaseSpec) -> dict[str, Any]:
    """Return inputs of the case with 1 in the place of the largest number of its size (`Size.smallest`)."""
    case, problem = spec.case, problem_functions(spec)
    return dict(problem.inputs(case.size.smallest.values, case.dtype, case.data, 1))
