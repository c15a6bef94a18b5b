"""The arrays of a case in a worker: two contents, A (timed) and B, that take turns in one place in memory."""

from pathlib import Path
from typing import Any

import numpy as np

from . import exchange


class Arena:
    """Inputs in the layout of the case, read-only for the implementation, and what is expected of it."""

    def __init__(self, folder: Path, orders: dict[str, str]) -> None:
        self._folder = folder
        self._owned: dict[str, np.ndarray] = {}
        self.inputs: dict[str, np.ndarray | float] = {}
        for name, value in exchange.load_values(folder / "a" / "inputs").items():
            if not isinstance(value, np.ndarray):
                self.inputs[name] = value
                continue
            self._owned[name] = _ordered(np.array(value), orders.get(name, "C"))
            view = self._owned[name].view()
            view.flags.writeable = False
            self.inputs[name] = view

    def layout(self) -> dict[str, str]:
        """Return the memory order of each 2-D input, read off the array itself."""
        found = {}
        for name, array in self._owned.items():
            if array.ndim == 2:
                flags = array.flags
                both = flags.c_contiguous and flags.f_contiguous
                found[name] = "CF" if both else "C" if flags.c_contiguous else "F" if flags.f_contiguous else "strided"
        return found

    def originals(self, content: str) -> dict[str, Any]:
        """Return the inputs of content "a" or "b" as they were written."""
        return exchange.load_values(self._folder / content / "inputs")

    def change_to(self, content: str) -> None:
        """Put other contents into the same arrays."""
        for name, value in self.originals(content).items():
            if name in self._owned:
                np.copyto(self._owned[name], value)
            else:
                self.inputs[name] = value

    def expected(self, content: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return reference and tolerance of content "a" or "b"."""
        folder = self._folder / content
        return exchange.load_values(folder / "reference"), exchange.load_values(folder / "tolerance")


def _ordered(read: np.ndarray, order: str) -> np.ndarray:
    """Return a copy of an array that was read, in that memory order; the array itself is freed.

    So the heap is like that of a program that has read or computed its inputs: there are holes below the arrays that
    stay, and temporaries find room in them. Copied straight from the mapped files, the inputs would leave a heap in
    which `vectorized` gives memory back and faults it in again on each call (1150 page faults a call against none in
    a plain script, 7.3 ms instead of 6.2).
    """
    return np.array(read, order="F" if order == "F" else "C", copy=True)
