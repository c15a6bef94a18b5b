"""Axes as charts describe them: where they end, and ticks that read well, with their units."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from math import ceil, floor, inf, isfinite, log10
from typing import TYPE_CHECKING

from ...units import significant
from ..chart import Axis, AxisName, Chart, Unit
from .style import drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Ends = tuple[float, float]

#: Below this ratio of its ends, a log axis has no 1-2-5 ticks enough and gets evenly spaced ones.
_FEW_DECADES = 8.0
_MOST_TICKS = 7

#: A log axis is longer than its values by this part at each end, and by this factor at least.
_PADDING, _LEAST_FACTOR = 0.06, 1.02

#: Unit -> what is written behind a decimal prefix.
_PREFIXED = {"s": "s", "B": "B", "B/s": "B/s", "flop/s": "FLOP/s", "count": ""}

#: Hours between two ticks of an axis of dates.
_HOURS = (1, 3, 6, 12, 24, 48, 168, 336, 720, 2160, 8760)
_HOUR_MS = 3600e3


def axis_of(chart: Chart, name: AxisName) -> Axis:
    """Return the axis of that name."""
    return chart.x if name == "x" else chart.y


def values(chart: Chart, axis: AxisName) -> Iterator[float]:
    """Yield all numbers that lie on an axis: of marks, their intervals, bands and rules, and where bars begin."""
    for series in chart.series:
        yield from series.xs if axis == "x" else series.ys
        for point in series.points:
            if point.x is not None and point.y is not None:
                yield point.x if axis == "x" else point.y
                if series.whiskers == axis:
                    yield from (end for end in (point.low, point.high) if end is not None)
    for band in chart.bands:
        yield from (band.low, band.high) if band.axis == axis else ()
    yield from (rule.at for rule in chart.rules if rule.axis == axis)
    if any(series.kind == "bars" for series in chart.series) and axis == "x":
        yield 1.0 if chart.x.unit == "x" else 0.0


def ends_of(axis: Axis, found: Iterable[float], *, near_zero: bool = False) -> Ends:
    """Return the ends of an axis around values: its own where it has them, else with a little room beside them.

    A linear one begins at 0 if that is among the values, and with `near_zero` also if they come near it.
    """
    if axis.scale == "category":
        return -0.5, len(axis.categories) - 0.5
    log = axis.scale == "log"
    known = [value for value in found if isfinite(value) and (value > 0 or not log)] or [1.0, 10.0]
    low, high = (
        padded(min(known), max(known)) if log else _padded_linear(axis, min(known), max(known), near_zero=near_zero)
    )
    return (low if axis.low is None else axis.low), (high if axis.high is None else axis.high)


def padded(low: float, high: float) -> Ends:
    """Return the ends of a log axis around `low` and `high`: 6 % of its length more at each end, 2 % at least."""
    factor = max((high / low) ** _PADDING, _LEAST_FACTOR)
    return low / factor, high * factor


def _padded_linear(axis: Axis, low: float, high: float, *, near_zero: bool) -> Ends:
    least = 12 * _HOUR_MS if axis.unit == "date" else 0.05 * abs(high)
    room = 0.05 * (high - low) or least or 1.0
    return (0.0 if low == 0 or (near_zero and 0 < low < 0.3 * high) else low - room), high + room


def lay(axes: "Axes", name: AxisName, axis: Axis, ends: Ends, most: int = _MOST_TICKS) -> None:
    """Give matplotlib's axis the scale, ends and ticks of a chart's, at most about `most` of them."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    down = name == "y" and axis.scale == "category"
    axes.set(**{f"{name}scale": "log" if axis.scale == "log" else "linear", f"{name}lim": ends[::-1] if down else ends})
    found = dict(ticks(axis, ends, most))
    drawn = axes.xaxis if name == "x" else axes.yaxis
    drawn.set_major_locator(FixedLocator([*found]))
    drawn.set_major_formatter(FixedFormatter([*found.values()]))
    drawn.set_minor_locator(NullLocator())


def ticks(axis: Axis, ends: Ends, most: int) -> Iterator[tuple[float, str]]:
    """Yield place and text of each tick."""
    if axis.scale == "category":
        yield from ((float(place), drawable(name)) for place, name in enumerate(axis.categories))
    elif axis.unit == "date":
        yield from _date_ticks(*ends, most // 2)
    elif axis.ticks:
        yield from ((value, whole_text(value)) for value in spaced(axis, ends, most))
    else:
        log, whole = axis.scale == "log", axis.unit == "count"
        found = (
            log_ticks(*ends, min(most, _MOST_TICKS)) if log else _linear_ticks(ends, (1 + whole) * most, whole=whole)
        )
        yield from ((value, tick_text(value, axis.unit)) for value in found)


def spaced(axis: Axis, ends: Ends, most: int) -> list[float]:
    """Return the ticks of an axis that says where they are, without those that the one before leaves no room for."""
    place: Callable[[float], float] = log10 if axis.scale == "log" else float
    apart = (place(ends[1]) - place(ends[0])) / (1.5 * most)
    found: list[float] = []
    for value in axis.ticks:
        if ends[0] <= value <= ends[1] and (not found or place(value) - place(found[-1]) >= apart):
            found.append(value)
    return found


def whole_text(value: float) -> str:
    """Return a whole number with all its digits, thousands as in ``20k``: never ``1.024k``."""
    return tick_text(value, "count") if value % 1000 == 0 else f"{value:.0f}"


def log_ticks(low: float, high: float, most: int = _MOST_TICKS) -> list[float]:
    """Return values between `low` and `high`, both above 0, that read well on a log axis: 1, 2, 5, 10, ..."""
    if high / low < _FEW_DECADES:
        return _linear_ticks((low, high), min(most, 5))
    decades = range(floor(log10(low)), floor(log10(high)) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
        found = [value for value in found if low <= value <= high]
        if len(found) <= most:
            return found
    return found[:: len(found) // most + 1]


def _linear_ticks(ends: Ends, most: int, *, whole: bool = False) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    low, high = ends
    steps = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, high)
    return [float(value) for value in steps if low <= value <= high]


def _date_ticks(low: float, high: float, most: int) -> Iterator[tuple[float, str]]:
    """Yield round moments in UTC, with the time of day where they are less than a day apart."""
    hours = next((hours for hours in _HOURS if hours * _HOUR_MS * most >= high - low), inf)
    step = _HOUR_MS * hours if isfinite(hours) else (high - low) / most
    for place in range(ceil(low / step), floor(high / step) + 1):
        moment = datetime.fromtimestamp(place * step / 1e3, tz=UTC)
        yield place * step, f"{moment:%Y-%m-%d}" if hours >= 24 else f"{moment:%m-%d %H:%M}"


def tick_text(value: float, unit: Unit) -> str:
    """Return a tick's number with its unit and no more digits than it has, as in ``20x``, ``5k``, ``300 us``."""
    from matplotlib.ticker import EngFormatter

    if unit in _PREFIXED:
        text: str = EngFormatter(unit=_PREFIXED[unit], sep=" " if _PREFIXED[unit] else "").format_data(value)
        return text.replace("\N{MICRO SIGN}", "u").replace("\N{MINUS SIGN}", "-")
    text = significant(value, 6)
    return (text.rstrip("0").rstrip(".") if "." in text else text) + {"x": "x", "%": " %"}.get(unit, "")
