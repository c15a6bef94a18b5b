"""Ratios as bars: as many characters as a logarithmic axis gives them, with a mark at 1."""

from collections.abc import Sequence
from math import inf, log

from ..document import Cell

#: The axis spans at least this ratio, so that a few percent do not look like much.
LEAST_SPAN = 2.0


def lines(cells: Sequence[Cell], width: int, *, blocks: bool) -> list[str]:
    """Return a header and a bar for each ratio, of at most `width` characters on a log axis, with a mark at 1."""
    mark, block = ("\u2502", "\u2588") if blocks else ("|", "#")
    logs = [log(cell.value) if isinstance(cell.value, float) and 0 < cell.value < inf else None for cell in cells]
    low, high = -min([0.0, *filter(None, logs)]), max([0.0, *filter(None, logs)])
    more = max(0.0, log(LEAST_SPAN) - low - high)
    low, high = (low + more, high) if low > high else (low, high + more)
    left = min(max(round((width - 1) * low / (low + high)), int(low > 0)), width - 1 - int(high > 0))
    rooms = ((left, low), (width - 1 - left, high))
    scale = min(room / end for room, end in rooms if end)
    drawn = [_axis(left, width)]
    for value in logs:
        long = round(scale * abs(value or 0.0))
        below, above = (block * long, "") if (value or 0.0) < 0 else ("", block * long)
        drawn.append("" if value is None else f"{below:>{left}}{mark}{above}")
    return drawn


def _axis(mark: int, width: int) -> str:
    """Return the header of bars: where 1 is, and that the axis is logarithmic."""
    start, log_text = min(mark, width - 2), "(log)"
    if width - start - 2 > len(log_text):
        return f"{'':{start}}1x".ljust(width - len(log_text)) + log_text
    return f"{log_text if start > len(log_text) else '':{start}}1x"
