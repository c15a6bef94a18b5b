"""What one evaluation does, counted and not timed: allocations, their bytes, the peak of memory, calls of functions.

Counts are exact and want no statistics: the same code with the same NumPy gives the same counts on every call. They are
taken after the warm-up, each as the least of a few calls, so that what is made once and kept does not matter. What runs
in threads of the implementation's own is not counted, nor what another library than NumPy keeps for itself.
"""

import ctypes
import functools
import importlib
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any

from ..machine.collector import collector_off
from ..store.worker_records import Counts

Step = Callable[[], object]

#: Each count is taken over so many calls, fewer once they have taken so long together.
CALLS, LONGEST_NS = 3, 100_000_000

#: Of one that makes very many objects, or calls, nothing is known: to be told of each would take it many times as long.
LONGEST_TOLD_S = 5.0

#: The clock is looked at after so many calls.
_SEEN = 10_000

#: Places of PyDataMem_SetHandler and PyDataMem_GetHandler in NumPy's C interface (numpy/__multiarray_api.h).
_SET_HANDLER, _GET_HANDLER = 304, 305

_MALLOC = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_CALLOC = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
_REALLOC = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)

#: NumPy looks for a capsule of this name.
_CAPSULE = b"mem_handler"


def _python(name: str, *types: Any) -> Callable[..., Any]:
    """Return a function of Python's C interface; `types` are that of its result and those of its arguments."""
    return ctypes.PYFUNCTYPE(*types)((name, ctypes.pythonapi))


class _Allocator(ctypes.Structure):
    """PyDataMemAllocator of numpy/ndarraytypes.h; `free` stays an address, for it is never called from here."""

    _fields_ = (
        ("ctx", ctypes.c_void_p),
        ("malloc", _MALLOC),
        ("calloc", _CALLOC),
        ("realloc", _REALLOC),
        ("free", ctypes.c_void_p),
    )


class _Handler(ctypes.Structure):
    """PyDataMem_Handler of numpy/ndarraytypes.h, version 1."""

    _fields_ = (("name", ctypes.c_char * 127), ("version", ctypes.c_uint8), ("allocator", _Allocator))


