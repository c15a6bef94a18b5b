"""The inputs of a case in a worker: contents that take turns in one place in memory."""

import contextlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from ..problems.case import FoundOrder, MemoryOrder
from . import correctness
from .memory_order import is_strided, strided
from .outcome import Unfit
from .values.digest import looked, same

#: Inputs of at most so many bytes are checked after every burst: that takes a millisecond at most.
QUICKLY_CHECKED_BYTES = 2**20

#: From what names some contents to name -> value.
Contents = Callable[[Any], Mapping[str, Any]]


class Loaded(Struct, frozen=True, kw_only=True):
    """Contents that are ready to be put into the arrays of a worker."""

    put: Callable[[], None]
    in_place: bool
    """Whether that takes no new values: a number cannot be changed in the hands of who holds it, nor an array get
    another shape."""


class Arena:
    """Inputs in the layout of the case, as a user's own program holds them.

    The arrays are writable and own their memory: many a function copies what it may not write to.
    """

    def __init__(
        self,
        contents: Contents,
        orders: Mapping[str, MemoryOrder],
        inout: Sequence[str] = (),
        *,
        first: Any,
        renews: bool = False,
    ) -> None:
        """Load the first contents.

        Parameters
        ----------
        contents
            Gives them, as they were made.
        orders
            Name -> memory order, where that is not C.
        inout
            Arrays that an evaluation may overwrite: `restore` puts their contents back.
        first
            Names the first contents.
        renews
            Whether the problem has its own way of giving each call what it may use up.
        """
        self._contents = contents
        self._orders = orders
        self._inout = tuple(inout)
        self.renews = renews
        self.inputs: dict[str, Any] = {}
        self._owned: dict[str, np.ndarray] = {}
        """Views of the arrays, which keep their shape if an implementation gives an array another."""
        self.digests: dict[str, str] = {}
        """Name -> digest of what is neither an array of plain data nor a number."""
        self._may_keep: set[str] = set()
        self.content = first
        """Names the contents that are there now."""
        self.change_to(first)

    def note(self) -> None:
        """Note what must not change from now on."""
        kept = {name: array for name, array in self._owned.items() if name not in self._inout}
        quick = sum(array.nbytes for array in kept.values()) <= QUICKLY_CHECKED_BYTES
        self._sums = {name: _checksum(array) for name, array in kept.items()} if quick else {}

    @property
    def overwritten(self) -> dict[str, np.ndarray]:
        """The inputs that an evaluation may overwrite."""
        return {name: self._owned[name] for name in self._inout}

    @property
    def kept(self) -> dict[str, Any]:
        """The inputs that an evaluation must leave as they are."""
        return {name: value for name, value in self.inputs.items() if name not in self._inout}

    @property
    def may_keep(self) -> bool:
        """Whether an input may itself keep what it has done for a call: then the first takes longer, whoever calls."""
        return bool(self._may_keep)

    def restore(self) -> None:
        """Put the contents of what may be overwritten back into the same memory."""
        for name, fresh in self._fresh.items():
            np.copyto(self._owned[name], fresh)

    @contextlib.contextmanager
    def inverted(self) -> Iterator[None]:
        """Have other bytes in all arrays that an evaluation must leave as they are: what lies in their memory has too.

        Nothing is allocated for it.
        """
        kept = [_bytes(array) for name, array in self._owned.items() if name not in self._inout]
        for one in kept:
            np.invert(one, out=one)
        try:
            yield
        finally:
            for one in kept:
                np.invert(one, out=one)

    def changed(self) -> str | None:
        """Return the name of an array that has other contents than it should, where that can be told quickly."""
        return next((name for name, known in self._sums.items() if _checksum(self._owned[name]) != known), None)

    def layout(self) -> dict[str, FoundOrder]:
        """Return the memory order of each array of plain data, read off the array itself; of one axis it is both."""
        found: dict[str, FoundOrder] = {}
        for name, array in self._owned.items():
            flags = array.flags
            both = flags.c_contiguous and flags.f_contiguous
            found[name] = "CF" if both else "C" if flags.c_contiguous else "F" if flags.f_contiguous else "strided"
        return found

    def required_layout(self, orders: Mapping[str, MemoryOrder]) -> dict[str, FoundOrder]:
        """Return the same; Unfit where an input is in another order than it should be."""
        found = self.layout()
        for name, wanted in orders.items():
            if wanted not in found[name]:
                raise Unfit("failed", f"input {name} should be {wanted}-ordered, the worker holds {found[name]}")
        return found

    def change_to(self, content: Any) -> bool:
        """Put other contents into the same arrays; return False where that could not be done without new values."""
        loaded = self.loaded(content)
        loaded.put()
        self.note()
        return loaded.in_place

    def loaded(self, content: Any) -> "Loaded":
        """Return contents that are ready to be put into the same arrays, at once; `note` is for who does that."""
        arrays: list[tuple[np.ndarray, np.ndarray]] = []
        others: dict[str, Any] = {}
        for name, value in self._contents(content).items():
            owned = self._owned.get(name)
            if owned is not None and is_plain(value) and _alike(owned, value):
                arrays.append((owned, value))
            elif owned is not None or name not in self.inputs or not same_value(self.inputs[name], value):
                others[name] = value

        def put() -> None:
            for owned, value in arrays:
                np.copyto(owned, value)
            for name, value in others.items():
                self._put(name, value)
            self._fresh = {name: self._owned[name].copy(order="K") for name in self._inout}
            self.content = content

        return Loaded(put=put, in_place=not others)

    def _put(self, name: str, value: Any) -> None:
        """Give an input a new value."""
        self._owned.pop(name, None)
        self.digests.pop(name, None)
        self._may_keep.discard(name)
        if is_plain(value):
            value = _ordered(value, self._orders.get(name))
            self._owned[name] = value.view()
        elif not isinstance(value, bool | int | float | complex | np.generic):
            found = looked(value)
            self.digests[name] = found.digest
            if found.may_keep:
                self._may_keep.add(name)
        self.inputs[name] = value


