"""What an experiment on tolerances is made of: computations, honest other ways of doing each, and planted faults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = Any
Inputs = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Computation:
    """One computation; every function is called with the inputs, one after the other."""

    name: str
    kind: str
    """As in ``cancellation``, ``one sign``, ``exp/log``, ``solve``, ``iteration``, ``product``."""
    inputs: Callable[[np.random.RandomState], Inputs]
    baseline: Callable[..., Any]
    honest: Mapping[str, Callable[..., Any]]
    """Other orders, blockings, precisions, libraries."""
    faults: Mapping[str, Callable[..., Any]]
    """A term or sample dropped, float32 inside, a wrong index at the edge, the sign of a constant, fewer iterations."""
    dtypes: tuple[str, ...] = ("float64", "float32")
    float64_only: tuple[str, ...] = field(default=("float32 inside",))
    """Faults that are none in float32."""


def cast(inputs: Inputs, dtype: str) -> Inputs:
    """Return inputs whose arrays of floating-point numbers are of a dtype, complex ones of its complex counterpart."""
    other = np.result_type(dtype, np.complex64)
    kinds = {"f": dtype, "c": other}
    return {
        name: value.astype(kinds[value.dtype.kind])
        if isinstance(value, np.ndarray) and value.dtype.kind in kinds
        else value
        for name, value in inputs.items()
    }


def single(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes in single precision inside and returns what it was given."""

    def inside(*values: Any) -> Any:
        first = next(value for value in values if isinstance(value, np.ndarray) and value.dtype.kind in "fc")
        narrow = cast({str(place): value for place, value in enumerate(values)}, "float32").values()
        result = function(*narrow)
        parts = result if isinstance(result, tuple) else (result,)
        real = np.finfo(first.dtype).dtype
        wide = tuple(
            np.asarray(part).astype(np.result_type(real, np.complex64) if np.iscomplexobj(part) else real)
            for part in parts
        )
        return wide if isinstance(result, tuple) else wide[0]

    return inside


def wide(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes in extended precision inside and rounds its result."""

    def inside(*values: Any) -> Any:
        first = next(value for value in values if isinstance(value, np.ndarray) and value.dtype.kind in "fc")
        result = function(*cast({str(place): value for place, value in enumerate(values)}, "longdouble").values())
        parts = result if isinstance(result, tuple) else (result,)
        real = np.finfo(first.dtype).dtype
        narrow = tuple(
            np.asarray(part).astype(np.result_type(real, np.complex64) if np.iscomplexobj(part) else real)
            for part in parts
        )
        return narrow if isinstance(result, tuple) else narrow[0]

    return inside


def in_order(terms: Array, axis: int = 0) -> Array:
    """Return a sum of terms one after the other, as a plain loop adds them."""
    return np.add.accumulate(terms, axis=axis).take(-1, axis=axis)


def in_blocks(terms: Array, length: int = 128) -> Array:
    """Return a sum over the first axis, block by block."""
    total = terms[:0].sum(axis=0)
    for start in range(0, len(terms), length):
        total = total + terms[start : start + length].sum(axis=0)
    return total
