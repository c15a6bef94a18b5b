"""What a value is made of: numbers, exact things and what holds them, each at its path. Pure.

Of ``{"a": [1.5, 2.5], "b": "yes"}`` they are, at ``result``, a dict of 'a' and 'b', at ``result['a']`` the numbers 1.5
and 2.5, and at ``result['b']`` the text 'yes'.
"""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct


class Unreadable(Exception):
    """A value that cannot be taken apart; the text begins with its path and says why, and what to do."""


class Numbers(Struct, frozen=True, kw_only=True, eq=False):
    """An array of bool, integer, real or complex numbers, or of what else NumPy keeps by its bytes."""

    array: np.ndarray
    typed: bool = True
    """Whether it came with this dtype; Python's own numbers, and lists of them, have none."""


class Exact(Struct, frozen=True, kw_only=True):
    """What is the same or is not: text, bytes, None, a date, ..."""

    kind: str
    """Name of its type."""
    text: str
    """As Python writes it."""


class Holder(Struct, frozen=True, kw_only=True):
    """What holds other leaves: a sequence, a mapping, a set or an object with attributes."""

    kind: str
    """``list``, ``dict``, ``set``, ``object``, ``sparse``, ``levels`` (of an index), ``rows``, ``records`` (`rows`).

    A tuple is a list, a frame a dict of columns.
    """
    name: str
    """Name of its type."""
    paths: tuple[str, ...]
    """What follows its own path in those of the leaves that it holds: ``[0]``, ``['a']``, ``.weights``, ``[:, 0]``."""
    usual: tuple[str, ...] = ()
    """The same of what its class has, which counts where the other side has it itself."""


Leaf = Numbers | Exact | Holder

#: Path -> leaf, in the order in which they were met.
Leaves = Mapping[str, Leaf]

#: End of the path of what the rows of a frame are called by, and of the order of what is ordered by itself.
INDEX, ORDER = ".index", ".order"

#: They count only where the other side has them too.
OPTIONAL = (INDEX, ORDER)

#: End of the path of the mask that says which of some data are missing.
MISSING = ".missing"
