"""Numbers as text: one unit for a column, three significant digits, a dash for what is unknown."""

from collections.abc import Iterable
from math import isfinite

DASH = "-"

#: Unit of time -> its length in seconds, longest first.
TIME_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

#: Decimal prefix -> its power of ten, largest first.
_PREFIXES = {"T": 12, "G": 9, "M": 6, "k": 3}


def time_unit(seconds: Iterable[float | None]) -> str:
    """Return the unit in which the smallest of these times is at least 1 (one unit a column)."""
    known = [value for value in seconds if value is not None and value > 0]
    smallest = min(known, default=1.0)
    return next((unit for unit, length in TIME_UNITS.items() if smallest >= length), "ns")


def significant(value: float | None, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits, never in exponent form; a dash for None, else what it is."""
    if value is None:
        return DASH
    if not isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    magnitude = int(f"{rounded:e}".partition("e")[2])
    return f"{rounded:.{max(0, digits - 1 - magnitude)}f}"


def seconds_in(unit: str, seconds: float | None) -> str:
    """Return a time in `unit` (a key of TIME_UNITS), without the unit's name."""
    return DASH if seconds is None else significant(seconds / TIME_UNITS[unit])


def time_text(seconds: float | None) -> str:
    """Return one time with its own unit, as in ``4.53 ms``."""
    if seconds is None:
        return DASH
    unit = time_unit([seconds])
    return f"{seconds_in(unit, seconds)} {unit}"


def duration(seconds: float) -> str:
    """Return how long somebody waits, as in ``41 s``, ``25 min`` or ``2.1 h``."""
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{significant(seconds / 3600, 2)} h"


def percent(fraction: float | None, digits: int = 2) -> str:
    """Return a fraction as a percentage, as in ``2.5 %``."""
    return DASH if fraction is None else f"{significant(100 * fraction, digits)} %"


def times(ratio: float | None) -> str:
    """Return a ratio as in ``21.4x``."""
    return DASH if ratio is None else f"{significant(ratio)}x"


def middle_unit(values: Iterable[float | None], unit: str) -> tuple[str, float]:
    """Return the decimal unit, as ``kB``, in which the middle one of these amounts is at least 1, and its size.

    For a column whose amounts are of very different sizes; those that are 0 or unknown do not count.
    """
    known = sorted(value for value in values if value)
    middle = known[len(known) // 2] if known else 0.0
    return next(
        ((prefix + unit, 10.0**power) for prefix, power in _PREFIXES.items() if middle >= 10.0**power), (unit, 1.0)
    )


def amount(value: float | None, unit: str) -> str:
    """Return a quantity with a decimal prefix, as in ``12.2 MB`` or ``95.3 GFLOP/s``."""
    if value is None:
        return DASH
    prefix, power = next(((name, 10.0**power) for name, power in _PREFIXES.items() if value >= 10.0**power), ("", 1.0))
    return f"{significant(value / power)} {prefix}{unit}"
