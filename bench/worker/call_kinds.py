"""Of what kind a call of NumPy is, and its arithmetic; from its name and its operands."""

import math
from typing import Any

import numpy as np

from ..store.worker_records import Call, CallKind
from .memory_order import longer_axes, memory_order

#: Functions that BLAS does for arrays of these types.
_PRODUCTS = frozenset({"dot", "matmul", "inner", "vdot", "tensordot", "vecdot", "matvec", "vecmat"})
_BLAS_TYPES = frozenset("fdFD")

#: Ufuncs whose arithmetic takes longer than reading and writing the numbers.
_FUNCTIONS = frozenset(
    {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2", "power", "float_power"}
    | {"sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "hypot", "cbrt"}
    | {"sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"}
)

#: Memory orders of which the one is walked against the grain where both are.
_BOTH = {"C", "F"}

#: Name of a function, and each of its operands.
Key = tuple[str, tuple[Any, ...]]

#: Shape, strides, type and bytes of a number.
Signature = tuple[tuple[int, ...], tuple[int, ...], str, int]


def call(key: Key, entry: list[int]) -> Call:
    """Return an operation on these operands, from its times, ns, bytes and numbers in the results."""
    name, signatures = key
    times, ns, moved, numbers = entry
    kind = _kind(name, signatures)
    orders = [memory_order(shape, strides, itemsize) for shape, strides, _, itemsize in signatures]
    return Call(
        name=name,
        kind=kind,
        operands=tuple(f"{shape} {order}" for (shape, *_), order in zip(signatures, orders, strict=True)),
        mixed={order for (shape, *_), order in zip(signatures, orders, strict=True) if longer_axes(shape) > 1} >= _BOTH,
        times=times,
        flops=_product_flops(name, signatures, times, numbers) if kind == CallKind.PRODUCT else _flops(kind, entry),
        bytes=0 if kind == CallKind.INDEX else moved,
        ns=ns,
    )


def _kind(name: str, signatures: tuple[Signature, ...]) -> CallKind:
    if name in ("getitem", "setitem"):
        return CallKind.INDEX
    if name in _PRODUCTS and all(shape and char in _BLAS_TYPES for shape, _, char, _ in signatures):
        return CallKind.PRODUCT
    stem, _, method = name.partition(".")
    if method in ("reduce", "reduceat", "accumulate"):
        return CallKind.REDUCTION
    if stem in _FUNCTIONS:
        return CallKind.FUNCTION
    return (
        CallKind.ELEMENTWISE if isinstance(getattr(np, stem, None), np.ufunc) or name in _PRODUCTS else CallKind.OTHER
    )


def _product_flops(name: str, signatures: tuple[Signature, ...], times: int, numbers: int) -> float:
    """Return two operations for each term of each sum; `numbers` is how many sums there are in `times` products."""
    first, *others = (shape for shape, _, _, _ in signatures)
    if name != "tensordot":
        return 2.0 * numbers * first[-1]
    # Whatever the axes: (M, K) times (K, N) is (M, N), and the root of the three sizes' product is M K N.
    return 2.0 * times * math.sqrt(math.prod(first) * math.prod(others[0]) * numbers / times)


def _flops(kind: CallKind, entry: list[int]) -> float:
    """Return one operation for each number of the results."""
    return float(entry[3]) if kind in (CallKind.ELEMENTWISE, CallKind.FUNCTION) else 0.0