def is_plain(value: Any) -> bool:
    """Return whether a value is an array of plain data."""
    return type(value) in (np.ndarray, np.memmap) and not value.dtype.hasobject


def same_value(one: Any, other: Any) -> bool:
    """Return whether two values are known to be of one type and equal, NaN to itself."""
    if is_plain(one) and is_plain(other):
        return correctness.same(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, bool | int | float | complex | np.generic):
        return bool(one == other or (one != one and other != other))  # noqa: PLR0124
    return same(one, other)


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    return (one.shape, one.dtype) == (other.shape, other.dtype)


def _ordered(given: np.ndarray, order: MemoryOrder | None) -> np.ndarray:
    """Return a copy of an array, in that memory order, None for its own.

    It is a copy of what was read from the array first, which is freed.

    So the heap is like that of a program that has read or computed its inputs: there are holes below the arrays that
    stay, and temporaries find room in them. Copied straight from the mapped files, the inputs would leave a heap in
    which `vectorized` gives memory back and faults it in again on each call (1150 page faults a call against none in
    a plain script, 7.3 ms instead of 6.2).
    """
    read = np.array(given)
    if order is None and is_strided(given):
        return strided(read, given.strides)
    return np.array(read, order=order or ("F" if given.flags.fnc else "C"), copy=True)


def _checksum(array: np.ndarray) -> int:
    """Return a checksum of an array's bytes; nothing is allocated, which would leave another heap to the next burst."""
    return zlib.crc32(_bytes(array).data)


def _bytes(array: np.ndarray) -> np.ndarray:
    """Return the bytes of an array in its own memory, with those between them."""
    whole = array.base if isinstance(array.base, np.ndarray) and array.base.dtype == np.uint8 else array
    return whole.ravel(order="K").view(np.uint8)
