"""What each rule says of an implementation: the measured tolerance as workers apply it, and two rules of thumb."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from computation import Computation, Inputs, cast

from bench.problems.case import Case, Size
from bench.worker import expecting, tolerance
from bench.worker.expecting import Expecting, Right
from bench.worker.loading import ProblemFunctions
from bench.worker.outputs import leaves_of
from bench.worker.protocol import CaseSpec
from bench.worker.values.comparison import Difference, Expected, compared
from bench.worker.values.leaves import Leaf

#: Rule -> its name in tables.
RULES = {
    "measured": "measured tolerance",
    "own": "the same, by the baseline's own result",
    "allclose": "`numpy.allclose`",
    "norm": "norm within 1e-5",
}


#: Tolerances are so many times as large, that every error is within them.
_OUT_OF_REACH = 2.0**60


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One implementation on one content."""

    computation: str
    kind: str
    dtype: str
    name: str
    is_fault: bool
    accepted: Mapping[str, bool]
    """Rule -> whether it accepts the result."""
    over: Mapping[str, float]
    """Rule -> error over the tolerance with a constant of 1; infinite where something else than numbers differs."""
    against: str


def trials(one: Computation, contents: int, seed: int) -> Iterator[Trial]:
    """Yield what became of each implementation of a computation, on each content, in each dtype."""
    for dtype in one.dtypes:
        with tempfile.TemporaryDirectory() as folder:
            judges = {rule: _expecting(one, dtype, Path(folder)) for rule in ("measured", "own")}
            for place in range(contents):
                inputs = cast(one.inputs(np.random.RandomState(seed + place)), dtype)
                right = {rule: _right(judge, inputs, seed + place, rule) for rule, judge in judges.items()}
                yield from _of_content(one, dtype, inputs, right)


def _expecting(one: Computation, dtype: str, folder: Path) -> Expecting:
    size = Size(name="S", values={"n": 1})
    case = Case(
        problem="", implementation="", size=size, dtype=dtype, layout="C", threads=1, allocator="default", data=""
    )
    spec = CaseSpec(case=case, folder=folder, importable=folder, inputs=folder, outputs=())
    problem = ProblemFunctions(inputs=lambda *_: {})
    return Expecting(spec, problem, lambda inputs: {"result": one.baseline(*inputs.values())})


def _right(judge: Expecting, inputs: Inputs, seed: int, rule: str) -> Right:
    """Return what is right; by the rule ``own`` as if nothing could be computed in extended precision."""
    before = expecting.LARGEST_EXTENDED_BYTES
    expecting.LARGEST_EXTENDED_BYTES = before if rule == "measured" else -1
    try:
        return judge.of(inputs, seed)
    finally:
        expecting.LARGEST_EXTENDED_BYTES = before


def _of_content(one: Computation, dtype: str, inputs: Inputs, right: Mapping[str, Right]) -> Iterator[Trial]:
    baseline = one.baseline(*inputs.values())
    faults = {name: made for name, made in one.faults.items() if dtype == "float64" or name not in one.float64_only}
    implementations = [(name, made, False) for name, made in [("baseline", one.baseline), *one.honest.items()]]
    implementations += [(name, made, True) for name, made in faults.items()]
    for name, function, is_fault in implementations:
        own = {key: value.copy() if isinstance(value, np.ndarray) else value for key, value in inputs.items()}
        result = function(*own.values())
        leaves = leaves_of({"result": result}, judged=False)
        over = {rule: _over(leaves, made.expected) for rule, made in right.items() if made.expected}
        yield Trial(
            computation=one.name,
            kind=one.kind,
            dtype=dtype,
            name=name,
            is_fault=is_fault,
            accepted={
                **{rule: value <= tolerance.CONSTANT for rule, value in over.items()},
                "allclose": _all(np.allclose, result, baseline),
                "norm": _all(_near_in_norm, result, baseline),
            },
            over=over,
            against=right["measured"].check.against.value,
        )


def _over(found: Mapping[str, Leaf], expected: Expected) -> float:
    """Return the largest error over the tolerance with a constant of 1."""
    scaled = Expected(
        leaves=expected.leaves,
        tolerance={path: array * _OUT_OF_REACH for path, array in expected.tolerance.items()},
        dtypes=expected.dtypes,
    )
    worst = 0.0
    for one in compared(found, scaled):
        if isinstance(one, Difference):
            return float("inf")
        worst = max(worst, one.over_tolerance * _OUT_OF_REACH)
    return worst * tolerance.CONSTANT


def _all(near: Callable[[Any, Any], bool], result: Any, baseline: Any) -> bool:
    pairs = zip(result, baseline, strict=True) if isinstance(baseline, tuple) else [(result, baseline)]
    return all(near(one, other) for one, other in pairs)


def _near_in_norm(one: Any, other: Any) -> bool:
    return bool(np.linalg.norm(np.ravel(one - other)) <= 1e-5 * np.linalg.norm(np.ravel(other)))
