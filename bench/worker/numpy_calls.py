"""What an implementation calls NumPy for: on which shapes and memory orders, how often, and how long each takes.

It is prepared anew with views of its inputs that write down each operation (NumPy's protocols __array_ufunc__, NEP 13,
and __array_function__, NEP 18) and hand it on; what comes of an operation is such a view too, and so is what
``np.asarray`` and the like make of one. Not seen is what is done among arrays that no input has met yet (``np.zeros``),
and what compiled code does within itself.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..machine.collector import collector_off
from ..store.worker_records import OTHERS, Call, CallKind
from .call_kinds import Key, call

#: The passes that are observed, of which the fastest counts; fewer once they have taken so long together.
PASSES, LONGEST_NS = 4, 500_000_000

#: A pass that takes longer is given up: of a loop over many numbers each costs some microseconds.
LONGEST_PASS_NS = 20_000_000_000

#: So many different calls are reported, the longest; the others together.
MOST_CALLS = 100

#: Functions that make plain arrays of views: while an implementation is observed they make views.
_CONVERSIONS = ("array", "asarray", "ascontiguousarray", "asfortranarray", "require")


class _TooLong(BaseException):
    """Ends an evaluation that nobody has the time for; its own handlers of errors let it pass."""


class _Record:
    """The operations of one pass."""

    def __init__(self) -> None:
        self.ends_ns = time.perf_counter_ns() + LONGEST_PASS_NS
        self.calls: dict[Key, list[int]] = {}
        """Name and operands -> times, ns, bytes, numbers in the results."""

    @property
    def ns(self) -> int:
        """Time inside NumPy."""
        return sum(ns for _, ns, _, _ in self.calls.values())

    def add(self, name: str, operands: list[np.ndarray], result: object, ns: int) -> None:
        """Write one operation down."""
        key = name, tuple([(a.shape, a.strides, a.dtype.char, a.itemsize) for a in operands])
        results = [one for one in (result if isinstance(result, tuple | list) else (result,)) if _numeric(one)]
        moved = sum([a.nbytes for a in operands]) + sum([one.nbytes for one in results])
        entry = self.calls.setdefault(key, [0, 0, 0, 0])
        for index, value in enumerate((1, ns, moved, sum([one.size for one in results]))):
            entry[index] += value


def _numeric(one: object) -> bool:
    return isinstance(one, np.ndarray | np.generic)


class Observed(np.ndarray):
    """A view whose operations are written down while a record is open, and that behaves as a plain array else."""

    record: _Record | None = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        return _forwarded(name, getattr(ufunc, method), inputs, options)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return _forwarded(func.__name__, func, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        return _forwarded("getitem", np.ndarray.__getitem__, (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        _forwarded("setitem", np.ndarray.__setitem__, (self, key, value), {})

    def dot(self, other: Any, out: Any = None) -> Any:
        """As the method of an array, which would not be seen."""
        return np.dot(self, other, out)

    def copy(self, *arguments: Any, **options: Any) -> Any:
        """As the method of an array, which would not be seen."""
        return _forwarded("copy", np.ndarray.copy, (self, *arguments), options)

    def astype(self, *arguments: Any, **options: Any) -> Any:
        """As the method of an array, which would not be seen."""
        return _forwarded("astype", np.ndarray.astype, (self, *arguments), options)


class _Operands:
    """The arrays of one operation: plain ones to do it with, and the views they came from."""

    def __init__(self) -> None:
        self.read: list[np.ndarray] = []
        self._views: list[tuple[np.ndarray, Observed]] = []

    def plain(self, value: Any, *, read: bool = True) -> Any:
        """Return a value with plain arrays in the place of observed ones, however deep in lists and tuples."""
        if isinstance(value, tuple | list):
            return type(value)([self.plain(one, read=read) for one in value])
        if isinstance(value, Observed):
            array = value.view(np.ndarray)
            self._views.append((array, value))
            value = array
        if read and isinstance(value, np.ndarray):
            self.read.append(value)
        return value

    def observed(self, result: Any) -> Any:
        """Return a result with observed arrays in the place of plain ones; what was `out` is what it was before."""
        if type(result) is np.ndarray:
            given = [view for array, view in self._views if array is result]
            return given[0] if given else result.view(Observed)
        return type(result)([self.observed(one) for one in result]) if type(result) in (tuple, list) else result


def _forwarded(name: str, function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """Do an operation with plain arrays, write it down and return its result as a view again.

    Nothing here may form a cycle of references: the collector is off, and what is not freed makes the next pass fault.
    """
    operands = _Operands()
    plain_args = [operands.plain(one) for one in args]
    plain_options = {key: operands.plain(value, read=key != "out") for key, value in options.items()}
    started = time.perf_counter_ns()
    result = function(*plain_args, **plain_options)
    ns = time.perf_counter_ns() - started
    if Observed.record is not None:
        Observed.record.add(name, operands.read, plain_args[2] if name == "setitem" else result, ns)
        if started > Observed.record.ends_ns:
            raise _TooLong
    return operands.observed(result)


def _following(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a conversion that makes a view of a view; where it copies, that is written down."""

    def follow(given: Any, *args: Any, **options: Any) -> Any:
        if isinstance(given, np.ma.MaskedArray) and not options.get("subok"):
            given = given.data  # as it drops the mask
        if isinstance(given, list | tuple) and any(isinstance(one, Observed) for one in given):
            return _forwarded(function.__name__, function, (given, *args), options)
        if not isinstance(given, Observed):
            return function(given, *args, **options)
        plain = given.view(np.ndarray)
        converted = function(plain, *args, **options)
        if np.may_share_memory(converted, plain):
            return converted.view(Observed)
        return _forwarded("copy", function, (given, *args), options)

    return follow


