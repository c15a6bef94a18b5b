"""How figures look: one style that changes no global setting, colours that all eyes tell apart, readable log axes.

matplotlib is imported only when something is drawn.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from math import floor, log10
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..document import plain

if TYPE_CHECKING:
    from matplotlib.axis import XAxis, YAxis
    from matplotlib.figure import Figure

#: Okabe & Ito (2008), without the yellow that fades on white; blue first.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
GREY = "#666666"
PALE = "#DDDDDD"

#: The font is matplotlib's own, so that it is there and looks the same everywhere; text is never read as mathematics.
STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",
        "font.size": 10.0,
        "axes.titlesize": 10.0,
        "axes.labelsize": 10.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "figure.facecolor": "white",
        "figure.dpi": 100.0,
        "savefig.dpi": 150.0,
        "savefig.bbox": "standard",
        "text.parse_math": False,
        "text.usetex": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "implbench",
        "path.simplify": False,
    }
)

#: Names longer than this are cut in figures; the tables hold them whole.
LONGEST_LABEL = 36

#: Below this ratio of its ends, a log axis has no 1-2-5 ticks enough and gets evenly spaced ones.
_FEW_DECADES = 8.0
_MOST_TICKS = 7


@contextmanager
def style() -> Iterator[None]:
    """Put STYLE over matplotlib's defaults, whatever the user's own settings are, and theirs back at the end."""
    from matplotlib import rc_context, rcParamsDefault

    # The backend is not ours to choose: only pyplot, which nothing here uses, reads it.
    settings: dict[Any, Any] = {key: value for key, value in rcParamsDefault.items() if not key.startswith("backend")}
    with rc_context(settings | dict(STYLE)):
        yield


def styled(draw: Callable[[], "Figure"]) -> Callable[[], "Figure"]:
    """Return `draw` run in the style."""

    def drawn() -> "Figure":
        with style():
            return draw()

    return drawn


def canvas(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches, which arranges itself."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    return figure


def drawable(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return text for a figure: one line, cut where too long, ``?`` for characters that the font lacks."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap()
    line = "".join(character if ord(character) in known else "?" for character in plain(text))
    return line if len(line) <= longest else line[: longest - 3] + "..."


def log_ticks(low: float, high: float) -> list[float]:
    """Return values between `low` and `high`, both above 0, that read well on a log axis: 1, 2, 5, 10, ..."""
    if high / low < _FEW_DECADES:
        from matplotlib.ticker import MaxNLocator

        steps = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        return [float(value) for value in steps if low <= value <= high]
    decades = range(floor(log10(low)), floor(log10(high)) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [digit * 10.0**decade for decade in decades for digit in digits if low <= digit * 10.0**decade <= high]
        if len(ticks) <= _MOST_TICKS:
            return ticks
    return ticks[:: len(ticks) // _MOST_TICKS + 1]


def log_axis(axis: "XAxis | YAxis", ends: tuple[float, float], unit: str) -> None:
    """Make an axis logarithmic from one end to the other, its ticks plain numbers with `unit` behind them."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    if axis.axis_name == "x":
        axis.axes.set(xscale="log", xlim=ends)
    else:
        axis.axes.set(yscale="log", ylim=ends)
    axis.set_major_locator(FixedLocator(log_ticks(*ends)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _index: f"{value:g}{unit}"))


def padded(low: float, high: float, least: float) -> tuple[float, float]:
    """Return the ends of a log axis around `low` and `high`: 6 % of its length more at each end, or `least`."""
    factor = max((high / low) ** 0.06, least)
    return low / factor, high * factor


def spread(places: Sequence[float], gap: float, ends: tuple[float, float]) -> list[float]:
    """Return places near the given ones, in their order, that lie at least `gap` apart and within `ends`.

    The mean of two ways to keep the gap: moving up whatever is too near the one below, and moving down whatever is too
    near the one above. Where there is no room for all, the gap is smaller.
    """
    low, high = ends
    last = len(places) - 1
    gap = min(gap, (high - low) / max(1, last))
    order = sorted(range(len(places)), key=lambda index: places[index])
    bounded = [
        min(max(places[index], low + rank * gap), high - (last - rank) * gap) for rank, index in enumerate(order)
    ]
    up = list(accumulate(bounded, lambda below, place: max(place, below + gap)))
    down = list(accumulate(reversed(bounded), lambda above, place: min(place, above - gap)))[::-1]
    found = {index: (up[rank] + down[rank]) / 2 for rank, index in enumerate(order)}
    return [found[index] for index in range(len(places))]