class MemoryHandler:
    """A memory handler for NumPy (NEP 49) that counts, and hands everything on to the one that was set before.

    Memory comes from the functions it would have come from, and goes back to them directly: an array may outlive the
    counting, and even the interpreter's end, without a word of Python being run for it.
    """

    def __init__(self) -> None:
        self.allocations = 0
        self.allocated_bytes = 0
        self._set, get = _interface()
        self._usual = get()
        usual = _Handler.from_address(_pointer(self._usual, _CAPSULE))
        if usual.version != 1:
            raise OSError(f"NumPy's memory handler has version {usual.version}, expected 1")
        self._handler = _Handler(b"implbench", 1, self._counting(usual.allocator))
        self._name = ctypes.create_string_buffer(_CAPSULE)
        capsule = _python("PyCapsule_New", ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
        self._capsule = capsule(ctypes.addressof(self._handler), ctypes.cast(self._name, ctypes.c_char_p), None)
        _python("Py_IncRef", None, ctypes.py_object)(self)  # arrays point here until the process ends

    def _counting(self, usual: _Allocator) -> _Allocator:
        """Return functions that count and call the usual ones."""
        usual_malloc, usual_calloc, usual_realloc = usual.malloc, usual.calloc, usual.realloc

        def malloc(context: int | None, size: int) -> int | None:
            self.allocations += 1
            self.allocated_bytes += size
            return usual_malloc(context, size)  # type: ignore[no-any-return]

        def calloc(context: int | None, number: int, size: int) -> int | None:
            self.allocations += 1
            self.allocated_bytes += number * size
            return usual_calloc(context, number, size)  # type: ignore[no-any-return]

        def realloc(context: int | None, old: int | None, size: int) -> int | None:
            self.allocations += 1
            self.allocated_bytes += size
            return usual_realloc(context, old, size)  # type: ignore[no-any-return]

        return _Allocator(usual.ctx, _MALLOC(malloc), _CALLOC(calloc), _REALLOC(realloc), usual.free)

    def __enter__(self) -> "MemoryHandler":
        self._usual = self._set(self._capsule)
        self.allocations = self.allocated_bytes = 0
        return self

    def __exit__(self, *_error: object) -> None:
        self._set(self._usual)


def _interface() -> tuple[Callable[[object], object], Callable[[], object]]:
    """Return NumPy's PyDataMem_SetHandler and PyDataMem_GetHandler."""
    extension = importlib.import_module("numpy._core._multiarray_umath")  # where NumPy's own import_array() finds it
    functions = ctypes.cast(_pointer(extension.__dict__["_ARRAY_API"], None), ctypes.POINTER(ctypes.c_void_p))
    setter = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(functions[_SET_HANDLER] or 0)
    getter = ctypes.PYFUNCTYPE(ctypes.py_object)(functions[_GET_HANDLER] or 0)
    return setter, getter


def _pointer(capsule: object, name: bytes | None) -> int:
    """Return the address that a capsule holds."""
    address: int = _python("PyCapsule_GetPointer", ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(capsule, name)
    return address


@functools.cache
def memory_handler() -> MemoryHandler | None:
    """Return the one handler of this process; None where NumPy has no such interface, or another."""
    try:
        return MemoryHandler()
    except (ImportError, AttributeError, KeyError, OSError, ValueError):
        return None


def counted(step: Step, before: Step = lambda: None) -> Counts:
    """Count what one call of `step` does; it should have been called before.

    Each count has calls of its own, for they would disturb each other: a handful in all, slower than a timed one by the
    1 to 2 microseconds that counting an event takes.

    Parameters
    ----------
    step
        One whole evaluation. What it raises passes through; nothing keeps on counting then.
    before
        What is done before each call and not counted: inputs that were overwritten are put back.

    Returns
    -------
    Counts
        Of NumPy arrays those made by the calling thread; None for the allocations where they cannot be counted, for
        the peak and for the calls where that would take very long.
    """
    with collector_off():
        allocated = (_least(_allocated, step, before) if memory_handler() else None) or (None, None)
        (peak_bytes,) = _least(_peak, step, before) or (None,)
        python_calls, c_calls = _least(_called, step, before) or (None, None)
    return Counts(
        allocations=allocated[0],
        allocated_bytes=allocated[1],
        peak_bytes=peak_bytes,
        python_calls=python_calls,
        c_calls=c_calls,
    )


def _least(count: Callable[[Step], tuple[int, ...] | None], step: Step, before: Step) -> tuple[int, ...] | None:
    """Return the least of each number that `count` returns for a call; None where it returns nothing."""
    before()
    started, least = time.monotonic_ns(), count(step)
    for _ in range(CALLS - 1):
        if least is None or time.monotonic_ns() - started > LONGEST_NS:
            break
        before()
        further = count(step)
        least = tuple(map(min, least, further)) if further else None
    return least


def _allocated(step: Step) -> tuple[int, ...]:
    """Return the number of allocations of array data and their bytes."""
    handler = memory_handler()
    if handler is None:
        raise RuntimeError("NumPy's allocations cannot be counted here")
    with handler:
        result = step()
        counts = handler.allocations, handler.allocated_bytes
    del result
    return counts


def _peak(step: Step) -> tuple[int, ...] | None:
    """Return the most bytes at one time, beyond those before the call, of array data and Python objects together.

    None where it is traced no more at the end: another thread stops that after a time, as only it can.
    """
    with nullcontext() if tracemalloc.is_tracing() else _traced():
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        result = step()
        peak, traced = tracemalloc.get_traced_memory()[1], tracemalloc.is_tracing()
    del result
    return (max(0, peak - before),) if traced else None


@contextmanager
def _traced() -> Iterator[None]:
    """Trace what is allocated, for some time."""
    enough = threading.Timer(LONGEST_TOLD_S, tracemalloc.stop)
    enough.start()
    tracemalloc.start()
    try:
        yield
    finally:
        enough.cancel()
        enough.join()
        tracemalloc.stop()


def _called(step: Step) -> tuple[int, ...] | None:
    """Return the calls of Python functions, `step` among them, and of built-in ones (an operator is no call).

    None where there are so many that it takes very long.
    """
    calls = {"call": 0, "c_call": 0}
    former, ends_s = sys.getprofile(), time.monotonic() + LONGEST_TOLD_S
    ended = False

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal ended
        if event in calls and argument is not sys.setprofile:
            calls[event] += 1
            if not calls[event] % _SEEN and time.monotonic() > ends_s:
                ended = True
                sys.setprofile(former)

    sys.setprofile(count)
    try:
        step()
    finally:
        sys.setprofile(former)
    return None if ended else (calls["call"], calls["c_call"])
