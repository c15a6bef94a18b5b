"""A case: problem x implementation x size x dtype x layout x threads x allocator x environment, on one kind of data."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from ..errors import ImplbenchError, unknown

MemoryOrder = Literal["C", "F"]

#: As it is found: of one row or column it is both.
FoundOrder = Literal["C", "F", "CF", "strided"]

DTYPES = ("float64", "float32")
ALLOCATORS = DEFAULT_ALLOCATOR, RETAIN_ALLOCATOR = ("default", "retain")
ORDERS: Mapping[str, MemoryOrder] = {"C": "C", "F": "F"}

#: What the memory order of inputs is called where nobody asks for one: that in which they are made, mostly C.
USUAL_LAYOUTS = ("C",)
CACHES = WARM, COLD = ("warm", "cold")

#: The end of a case's id: dtype, layout, threads, and whatever else it is measured under.
END_OF_ID = re.compile(r"-(?P<dtype>[a-z]+[0-9]*)-(?P<layout>[^-\]]+)-(?P<threads>\d+)t(?P<more>(?:-[^\]]*)?)\]")


class Size(Struct, frozen=True, kw_only=True):
    """A named set of whole numbers, as ``M`` = {m: 10000, n: 64, p: 25}; without name and numbers it is not known."""

    name: str
    values: dict[str, int]

    def __str__(self) -> str:
        numbers = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.name} ({numbers})" if numbers else self.name or "unknown"

    @property
    def smallest(self) -> "Size":
        """The size with 1 in the place of its largest number, if any: next to no work, and all that is paid once."""
        if not self.values:
            return self
        name = max(self.values, key=lambda key: self.values[key])
        return Size(name=f"{name}=1", values={**self.values, name: 1})


class Case(Struct, frozen=True, kw_only=True):
    """One thing that is measured; equal cases are the same thing.

    Of a run of another tool, size, dtype and layout may be unknown: they are empty then, and no part of the name.
    """

    problem: str
    implementation: str
    size: Size
    dtype: str
    layout: str
    """Memory order of the 2-D inputs: one letter for all, one letter each, or ``x=F,a1=C`` (C where not named)."""
    threads: int | None
    """Threads of BLAS and OpenMP; None where a run of another tool does not say."""
    allocator: str
    data: str = ""
    """Kind of data; empty for the problem's usual one."""
    cache: str = WARM
    """``cold``: before each call the caches are filled with other data, untimed."""
    environment: str = ""
    """What its workers run in, as in ``numpy 2.3.5``; empty for the interpreter and packages of the harness."""
    machine: str = ""
    """Which of several it was measured on, where the runs of these were merged; empty for the only one."""

    @property
    def name(self) -> str:
        """As in ``vectorized-M-float64-C-1t``, with the environment behind it if it has one: unique in the problem."""
        return _joined(self.implementation, self.size.name, self.dtype, self.layout, *self._condition, self.environment)

    @property
    def id(self) -> str:
        """As in ``backprop[vectorized-M-float64-C-1t]``: unique."""
        return f"{self.problem}[{self.name}]"

    @property
    def group(self) -> str:
        """What all cases compared with one baseline share, as in ``backprop-M-float64-1t``."""
        return _joined(self.problem, self.size.name, self.dtype, *self._condition)

    @property
    def contender(self) -> str:
        """The implementation, and its environment if it has one, as in ``vectorized [numpy 2.3.5]``."""
        return f"{self.implementation} [{self.environment}]" if self.environment else self.implementation

    @property
    def variant(self) -> tuple[str, str, str]:
        """What tells it from the others of its group: implementation, layout and environment."""
        return self.implementation, self.layout, self.environment

    @property
    def conditions(self) -> tuple[str | int | None, ...]:
        """What the sizes of a sweep have in common: dtype, threads, allocator, data, caches and machine."""
        return self.dtype, self.threads, self.allocator, self.data, self.cache, self.machine

    @property
    def _condition(self) -> list[str]:
        """Threads, and allocator, data and caches where they are not the usual ones, and the machine of several."""
        allocator = [self.allocator] if self.allocator != DEFAULT_ALLOCATOR else []
        threads = [] if self.threads is None else [f"{self.threads}t"]
        cache = [self.cache] if self.cache != WARM else []
        return [*threads, *allocator, *filter(None, [self.data]), *cache, *filter(None, [self.machine])]


def _joined(*parts: str) -> str:
    return "-".join(part for part in parts if part)


def orders(layout: str, arrays: Sequence[str]) -> dict[str, MemoryOrder]:
    """Return the memory order ("C" or "F") of each 2-D input that `layout` asks for.

    Parameters
    ----------
    layout
        ``C`` or ``F`` for all arrays; one letter an array, as ``CF``; or ``x=F,a1=C``, C for those not named.
    arrays
        Names of the problem's 2-D inputs, in the order in which `inputs` gives them.

    Raises
    ------
    ImplbenchError
        If the layout cannot be read, or names an array that is not a 2-D input.
    """
    if "=" in layout:
        named = dict(_pair(part) for part in layout.split(","))
        for name in named:
            if name not in arrays:
                raise unknown("array in the layout", name, arrays)
        return {array: named.get(array, ORDERS["C"]) for array in arrays}
    if layout in ORDERS:
        return dict.fromkeys(arrays, ORDERS[layout])
    if len(layout) == len(arrays) and set(layout) <= set(ORDERS):
        return {array: ORDERS[letter] for array, letter in zip(arrays, layout, strict=True)}
    raise ImplbenchError(
        f"layout {layout!r} cannot be read: give C, F, one letter for each of {', '.join(arrays)}, "
        f"or pairs such as {arrays[0] if arrays else 'x'}=F"
    )


def _pair(text: str) -> tuple[str, MemoryOrder]:
    name, _, letter = text.partition("=")
    if letter not in ORDERS:
        raise ImplbenchError(f"layout {text!r} cannot be read: expected NAME=C or NAME=F")
    return name.strip(), ORDERS[letter]


def sized(sizes: Mapping[str, Mapping[str, int]], name: str, changes: Mapping[str, int]) -> Size:
    """Return the size called `name`, with `changes` (``--set m=500``) put over it.

    Raises
    ------
    ImplbenchError
        If the size or a changed name does not exist, or a number is below 1.
    """
    if name not in sizes and "=" in name:
        raise ImplbenchError(f"--size {name}: a number is put over the size by --set {name}")
    if name not in sizes:
        raise unknown("size", name, sizes)
    values = dict(sizes[name])
    for key, value in changes.items():
        if key not in values:
            raise unknown("name in --set", key, values)
        if value < 1:
            raise ImplbenchError(f"--set {key}={value}: expected a whole number of at least 1")
        values[key] = value
    if values == dict(sizes[name]):
        return Size(name=name, values=values)
    return Size(name=",".join(f"{key}={value}" for key, value in values.items()), values=values)
