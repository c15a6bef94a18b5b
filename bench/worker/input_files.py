"""What a worker makes for the others: inputs, and what is right for them, in files."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..problems.sources import calls
from ..store.checks import Closeness
from .baseline import Baseline
from .expecting import Expecting, Right
from .inputs import same_value
from .loading import ProblemFunctions, problem_functions
from .originals import Making, made, save_making
from .outcome import Unfit, judged
from .protocol import CaseSpec, InputsWritten, WriteInputs
from .value_files import differs, save_values
from .values.digest import digest
from .values.leaves import Leaf, Numbers
from .values.stored import save_expected


def write_inputs(order: WriteInputs) -> InputsWritten:
    """Make inputs and what is right of two contents, A and B, and write them to a folder for the workers.

    B is of the problem's last kind of data, where the first may have more than chance in common (as x = a1 in patches).
    """
    from ..machine import environment

    spec, contents = order.spec, []
    making = {"a": (spec.case.data, order.seed), "b": (order.other_data, order.seed + 1)}
    with judged():
        problem = problem_functions(spec)
        baseline, call = Baseline(spec, problem, order.baseline), calls.here()
        expecting = Expecting(spec, problem, baseline.of_operands(call) if call else baseline)
        for content, (data, seed) in making.items():
            inputs = made(spec, data, seed)
            _require_arrays(spec.inout, inputs)
            unsaved = save_values(spec.inputs / content / "inputs", inputs)
            if unsaved:
                _require_repeatable(inputs, made(spec, data, seed), unsaved)
            contents.append((inputs, expecting.of(call.operands if call else inputs, seed)))
        work = _work(spec, problem)
    for content, (_, right) in zip(making, contents, strict=True):
        if right.expected:
            save_expected(spec.inputs / content / "expected", right.expected)
    _save_making(order, problem, making, contents[0][1])
    return InputsWritten(
        matrices=tuple(name for name, value in contents[0][0].items() if _is_matrix(value)),
        work={key: float(value) for key, value in work.items()},
        numeric_stack=environment.numeric_stack(),
        check=contents[0][1].check,
        doubt=_doubt(*contents, spec=spec),
    )


def _work(spec: CaseSpec, problem: ProblemFunctions) -> Mapping[str, float]:
    """Return flops and bytes of one call; nothing of a problem that does not say."""
    work = problem.work(spec.case.size.values, spec.case.dtype) if problem.work else {}
    absent = [name for name in ("flops", "bytes") if name not in work]
    if absent and problem.work:
        raise Unfit("failed", f"its work() gives no {', '.join(absent)}")
    return work


def _save_making(
    order: WriteInputs, problem: ProblemFunctions, making: Mapping[str, tuple[str, int]], right: Right
) -> None:
    save_making(
        order.spec,
        Making(
            data={content: data for content, (data, _) in making.items()},
            seeds={content: seed for content, (_, seed) in making.items()},
            baseline=order.baseline,
            accepts=problem.accept is not None,
            compares=problem.same is not None,
            renews=problem.fresh is not None,
            expects=right.expected is not None,
        ),
    )


def _is_matrix(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 2


def _require_repeatable(inputs: Mapping[str, Any], again: Mapping[str, Any], names: frozenset[str]) -> None:
    """Raise Unfit if a value that each worker makes by itself is another when it is made again."""
    for name in names:
        if name not in again or digest(inputs[name]) != digest(again[name]):
            raise Unfit("failed", differs(name))


def _require_arrays(names: Sequence[str], inputs: Mapping[str, Any]) -> None:
    """Raise Unfit if one of the names in INOUT is no input array."""
    arrays = [name for name, value in inputs.items() if isinstance(value, np.ndarray)]
    for name in names:
        if name not in arrays:
            raise Unfit("failed", f"its INOUT names {name!r}, which is none of its input arrays: {', '.join(arrays)}")


def _doubt(
    first: tuple[Mapping[str, Any], Right], second: tuple[Mapping[str, Any], Right], *, spec: CaseSpec
) -> str | None:
    """Return why a remembered answer cannot be told from a computed one; None where it can.

    In one file nothing of the implementations' own is done outside the calls.
    """
    if calls.here() and first[1].check.closeness == Closeness.ABSENT:
        return None  # whatever is returned, nobody looks at it
    if calls.here():
        return "what it is called with is the same each time: a remembered answer cannot be told from a computed one"
    always = None
    if _same(first[0], second[0]):
        always = "inputs"
    elif first[1].expected and second[1].expected and _are_alike(first[1].expected.leaves, second[1].expected.leaves):
        always = "right answers"
    if always:
        return (
            f"its {always} are the same for every seed: a remembered answer cannot be told from a computed one; "
            f"let {'setup=' if spec.code else f'inputs() in {spec.module}.py'} depend on the seed"
        )
    renewed = [name for name in {**first[0], **second[0]} if not _alike(first[0].get(name), second[0].get(name))]
    if renewed and not spec.is_one_file:
        return (
            f"its {', '.join(renewed)} cannot be changed in place for another seed, so that prepare() runs again: what "
            "is computed there cannot be told from what is computed in the call; let the seed change the contents of "
            "arrays alone, no numbers and no shapes"
        )
    return None


def _alike(one: Any, other: Any) -> bool:
    """Return whether one value can become the other in the hands of who holds it, or is the same."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
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
