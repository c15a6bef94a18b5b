"""What a worker may be asked for behind its last burst, untimed: an order, and the reply to it."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..machine.load import Share
from ..store.profile_records import Functions, Lines
from ..store.quantities import Natural, Positive
from ..store.worker_records import Call, Costs, Counts
from .protocol import Order, Reply

#: What may be asked of an evaluation: each is an order of its own, with a time limit of its own.
Part = Literal["costs", "lines", "counts", "functions", "calls"]


class Count(Order, frozen=True, kw_only=True):
    """Count what an evaluation does, or see another part of it."""

    part: Part


class Counted(Reply, frozen=True, kw_only=True):
    """What was asked for of an evaluation; None where it cannot be seen."""

    counts: Counts | None = None
    calls: tuple[Call, ...] | None = None
    functions: Functions | None = None
    lines: Lines | None = None
    lines_watched: Share = 1.0
    costs: Costs | None = None
    smallest_ns: Natural | None = None


class Track(Order, frozen=True, kw_only=True):
    """Have memray write down what an evaluation allocates; nothing is asked for behind that."""

    file: Path
    """A new one."""


class Holder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the user's own code, by what it had allocated of what was held at the peak."""

    file: Path
    line: Natural
    function: str
    bytes: Positive


class Tracked(Reply, frozen=True, kw_only=True):
    """It is written down."""

    peak_bytes: Natural | None = None
    """The most that was held at one time of what the evaluation allocated; None where this memray does not tell it."""
    holder: Holder | None = None
    """The line that held most of that; None where none of the user's held anything."""
