"""What a worker may be asked for behind its last burst, untimed: an order, and the reply to it."""

from typing import Literal

from ..store.worker_records import Call, Costs, Counts, Functions, Natural
from .protocol import Order, Reply

#: To count what an evaluation does, or to explain it.
Untimed = Literal["count", "explain"]


class Count(Order, frozen=True, kw_only=True):
    """Count what an evaluation does."""

    explained: bool = False
    """Whether to see what NumPy is called for and to measure what that costs, too."""


class Counted(Reply, frozen=True, kw_only=True):
    """What an evaluation does; the other fields only where that was to be explained, and could be."""

    counts: Counts
    calls: tuple[Call, ...] | None = None
    functions: Functions | None = None
    costs: Costs | None = None
    smallest_ns: Natural | None = None