def _view(value: Any) -> Any:
    """Return an observed view of an input that is an array; of a masked one, a masked array of an observed one."""
    if isinstance(value, np.ma.MaskedArray):
        kept = {"fill_value": value.fill_value, "hard_mask": value.hardmask}
        return np.ma.MaskedArray(_view(value.data), mask=value.mask, **kept)
    if isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap):
        raise TypeError(f"arrays of the class {type(value).__name__} mean something else as plain ones")
    return value.view(Observed) if isinstance(value, np.ndarray) else value


@contextmanager
def _followed() -> Iterator[None]:
    """Have the conversions of NumPy make views of views."""
    usual = {name: getattr(np, name) for name in _CONVERSIONS}
    for name, function in usual.items():
        setattr(np, name, _following(function))
    try:
        yield
    finally:
        for name, function in usual.items():
            setattr(np, name, function)


@contextmanager
def _recording() -> Iterator[_Record]:
    Observed.record = record = _Record()
    try:
        yield record
    finally:
        Observed.record = None


def observed(
    prepare: Callable[[dict[str, Any]], Callable[..., object]],
    inputs: Mapping[str, Any],
    before: Callable[[], object] = lambda: None,
    fresh: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None = None,
) -> tuple[Call, ...] | None:
    """Prepare an implementation on observed inputs and return what one evaluation calls NumPy for, longest first.

    None where that takes very long; then it is left in the midst of an evaluation.

    Parameters
    ----------
    prepare
        As an implementation has it. What it or its step raises passes through: many a compiled library takes plain
        arrays only.
    inputs
        Name -> array or number; arrays are observed, masked ones too. Of any other subclass TypeError is raised.
    before
        What is done before each call and not observed: inputs that were overwritten are put back.
    fresh
        From the inputs to what each call is called with, where it uses that up; not observed either.

    Notes
    -----
    The calls are those of an ordinary evaluation. The times are a little longer: NumPy reuses a large temporary's
    memory within an expression, but not an observed one's.
    """
    views = {name: _view(value) for name, value in inputs.items()}
    passes: list[_Record] = []
    with _followed(), collector_off():
        step = prepare(views)
        gc.collect()
        started = time.monotonic_ns()
        while not passes or (len(passes) < PASSES and time.monotonic_ns() - started < LONGEST_NS):
            before()
            given = fresh(views) if fresh else ()
            try:
                with _recording() as record:
                    step(*given)
            except _TooLong:
                return None
            passes.append(record)
    return _calls(min(passes, key=lambda one: one.ns))


def _calls(record: _Record) -> tuple[Call, ...]:
    found = sorted((call(key, entry) for key, entry in record.calls.items()), key=lambda one: -one.ns)
    kept, rest = found[:MOST_CALLS], found[MOST_CALLS:]
    together = [
        Call(
            name=f"{len(same)}{OTHERS}",
            kind=kind,
            operands=(),
            mixed=any(one.mixed for one in same),
            times=sum(one.times for one in same),
            flops=sum(one.flops for one in same),
            bytes=sum(one.bytes for one in same),
            ns=sum(one.ns for one in same),
        )
        for kind in CallKind
        if (same := [one for one in rest if one.kind == kind])
    ]
    return (*kept, *together)
