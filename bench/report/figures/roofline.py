"""The roofline as a picture: the roofs that were measured, a point and a name for each implementation."""

from collections.abc import Sequence
from math import atan2, degrees, inf, log
from typing import TYPE_CHECKING

from ...analyse.roofline import Roof, Roofline, attainable, peak
from ...units import amount, percent, significant
from ..wording import label, limit_name
from .style import GREY, PALETTE, canvas, drawable, log_axis, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure
    from matplotlib.text import Text

#: Height of the figure in inches, at least and at most; of a line of names; of what is not axes.
_LEAST_HEIGHT, _MOST_HEIGHT, _LINE_HEIGHT, _AROUND = 5.0, 10.0, 0.22, 0.7


def draw(found: Roofline) -> "MatplotlibFigure":
    """Draw the roofline of a group."""
    low, high = _heights(found)
    room = log(_attainable(found) / low) / log(high / low)
    wanted = _AROUND + (len(found.placed) + 1) * _LINE_HEIGHT / room
    height = min(max(wanted, _LEAST_HEIGHT), _MOST_HEIGHT)
    figure = canvas(9.0, height)
    axes = figure.add_subplot()
    flops, moved, far = peak(found.roofs, "flops"), peak(found.roofs, "bytes"), far_roof(found)
    log_axis(axes.xaxis, widths(found), "")
    log_axis(axes.yaxis, (low, high), "")
    texts = [_draw_slope(axes, roof, flops, solid=roof is moved) for roof in (far, moved) if roof]
    if flops:
        _draw_flat(axes, flops, moved)
    axes.axvline(found.intensity, color=GREY, linewidth=0.8, linestyle=":", zorder=1)
    _draw_points(axes, found, _LINE_HEIGHT / (height - _AROUND))
    axes.set_xlabel(f"flops a byte (log axis; dotted: this problem, {significant(found.intensity)})")
    axes.set_ylabel("GFLOP/s (log axis)")
    _turn(figure, axes, texts)
    return figure


def far_roof(found: Roofline) -> Roof | None:
    """Return the highest bandwidth over arrays that are larger than the problem's."""
    others = [roof for roof in found.roofs if roof.limit.resource == "bytes" and not roof.limit.applies]
    return max(others, key=lambda roof: roof.rate.value, default=None)


def widths(found: Roofline) -> tuple[float, float]:
    """Return the ends of the axis of intensities: room for the slopes on the left and for names on the right."""
    ridge = found.ridge or found.intensity
    return min(found.intensity, ridge) / 20, max(found.intensity, ridge) * 15


def _heights(found: Roofline) -> tuple[float, float]:
    """Return the ends of the axis of rates, in GFLOP/s: all points, all roofs, and room for names below them."""
    rates = [one.flops_per_second / 1e9 for one in found.placed]
    flops = peak(found.roofs, "flops")
    roofs = [_attainable(found), *([flops.rate.value / 1e9] if flops else [])]
    return min(min(rates, default=inf) / 1.6, _attainable(found) / 15), max(rates + roofs) * 1.8


def _attainable(found: Roofline) -> float:
    """Return the height of the roof above the problem, in GFLOP/s."""
    peaks = [peak(found.roofs, resource) for resource in ("flops", "bytes")]
    flops, moved = (roof.rate.value / 1e9 if roof else inf for roof in peaks)
    return attainable(flops, moved, found.intensity)


def _draw_slope(axes: "Axes", roof: Roof, flops: Roof | None, *, solid: bool) -> "Text":
    """Draw what moving bytes allows, up to where computing allows no more; return its text, which is to be turned."""
    (left, right), rate = axes.get_xlim(), roof.rate.value / 1e9
    first = max(left, axes.get_ylim()[0] / rate)
    last = min(right, flops.rate.value / roof.rate.value if flops else right)
    colour, style, width = ("black", "-", 1.8) if solid else (GREY, "--", 1.2)
    axes.plot([first, last], [first * rate, last * rate], style, color=colour, linewidth=width, zorder=2)
    text: Text = axes.annotate(
        f"{amount(roof.rate.value, 'B/s')}: {limit_name(roof.limit)}",
        (first * 1.3, first * 1.3 * rate),
        xytext=(-2, 3) if solid else (2, -3),
        textcoords="offset points",
        rotation_mode="anchor",
        va="bottom" if solid else "top",
        color=colour,
        fontsize=9,
    )
    text.set_in_layout(False)
    return text


def _draw_flat(axes: "Axes", flops: Roof, moved: Roof | None) -> None:
    """Draw what computing allows."""
    (left, right), rate = axes.get_xlim(), flops.rate.value / 1e9
    first = max(left, flops.rate.value / moved.rate.value) if moved else left
    axes.plot([first, right], [rate, rate], "-", color="black", linewidth=1.8, zorder=2)
    text = f"{amount(flops.rate.value, 'FLOP/s')}: {limit_name(flops.limit)}"
    axes.annotate(text, (right, rate), xytext=(-4, 4), textcoords="offset points", ha="right", fontsize=9)


def _draw_points(axes: "Axes", found: Roofline, gap: float) -> None:
    """Draw a point for each implementation, and beside it, below the roof, name and share, `gap` of the axes apart."""
    low, high = axes.get_ylim()
    rates = [one.flops_per_second / 1e9 for one in found.placed]
    heights = [log(rate / low) / log(high / low) for rate in rates]
    roof = log(_attainable(found) / low) / log(high / low)
    places = spread(heights, gap, (gap / 2, roof - 0.7 * gap))
    for one, rate, height in zip(found.placed, rates, places, strict=True):
        colour = GREY if one.finding.arm.baseline else PALETTE[0]
        x, y = found.intensity * 1.5, low * (high / low) ** height
        axes.plot([found.intensity, x], [rate, y], "-", color=colour, linewidth=0.7, zorder=3)
        axes.plot([found.intensity], [rate], "o", color=colour, markersize=6.5, zorder=4)
        name = drawable(label(one.finding.arm.case, found.group))
        share = f"  {percent(one.share.value)}" if one.share and not one.doubt else ""
        text = axes.text(x * 1.04, y, name + share, va="center_baseline", color=colour, zorder=5)
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6})
        text.set_in_layout(False)


def _turn(figure: "MatplotlibFigure", axes: "Axes", texts: Sequence["Text"]) -> None:
    """Turn texts along lines that rise by a decade a decade, once it is settled how long a decade is on either axis."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    box, (left, right), (low, high) = axes.get_window_extent(), axes.get_xlim(), axes.get_ylim()
    angle = degrees(atan2(box.height / log(high / low), box.width / log(right / left)))
    for text in texts:
        text.set_rotation(angle)
