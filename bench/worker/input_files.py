"""What a worker makes for the others: inputs, references and tolerances, in files."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .inputs import same_value
from .loading import ProblemFunctions, problem_functions
from .outcome import Unfit, judged
from .protocol import CaseSpec, InputsWritten, WriteInputs
from .value_files import save_values


def write_inputs(order: WriteInputs) -> InputsWritten:
    """Make inputs, references and tolerances of two contents, A and B, and write them to a folder for the workers.

    B is of the problem's last kind of data, where the first may have more than chance in common (as x = a1 in patches).
    """
    from ..machine import environment

    spec, case, made = order.spec, order.spec.case, []
    with judged():
        problem = problem_functions(spec)
        _require_functions(problem)
        unit_roundoff = float(np.finfo(case.dtype).eps) / 2
        for content, data, seed in (("a", case.data, order.seed), ("b", order.other_data, order.seed + 1)):
            inputs = problem.inputs(case.size.values, case.dtype, data, seed)
            save_values(spec.inputs / content / "inputs", inputs)
            right = _right(problem, inputs, unit_roundoff, spec.outputs)
            for name, values in right.items():
                save_values(spec.inputs / content / name, values)
            made.append((inputs, right["reference"]))
        _require_arrays(spec.inout, inputs)
        if problem.accept:
            (spec.inputs / "accept").touch()
        work = problem.work(case.size.values, case.dtype) if problem.work else {}
    return InputsWritten(
        matrices=tuple(name for name, value in inputs.items() if np.ndim(value) == 2),
        work={key: float(value) for key, value in work.items()},
        numeric_stack=environment.numeric_stack(),
        doubt=_doubt(*made),
    )


def _require_functions(problem: ProblemFunctions) -> None:
    """Raise Unfit for a problem without a function that it needs."""
    absent = {
        "reference(inputs), nor accept(inputs, outputs) in its place": not (problem.reference or problem.accept),
        "tolerance(inputs, unit_roundoff)": problem.reference and not problem.tolerance,
        "work(size, dtype)": not problem.work,
    }
    for function, is_absent in absent.items():
        if is_absent:
            raise Unfit("failed", f"it has no function {function}")


def _right(
    problem: ProblemFunctions, inputs: Mapping[str, Any], unit_roundoff: float, outputs: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Return what the outputs are held against; nothing where the problem's own test judges them alone."""
    if problem.reference is None or problem.tolerance is None:
        return {"reference": {}, "tolerance": {}}
    found = {"reference": problem.reference(inputs), "tolerance": problem.tolerance(inputs, unit_roundoff)}
    for function, values in found.items():
        needed = found["reference"] if problem.accept else outputs
        absent = [name for name in needed if name not in values]
        if absent:
            raise Unfit("failed", f"its {function}() gives no {', '.join(absent)}")
    return found


def _require_arrays(names: Sequence[str], inputs: Mapping[str, Any]) -> None:
    """Raise Unfit if one of the names in INOUT is no input array."""
    arrays = [name for name, value in inputs.items() if isinstance(value, np.ndarray)]
    for name in names:
        if name not in arrays:
            raise Unfit("failed", f"its INOUT names {name!r}, which is none of its input arrays: {', '.join(arrays)}")


def _doubt(first: tuple[Any, Any], second: tuple[Any, Any]) -> str | None:
    """Return why a remembered answer cannot be told from a computed one; None where it can."""
    for one, other, what in zip(first, second, ("inputs", "right answers"), strict=True):
        if (one or what == "inputs") and _same(one, other):
            return (
                f"its {what} are the same for every seed: a remembered answer cannot be told from a computed one; "
                "let inputs() in problem.py depend on the seed"
            )
    renewed = [name for name in {**first[0], **second[0]} if not _alike(first[0].get(name), second[0].get(name))]
    if renewed:
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


def smallest_inputs(spec: CaseSpec) -> dict[str, Any]:
    """Return inputs of the case with 1 in the place of the largest number of its size (`Size.smallest`)."""
    case, problem = spec.case, problem_functions(spec)
    return dict(problem.inputs(case.size.smallest.values, case.dtype, case.data, 1))
