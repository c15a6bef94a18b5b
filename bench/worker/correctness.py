"""Right or wrong, with a number: outputs against the extended-precision reference, component by component."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from ..store.worker_records import Verification

Values = Mapping[str, "np.ndarray | float"]
Outputs = dict[str, np.ndarray]


class Wrong(Exception):
    """The implementation did not do what the problem asks; the text says what was found and what was expected."""


def named(result: object, names: Sequence[str]) -> Outputs:
    """Return the result of a call as name -> array.

    Parameters
    ----------
    result
        What ``step()`` returned: a sequence of arrays in the order of `names`, or the one array where there is one.
    names
        The problem's OUTPUTS.

    Raises
    ------
    Wrong
        If the number of outputs is another, or one is not a plain ndarray.
    """
    _require_computed(result, "the result")
    arrays = (result,) if len(names) == 1 and not isinstance(result, tuple | list) else result
    if not isinstance(arrays, tuple | list) or len(arrays) != len(names):
        count = len(arrays) if isinstance(arrays, tuple | list) else f"a {type(result).__name__}"
        raise Wrong(f"returned {count} instead of the {len(names)} outputs {', '.join(names)}")
    for name, array in zip(names, arrays, strict=True):
        _require_computed(array, name)
        if type(array) is not np.ndarray:
            raise Wrong(f"{name} is a {type(array).__name__}, expected a numpy.ndarray")
    return dict(zip(names, arrays, strict=True))


def _require_computed(result: object, name: str) -> None:
    """Raise Wrong for what only promises a result."""
    if inspect.isawaitable(result):
        raise Wrong(
            f"{name} is a {type(result).__name__}: nothing has been computed yet; let step() run it "
            "(asyncio.run(...)) and return the result"
        )
    if isinstance(result, Iterator):
        raise Wrong(
            f"{name} is a {type(result).__name__}: nothing has been computed yet; let step() go through it and return "
            "the result"
        )


def accept(test: Callable[[Values, Outputs], object], inputs: Values, outputs: Outputs) -> None:
    """Raise Wrong unless the problem's own test accepts the outputs.

    Parameters
    ----------
    test
        ``accept(inputs, outputs)`` of a problem.py: it returns None, or why the outputs are not right, or raises
        AssertionError. True and False will do too.
    inputs, outputs
        Name -> value; the inputs as they were before the call.
    """
    try:
        said = test(inputs, outputs)
    except AssertionError as error:
        said = str(error) or "an assertion failed"
    except Exception as error:  # noqa: BLE001  # what the test makes of wrong outputs is not known beforehand
        said = f"{type(error).__name__}: {error}"
    if isinstance(said, bool | np.bool_):
        said = None if said else "it returned False"
    if said is not None:
        raise Wrong(f"not accepted by the problem's accept(): {said}")


def check(outputs: Outputs, reference: Values, tolerance: Values, dtype: str) -> tuple[Verification, ...]:
    """Return the error of each output that there is a reference for, all within tolerance.

    Parameters
    ----------
    outputs
        Name -> array as the implementation returned it.
    reference
        Name -> extended-precision array of the same shape.
    tolerance
        Name -> componentwise absolute tolerance, float64, of the same shape.
    dtype
        "float64" or "float32": what the outputs must have; where a reference has integers, these will do too.

    Raises
    ------
    Wrong
        On another shape or dtype, a value that is not finite, or an error above its tolerance.
    """
    errors = [
        _check(name, outputs[name], np.asarray(reference[name]), np.asarray(tolerance[name]), dtype)
        for name in outputs
        if name in reference
    ]
    for error in errors:
        if not error.error_over_tolerance <= 1:
            raise Wrong(
                f"{error.output} is off by {error.error_over_tolerance:.3g} times the tolerance "
                f"({error.max_ulp:.3g} units in the last place)"
            )
    return tuple(errors)


def _check(name: str, output: np.ndarray, reference: np.ndarray, tolerance: np.ndarray, dtype: str) -> Verification:
    if output.shape != reference.shape:
        raise Wrong(f"{name} has shape {output.shape}, expected {reference.shape}")
    whole = reference.dtype.kind in "iub"
    if output.dtype != np.dtype(dtype) and not (whole and output.dtype.kind in "iub"):
        raise Wrong(f"{name} is {output.dtype}, expected {'integers' if whole else dtype}")
    if not np.isfinite(output).all():
        raise Wrong(f"{name} has {np.count_nonzero(~np.isfinite(output))} values that are not finite")
    wide = np.longdouble if whole else reference.dtype
    error = np.abs(output.astype(wide) - reference.astype(wide))
    spacing = np.ones_like(error) if whole else np.spacing(np.abs(reference).astype(dtype))
    return Verification(
        output=name,
        error_over_tolerance=_largest_ratio(error, tolerance),
        max_ulp=_largest_ratio(error, spacing),
    )


def _largest_ratio(error: np.ndarray, unit: np.ndarray) -> float:
    """Return max(error / unit), where 0 / 0 is 0 and anything else over 0 the largest float."""
    ratio = np.divide(error, unit, out=np.where(error > 0, np.inf, 0).astype(error.dtype), where=unit > 0)
    return float(min(ratio.max(initial=0), np.finfo(np.float64).max))


def worst(*checks: Iterable[Verification]) -> tuple[Verification, ...]:
    """Return for each output the largest of either error over several checks."""
    found: dict[str, Verification] = {}
    for error in (error for errors in checks for error in errors):
        kept = found.setdefault(error.output, error)
        found[error.output] = Verification(
            output=error.output,
            error_over_tolerance=max(kept.error_over_tolerance, error.error_over_tolerance),
            max_ulp=max(kept.max_ulp, error.max_ulp),
        )
    return tuple(found.values())


def require_unchanged(inputs: Values, originals: Values) -> None:
    """Raise Wrong if an input array has other contents than its original."""
    for name, original in originals.items():
        if isinstance(original, np.ndarray) and not same(np.asarray(inputs[name]), original):
            raise Wrong(changed(name))


def changed(name: str) -> str:
    """Return what is said of an implementation that has changed an input."""
    return f'changed its input {name}; if the computation overwrites it, say INOUT = ("{name}",) in problem.py'


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


def without_memory_of(outputs: Outputs, inputs: Values) -> Outputs:
    """Return the outputs that share no memory with any of these inputs."""
    return {
        name: output
        for name, output in outputs.items()
        if not any(_share(output, value) for value in inputs.values() if isinstance(value, np.ndarray))
    }


def _share(one: np.ndarray, other: np.ndarray) -> bool:
    return np.may_share_memory(one, other) and np.shares_memory(one, other)


def require_own_memory(outputs: Outputs, inputs: Values, earlier: Outputs) -> None:
    """Raise Wrong if an output shares memory with an input, another output or an earlier call's result."""
    for name, output in outputs.items():
        others = {f"its input {key}": value for key, value in inputs.items() if isinstance(value, np.ndarray)}
        others |= {f"its output {key}": value for key, value in outputs.items() if key != name}
        others |= {f"an earlier call's {key}": value for key, value in earlier.items()}
        for other, array in others.items():
            if _share(output, array):
                raise Wrong(f"{name} shares memory with {other}; each call must return arrays of its own")
