"""What is right for a content of the inputs: by the problem's reference, or by the baseline where it has none."""

import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from ..store.checks import Against, Check, Closeness
from .baseline import copied, detached, elsewhere
from .given_tolerance import given_tolerance
from .loading import ProblemFunctions
from .measured_tolerance import SLOWED, Algorithm, Measured, Stopwatch, measured_tolerance
from .outcome import Unfit, judged
from .outputs import RESULT, Outputs, leaves_of
from .protocol import CaseSpec
from .values import changing
from .values.comparison import Expected
from .values.leaves import Exact, Holder, Leaf, Numbers, Unreadable
from .values.usual import usual_paths

Values = Mapping[str, Any]

#: The baseline gets so long in extended precision, and is not tried there if it takes so long in its own.
LONGEST_EXTENDED_S, LONGEST_TO_TRY_S = 5.0, 2.0

#: Libraries whose threads do not live on in a fork; they know no long doubles either.
_UNFORKABLE = frozenset({"jax", "torch"})

#: Inputs of more bytes are not made twice as large for it.
LARGEST_EXTENDED_BYTES = 2**28

#: A result in extended precision is another computation if it differs by more than this part of the largest number.
LOOSELY = 0.1


class Right(Struct, frozen=True, kw_only=True):
    """What the outputs for one content are held against, and how."""

    expected: Expected | None
    """None where the problem's own functions judge alone."""
    check: Check
    measured: Measured | None = None
    """What the tolerance was made of, where it was measured."""


