"""Values that have an interval, as cells: the value for people, the ends of its interval for programs."""

from ..stats.intervals import Uncertain
from .parts import Cell, Column


def value_of(found: Uncertain | None) -> float | None:
    """Return the value, None where there is none."""
    return found.value if found else None


def value_cell(found: Uncertain | None, text: str) -> Cell:
    """Return the cell of a value that is shown as `text`."""
    return Cell(value=value_of(found), text=text)


def bound_columns(name: str, prefix: str = "") -> tuple[Column, Column]:
    """Return the columns of an interval's ends, for programs; `prefix` begins their headers."""
    low, high = (Column(name=f"{name}_{end}", header=f"{prefix}{end}", shown=False) for end in ("low", "high"))
    return low, high


def bound_cells(found: Uncertain | None) -> tuple[Cell, Cell]:
    """Return the cells of an interval's ends, empty where there is none."""
    low, high = found.bounds if found else (None, None)
    return Cell.of(low), Cell.of(high)
