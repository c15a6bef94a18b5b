"""A problem's functions and an implementation's module, as a worker imports them: what one lacks has its reason."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from ..problems import implementation, pickled, sources
from ..problems.case import Case
from . import calling, problem_hooks
from .outcome import Unfit, judged, where
from .protocol import CaseSpec, Start

Values = Mapping[str, Any]


class ProblemFunctions(Struct, frozen=True, kw_only=True):
    """What a worker calls of a problem; None is what the problem does not give."""

    inputs: Callable[[Mapping[str, int], str, str, int], Values]
    """(size, dtype, data, seed) -> name -> value."""
    reference: Callable[[Values], Values] | None = None
    """inputs -> output -> the right answer."""
    tolerance: Callable[[Values, float], Values] | None = None
    """(inputs, unit roundoff) -> output -> componentwise absolute tolerance."""
    accept: Callable[[Values, Values], object] | None = None
    """(inputs, outputs) -> None, or why not; where the problem names no outputs it is given the result itself."""
    same: Callable[[Any, Any], object] | None = None
    """(right outputs, outputs) -> None, or why not: in place of the comparison."""
    quality: Callable[[Values, Values], object] | None = None
    """(inputs, outputs) -> a number that says how good a right result is; it is shown, and judges nothing."""
    fresh: Callable[[Values], tuple[Any, ...]] | None = None
    """inputs -> the arguments of the next call, where a call uses up what it is given."""
    work: Callable[[Mapping[str, int], str], Mapping[str, float]] | None = None
    """(size, dtype) -> {"flops": ..., "bytes": ...} of one evaluation."""


def problem_functions(spec: CaseSpec) -> ProblemFunctions:
    """Return the functions of a case's problem.

    Whatever its module raises passes through; Unfit if it makes no inputs.
    """
    module = module_of(spec)
    if not callable(getattr(module, "inputs", None)):
        raise Unfit("failed", "it has no function inputs(size, dtype, data, seed)")
    found: dict[str, Any] = {one.name: getattr(module, one.name, None) for one in fields(ProblemFunctions)}
    if not spec.code and spec.origin is None:
        _require_hooks(found, module, spec)
    found["inputs"] = calling.inputs_of(found["inputs"], spec)
    if found["work"]:
        found["work"] = calling.work_of(found["work"])
    if found["reference"]:
        found["reference"] = calling.reference_of(found["reference"], spec)
    if found["fresh"]:
        found["fresh"] = calling.fresh_of(found["fresh"], spec)
    return ProblemFunctions(**found)


def _require_hooks(found: Mapping[str, Any], module: ModuleType, spec: CaseSpec) -> None:
    """Raise Unfit for what has the name of a problem's function and cannot be called as that is."""
    for name, hook in found.items():
        if hook is not None and name != "inputs":
            named = name == "work" and callable(hook) and calling.takes_names(hook, spec.case.size.values)
            problem_hooks.require(name, hook, None if named else problem_hooks.CALLED.get(name), module.__name__)


class Loaded(Struct, frozen=True, kw_only=True):
    """An implementation as it is called."""

    prepare: Callable[[Values], Any]
    """From the inputs to the step that is timed."""


def loaded(order: Start, *, renews: bool | None = None) -> Loaded:
    """Return the implementation in an order, if it can do the case here.

    Parameters
    ----------
    order
        Which one.
    renews
        Whether each call is given arguments of its own; None: if the module of the problem has a function for that.

    Raises
    ------
    Unfit
        If it cannot be imported, has no ``prepare``, or says that it is unavailable or does not support the case.
    """
    spec = order.spec
    if spec.is_one_file:
        with judged():
            module = _imported(*order.apart) if order.apart else module_of(spec)
            renews = hasattr(module, "fresh") if renews is None else renews
            return Loaded(prepare=calling.prepare_of(_function(module, order.implementation), spec, renews=renews))
    with judged():
        module = _imported(*(order.apart or (spec.folder, order.implementation)))
        if not callable(getattr(module, "prepare", None)):
            raise Unfit("failed", "has no function prepare(inputs) once it is imported")
        absent = module.unavailable() if hasattr(module, "unavailable") else None
        if absent:
            raise Unfit("unavailable", str(absent))
        reason = module.unsupported(_told(spec.case)) if hasattr(module, "unsupported") else None
        if reason:
            raise Unfit("unsupported", str(reason))
    return Loaded(prepare=module.prepare)


def _function(module: ModuleType, name: str) -> Callable[..., Any]:
    """Return the function of that name in the file that is the problem; Unfit where there is none."""
    found, file = getattr(module, name, None), f"{module.__name__.rpartition('.')[2]}.py"
    if found is None:
        raise Unfit("unavailable", f"{file} does not define {name} here")
    if not callable(found):
        raise Unfit("failed", f"{name} in {file} is of type {type(found).__name__}, no function")
    function: Callable[..., Any] = found
    return function


def module_of(spec: CaseSpec) -> ModuleType:
    """Return the module of a problem, or what stands for it: functions that came with the order, or of a collection."""
    if spec.origin is not None:
        return sources.loaded(spec.origin)
    return pickled.loaded(spec.code) if spec.code else _imported(spec.folder, spec.module)


def _told(case: Case) -> SimpleNamespace:
    """Return a case as ``unsupported(case)`` gets it: its size is a dict of numbers."""
    names = ("problem", "implementation", "dtype", "layout", "threads", "data")
    return SimpleNamespace(size=case.size.values, **{name: getattr(case, name) for name in names})


def _imported(folder: Path, name: str) -> ModuleType:
    """Import the module; an end of the interpreter has a reason of its own, for it is what scripts do."""
    try:
        return implementation.load(folder, name)
    except SystemExit as error:
        raise Unfit(
            "failed",
            f"ended the interpreter when it was imported (SystemExit: {error.code}){where(error)}; what reads "
            'arguments belongs below if __name__ == "__main__"',
        ) from error