class Expecting:
    """Finds what is right for one content after the other."""

    def __init__(self, spec: CaseSpec, problem: ProblemFunctions, baseline: Callable[[Values], Outputs]) -> None:
        """Take the problem's functions, and the baseline as a function of the inputs (`Baseline`)."""
        self._spec = spec
        self._problem = problem
        self._baseline = baseline
        self._known: Measured | None = None
        self._extends = True
        """Whether the baseline has not yet failed to compute in extended precision."""

    def of(self, inputs: Values, seed: int) -> Right:
        """Return what is right for these inputs; Unfit where the problem's functions do not tell.

        Parameters
        ----------
        inputs
            Of one content; they stay as they are.
        seed
            Of what is drawn for a measured tolerance.
        """
        problem = self._problem
        judges = bool(problem.accept) and problem.reference is None
        if judges or problem.same:
            own = Against.NOTHING if judges else Against.REFERENCE if problem.reference else Against.BASELINE
            check = Check(against=own, closeness=Closeness.JUDGED, dtype="", accepted=bool(problem.accept))
            return Right(expected=None, check=check)
        return self._by_reference(inputs, seed) if problem.reference else self._by_baseline(inputs, seed)

    def result(self, inputs: Values) -> Outputs:
        """Return what is right as it was returned, name -> value: for a problem's own comparison."""
        return self._referred(inputs) if self._problem.reference else self._by_itself(inputs)

    def _by_itself(self, inputs: Values) -> Outputs:
        """Return the baseline's own result; Unfit where it fails."""
        with judged("its baseline, which stands in for a reference: "):
            return self._baseline(inputs)

    def _by_reference(self, inputs: Values, seed: int) -> Right:
        took = Stopwatch()
        leaves = self._leaves(self._referred(inputs))
        took_s = took.seconds
        dtypes = {path: self._dtype(leaf) for path, leaf in leaves.items() if isinstance(leaf, Numbers)}
        evaluate = self._of_leaves(self._referred)
        algorithm = Algorithm(evaluate=evaluate, narrow=None, native=None, took_s=took_s)
        check = Check(dtype=_precision(leaves), accepted=bool(self._problem.accept))
        return self._bounded(inputs, (leaves, dtypes), algorithm, seed, check)

    def _by_baseline(self, inputs: Values, seed: int) -> Right:
        took = Stopwatch()
        leaves = self._leaves(self._by_itself(inputs))
        took_s = took.seconds
        dtypes = {path: self._dtype(leaf) for path, leaf in leaves.items() if isinstance(leaf, Numbers)}
        small = sum(map(changing.bytes_of_numbers, inputs.values())) <= LARGEST_EXTENDED_BYTES
        tries = self._extends and _rounded(leaves) and small and took_s < LONGEST_TO_TRY_S
        wide = self._extended(inputs, leaves) if tries and not _UNFORKABLE & sys.modules.keys() else None
        self._extends = wide is not None
        evaluate = self._of_leaves(self._baseline)
        algorithm = Algorithm(evaluate=evaluate, narrow=leaves if wide else None, native=leaves, took_s=took_s)
        check = Check(against=Against.EXTENDED if wide else Against.BASELINE, dtype=_precision(wide or leaves))
        return self._bounded(inputs, (wide or leaves, dtypes), algorithm, seed, check)

    def _of_leaves(self, function: Callable[[Values], Outputs]) -> Callable[[Values], Mapping[str, Leaf]]:
        """Return a function of the inputs that takes its outputs apart."""
        return lambda inputs: leaves_of(function(inputs), judged=False)

    def _bounded(
        self,
        inputs: Values,
        right: tuple[Mapping[str, Leaf], Mapping[str, str]],
        algorithm: Algorithm,
        seed: int,
        check: Check,
    ) -> Right:
        """Return what is right with its tolerance: the problem's own, or one that is measured."""
        leaves, dtypes = right
        measured = None
        if not _returned(leaves):
            tolerance, closeness = {}, Closeness.ABSENT
        elif self._problem.tolerance:
            tolerance = self._given(inputs, leaves)
            is_equal = not _rounded(leaves) and not any(one.any() for one in tolerance.values())
            closeness = Closeness.EQUAL if is_equal else Closeness.ANALYSED
        elif _rounded(leaves):
            measured = measured_tolerance(algorithm, inputs, leaves, dtypes, seed=seed, known=self._known)
            self._known = self._known or measured
            tolerance, closeness = measured.tolerance, Closeness.MEASURED
        else:
            tolerance, closeness = {}, Closeness.EQUAL
        expected = Expected(leaves=leaves, tolerance=tolerance, dtypes=dtypes, strict=bool(self._spec.outputs))
        return Right(expected=expected, check=replace(check, closeness=closeness), measured=measured)

    def _given(self, inputs: Values, leaves: Mapping[str, Leaf]) -> dict[str, np.ndarray]:
        """Return the problem's own tolerance; Unfit where it lacks an output, or is none.

        A single result has the name that reasons give it, where it has no part of that name itself.
        """
        if self._problem.tolerance is None:
            raise ValueError("the problem has no tolerance")
        with judged("its tolerance() "):
            given = self._named(self._problem.tolerance(inputs, _unit(self._spec.case.dtype)), "tolerance")
        absent = [name for name in self._spec.outputs if name in leaves and name not in given]
        if absent:
            raise Unfit("failed", f"its tolerance() gives no {', '.join(absent)}")
        whole, inner = leaves.get(RESULT), given.get(RESULT)
        has_part = isinstance(whole, Holder) and f"[{RESULT!r}]" in whole.paths
        if not self._spec.outputs and type(inner) is dict and list(inner) == [RESULT] and not has_part:
            given = inner
        return given_tolerance(self._leaves(given, "its tolerance()"), leaves)

    def _extended(self, inputs: Values, leaves: Mapping[str, Leaf]) -> dict[str, Leaf] | None:
        """Return what the baseline gives for long doubles, where it computes with them all the way."""
        folder = self._spec.inputs / "extended"
        wide_inputs = {name: changing.changed(value, changing.widened) for name, value in inputs.items()}
        wide = elsewhere(lambda: self._baseline(wide_inputs), folder, LONGEST_EXTENDED_S, SLOWED * LONGEST_EXTENDED_S)
        found = None if wide is None or not _is_wider(wide, leaves) else detached(wide)
        shutil.rmtree(folder, ignore_errors=True)
        return found

    def _referred(self, inputs: Values) -> Outputs:
        if self._problem.reference is None:
            raise ValueError("the problem has no reference")
        with judged("its reference() "):
            given = self._problem.reference({name: copied(value) for name, value in inputs.items()})
            found = self._named(given, "reference")
        if not self._spec.outputs and type(given) is dict and not given:  # of no outputs, or the empty dict is right
            own = self._by_itself(inputs)
            return own if own[RESULT] is None else found
        return found

    def _named(self, given: Any, function: str) -> Outputs:
        """Return what a function of the problem gives as name -> value, as outputs are named."""
        names = self._spec.outputs
        if not names:
            return {RESULT: given}
        if isinstance(given, Mapping):
            needed = () if self._problem.accept or function == "tolerance" else names
            absent = [name for name in needed if name not in given]
            if absent:
                raise Unfit("failed", f"its {function}() gives no {', '.join(absent)}")
            return {name: given[name] for name in names if name in given}
        if len(names) == 1:
            return {names[0]: given}
        raise Unfit("failed", f"its {function}() gives a {type(given).__name__}, expected a dict of {', '.join(names)}")

    def _leaves(self, outputs: Mapping[str, Any], what: str = "what is right") -> dict[str, Leaf]:
        try:
            return detached(leaves_of(outputs, judged=False))
        except Unreadable as error:
            raise Unfit("failed", f"{what} cannot be told: {error}") from error

    def _dtype(self, leaf: Numbers) -> str:
        """Return in what an output must be kept: in the case's dtype, or a narrower one of what is right."""
        case = np.dtype(self._spec.case.dtype)
        if leaf.array.dtype.kind == "c":
            case = np.result_type(case, np.complex64)
        if self._spec.outputs or leaf.array.dtype.kind not in "fc":
            return str(case)
        return str(min(case, leaf.array.dtype, key=lambda dtype: np.finfo(dtype).bits))


