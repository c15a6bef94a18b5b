"""How a problem's functions are called: by the names of their parameters, or with what its `inputs` returns.

In a folder `inputs` returns name -> value, of which `prepare` makes a step. In one file it returns what each function
there is called with: a tuple, a dict of keywords, or one single value.
"""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from ..problems.contract import OFFERED
from ..problems.implementation import package_of
from ..text import article
from . import problem_hooks
from .outcome import Unfit
from .protocol import CaseSpec

Values = Mapping[str, Any]

#: So many arguments are named at most.
_MOST_NAMED = 6

#: A file among the inputs: they are given as keywords.
KEYWORDS = "keywords"

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def inputs_of(function: Callable[..., Any], spec: CaseSpec) -> Callable[[Mapping[str, int], str, str, int], Values]:
    """Return (size, dtype, data, seed) -> name -> value, made by a problem's `inputs`."""

    def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> Values:
        if takes_names(function, size):
            made = by_names(function, {**size, "dtype": dtype, "data": data, "seed": seed})
        else:
            made = function(size, dtype, data, seed)
        return _named(made, spec)

    return inputs


def work_of(function: Callable[..., Any]) -> Callable[[Mapping[str, int], str], Mapping[str, float]]:
    """Return (size, dtype) -> the work of one evaluation, as a problem's `work` tells it."""

    def work(size: Mapping[str, int], dtype: str) -> Mapping[str, float]:
        found: Mapping[str, float] = (
            by_names(function, {**size, "dtype": dtype}) if takes_names(function, size) else function(size, dtype)
        )
        return found

    return work


def reference_of(function: Callable[..., Any], spec: CaseSpec, name: str = "reference") -> Callable[[Values], Any]:
    """Return inputs -> the right answer: `reference` gets them all as `inputs`, or as implementations do."""
    if not spec.is_one_file or list(_parameters(function) or ()) == ["inputs"]:
        return function

    def reference(inputs: Values) -> Any:
        step = _step(function, inputs, spec)
        if not spec.code and spec.origin is None and not step.keywords:
            problem_hooks.require(name, function, inputs, f"{package_of(spec.folder)}.{spec.module}")
        return step()

    return reference


def fresh_of(function: Callable[..., Any], spec: CaseSpec) -> Callable[[Values], tuple[Any, ...]]:
    """Return inputs -> the arguments of the next call; `fresh` gets them as `reference` does.

    In one file it returns what `inputs` may return, and these are in the order of the inputs; a collection, which gives
    no inputs, returns a tuple.
    """
    renewed = reference_of(function, spec, "fresh")

    def fresh(inputs: Values) -> tuple[Any, ...]:
        found = renewed(inputs)
        if spec.origin:
            return found if type(found) is tuple else (found,)
        return _in_order(found, inputs) if spec.is_one_file else (found,)

    return fresh


def _in_order(found: Any, inputs: Values) -> tuple[Any, ...]:
    """Return what `fresh` has returned in the order of the inputs; Unfit where that are not as many."""
    is_one = len(inputs) == 1 and all(isinstance(value, dict) for value in inputs.values())
    if type(found) is dict and found.keys() == inputs.keys() and not is_one:
        return tuple(found[name] for name in inputs)
    values = found if type(found) is tuple else (found,)
    if len(values) != len(inputs):
        kind = f"a tuple of {len(values)}" if type(found) is tuple else article(type(found).__name__)
        raise Unfit(
            "failed",
            f"its fresh() returned {kind}, and the functions are called with {_given(inputs)}: return a tuple of them "
            "all, or a dict with these names",
        )
    return values


def prepare_of(
    function: Callable[..., Any], spec: CaseSpec, *, renews: bool = False
) -> Callable[[Values], Callable[..., Any]]:
    """Return what makes a step of inputs: the function with them as its arguments, and nothing in between.

    Where the problem `renews` the arguments, each call is given its own.
    """

    def prepare(inputs: Values) -> Callable[..., Any]:
        step = _step(function, inputs, spec)
        _require_fit(step, inputs, spec)
        return _called_in_order(function, inputs, spec) if renews else step

    return prepare


