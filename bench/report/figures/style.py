"""How figures look: one style that changes no global setting, and colours that all eyes tell apart.

matplotlib is imported only when something is drawn.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..chart import Colour
from ..parts import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Okabe & Ito (2008), its pale ones darkened for white; `html/assets/style.css` has the same.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#B8578F", "#B87F00", "#3D93C4", "#000000", "#7A6A00")
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


@contextmanager
def style() -> Iterator[None]:
    """Put STYLE over matplotlib's defaults, whatever the user's own settings are, and theirs back at the end."""
    from matplotlib import rc_context, rcParamsDefault

    # The backend is not ours to choose: only pyplot, which nothing here uses, reads it.
    settings: dict[Any, Any] = {key: value for key, value in rcParamsDefault.items() if not key.startswith("backend")}
    with rc_context(settings | dict(STYLE)):
        yield


def canvas(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches, which arranges itself."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    return figure


def colour_of(colour: Colour) -> str:
    """Return a chart's colour as matplotlib knows it."""
    if isinstance(colour, int):
        return PALETTE[colour % len(PALETTE)]
    return {"grey": GREY, "good": PALETTE[0], "bad": PALETTE[1]}[colour]


def drawable(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return text for a figure: one line, cut where too long, ``?`` for characters that the font lacks."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap()
    line = "".join(character if ord(character) in known else "?" for character in plain(text))
    return line if len(line) <= longest else line[: longest - 3] + "..."