def _unit(dtype: str) -> float:
    return float(np.finfo(dtype).eps) / 2


def _rounded(leaves: Mapping[str, Leaf]) -> bool:
    """Return whether there is a floating-point number among leaves."""
    return any(isinstance(leaf, Numbers) and leaf.array.dtype.kind in "fc" for leaf in leaves.values())


def _returned(leaves: Mapping[str, Leaf]) -> bool:
    """Return whether there is anything to compare: more than that nothing was returned."""
    return any(leaf != Exact(kind="NoneType", text="None") for leaf in leaves.values())


def _precision(leaves: Mapping[str, Leaf]) -> str:
    """Return the narrowest real dtype of the floating-point numbers among leaves; empty where there are none."""
    found = [
        np.finfo(leaf.array.dtype)
        for leaf in leaves.values()
        if isinstance(leaf, Numbers) and leaf.array.dtype.kind in "fc"
    ]
    if not found:
        return ""
    narrowest = min(found, key=lambda one: one.bits).dtype
    return "longdouble" if narrowest.char == "g" else str(narrowest)


def _is_wider(wide: Mapping[str, Leaf], leaves: Mapping[str, Leaf]) -> bool:
    """Return whether a result is the same computation in long doubles: all of it, finite, and not far off."""
    beside = usual_paths(leaves)
    own = [path for path in leaves if path not in beside]
    return wide.keys() == leaves.keys() and all(_widens(wide[path], leaves[path]) for path in own)


def _widens(one: Leaf, leaf: Leaf) -> bool:
    if not isinstance(leaf, Numbers) or not isinstance(one, Numbers):
        return one == leaf
    wide, narrow = one.array, leaf.array
    if narrow.dtype.kind not in "fc":
        return np.array_equal(wide, narrow)
    there = np.isfinite(narrow)
    if wide.dtype.char not in "gG" or wide.shape != narrow.shape or not np.array_equal(there, np.isfinite(wide)):
        return False
    off = np.abs(wide[there] - narrow[there]).max(initial=0)
    return bool(off <= LOOSELY * np.abs(narrow[there]).max(initial=0))