def _step(function: Callable[..., Any], inputs: Values, spec: CaseSpec) -> "partial[Any]":
    if (spec.inputs / KEYWORDS).exists():
        return partial(function, **inputs)
    return partial(function, *inputs.values())


def _called_in_order(function: Callable[..., Any], inputs: Values, spec: CaseSpec) -> Callable[..., Any]:
    """Return a function of the values of the inputs in their order: itself where it takes them in that."""
    parameters = _parameters(function) or {}
    places = [name for name, one in parameters.items() if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    names = list(inputs)
    if not (spec.inputs / KEYWORDS).exists() or places[: len(names)] == names:
        return function
    return lambda *values: function(**dict(zip(names, values, strict=True)))


def _require_fit(step: "partial[Any]", inputs: Values, spec: CaseSpec) -> None:
    """Raise Unfit for a function that does not take the inputs; one that does not tell is called and may fail."""
    function = step.func
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*step.args, **step.keywords)
    except TypeError as error:
        name = getattr(function, "__name__", "it")
        keys = "; if a dict is the argument itself, return (the_dict,)" if step.keywords else ""
        takes = f"{name}({', '.join(signature.parameters)})"
        other = f"; if it is no implementation, call it _{name} in {spec.module}.py{keys}" if not spec.code else ""
        raise Unfit(
            "failed",
            f"{takes} does not take what {spec.maker} gives, {_given(inputs)}: {error}{other}",
        ) from error


def _given(inputs: Values) -> str:
    """Return the names of inputs as they are told, as in ``(x, y, ...)``."""
    return f"({', '.join([*list(inputs)[:_MOST_NAMED], *['...'] * (len(inputs) > _MOST_NAMED)])})"


def by_names(function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
    """Call a function with those values for which it has parameters."""
    return function(**{name: values[name] for name in _parameters(function) or () if name in values})


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter] | None:
    """Return a function's parameters by name, None where it does not tell."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None


def takes_names(function: Callable[..., Any], sizes: Collection[str]) -> bool:
    """Return whether a function takes sizes, dtype, data and seed by their names, and not all of them by place."""
    parameters = _parameters(function)
    if parameters is None:
        return False
    kinds = {one.kind for one in parameters.values()}
    if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY}:
        return False
    needed = {name for name, one in parameters.items() if one.kind in _NAMED and one.default is one.empty}
    return "size" not in needed and needed <= {*sizes, *OFFERED}


def _named(made: Any, spec: CaseSpec) -> Values:
    """Return what `inputs` has returned as name -> value; that these are keywords is noted for the other workers."""
    if not spec.is_one_file:
        if not isinstance(made, Mapping):
            raise Unfit("failed", f"its inputs() returned a {type(made).__name__}, expected a dict of names and values")
        return made
    if made is None:
        raise Unfit("failed", f"its {spec.maker} returned nothing; return what the functions are called with")
    if isinstance(made, dict):
        if not all(isinstance(name, str) for name in made):
            raise Unfit(
                "failed",
                f"its {spec.maker} returned a dict that has other keys than names of arguments; if the dict is itself "
                "the argument, return (the_dict,)",
            )
        if not (spec.inputs / KEYWORDS).exists():
            spec.inputs.mkdir(parents=True, exist_ok=True)
            (spec.inputs / KEYWORDS).touch()
        return made
    values = made if type(made) is tuple else (made,)
    return dict(zip(_names(spec.arguments, len(values)), values, strict=True))


def _names(arguments: Sequence[str], count: int) -> list[str]:
    """Return names for so many arguments: those of the baseline's parameters, and others where it has no more."""
    names = list(arguments[:count])
    while len(names) < count:
        name = f"arg{len(names)}"
        while name in names:
            name += "_"
        names.append(name)
    return names
