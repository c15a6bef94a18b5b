"""Which share of this machine's limits each implementation reaches, as text, tables and the roofline figure."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import atan2, degrees, inf, isfinite, log
from typing import TYPE_CHECKING, Any

from ..document import Cell, Column, Figure, Section, Table, code, plain
from ..machine import BEYOND_CACHES
from ..measurement import Limit, Run
from ..roofline import Placed, Roof, Roofline, attainable, peak, rooflines
from ..units import DASH, amount, percent, significant
from ..verdict import GroupFindings, Ratio
from .drawing import GREY, PALETTE, canvas, drawable, log_axis, spread, styled
from .wording import label, layouts, named, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure
    from matplotlib.text import Text

#: Resource -> its rate's unit, and what is done with it.
_RATES = {"flops": "FLOP/s", "bytes": "B/s"}
_DOING = {"flops": "computing", "bytes": "moving bytes"}

#: Height of the figure in inches, at least and at most; of a line of names; of what is not axes.
_LEAST_HEIGHT, _MOST_HEIGHT, _LINE_HEIGHT, _AROUND = 5.0, 10.0, 0.22, 0.7


def section(run: Run, groups: tuple[GroupFindings, ...]) -> Section | None:
    """Return a table of implementations, a table of limits and a figure for each group with limits."""
    found = rooflines(run, groups)
    if not found:
        return None
    tables: list[Table] = []
    for one in found:
        tables += [_implementations(one, groups), _limits(one, groups)]
    return Section(
        title="Share of what this machine allows",
        paragraphs=(_meaning(), *(text for one in found for text in _told(run, one))),
        tables=tuple(tables),
        figures=tuple(_figure(run, one, groups) for one in found if one.intensity > 0 and isfinite(one.intensity)),
    )


def brief(run: Run, groups: tuple[GroupFindings, ...]) -> Section | None:
    """Return what a terminal shows."""
    found = rooflines(run, groups)
    if not found:
        return None
    return Section(
        title="Share of what this machine allows",
        paragraphs=tuple(_work(one) for one in found),
        tables=tuple(
            table.for_people() for one in found for table in (_implementations(one, groups), _limits(one, groups))
        ),
    )


def sentence(found: Roofline) -> str | None:
    """Return which share of what the machine allows the fastest reaches; None where none has a share."""
    best = next((one for one in found.placed if one.share and not one.finding.reference_blas), None)
    if best is None:
        return None
    resource = found.binding.limit.resource
    rate = best.flops_per_second if resource == "flops" else best.bytes_per_second
    reached, most = (amount(value, _RATES[resource]) for value in (rate, found.binding.rate.value))
    name = code(label(best.finding.arm.case, found.group))
    return (
        f"{name} reaches {share_text(best.share)} of what this machine allows: {reached} of {most}, "
        f"where {_DOING[resource]} is the limit."
    )


def share_text(share: Ratio | None) -> str:
    """Return as in ``27.1 % [26.8 %, 27.5 %]``."""
    if share is None:
        return DASH
    ends = share.interval
    interval = f" [{percent(ends.low, 3)}, {percent(ends.high, 3)}]" if ends else ""
    return percent(share.value, 3) + interval


def _meaning() -> str:
    return (
        "The limits were measured in the same rounds, in fresh workers of their own, with the same dtype, threads and "
        "allocator; the bandwidth is that over arrays as large as the problem's, for cold caches that over large ones. "
        "The share is the shortest time that they allow (the problem's flops over the flop rate or its bytes over the "
        "bandwidth, whichever is longer: the roofline of Williams, Waterman and Patterson, 2009) over the time of the "
        "implementation, from burst minima paired within rounds; in brackets its 95 % interval over rounds. Rates are "
        "of the problem's own flops and of the bytes that any implementation must move, from median times."
    )


def _told(run: Run, found: Roofline) -> list[str]:
    """Return what is to be known of one group's roofs."""
    paragraphs = [_work(found)]
    largest = max(_bytes(roof.limit) for roof in found.roofs)
    cache = _last_cache(run)
    if largest and cache and largest < BEYOND_CACHES * cache:
        paragraphs.append(
            f"The largest arrays, {amount(largest, 'B')} together, are not {BEYOND_CACHES} times as large as the "
            f"last-level cache of {amount(cache, 'B')} that this machine reports: their bandwidth may partly be its."
        )
    paragraphs += [f"Not measured: {limit_name(limit)} ({plain(reason)})." for limit, reason in found.missing]
    above = [
        code(label(one.finding.arm.case, found.group)) for one in found.placed if one.share and one.share.value > 1
    ]
    if above:
        paragraphs.append(
            f"Above 100 %: {', '.join(above)} is faster than the limit measured here, which is what NumPy and its BLAS "
            "reach, not what the silicon could do."
        )
    return paragraphs


def _work(found: Roofline) -> str:
    """Return the work of a call and on which side of the ridge it lies."""
    work, ridge = found.work, found.ridge
    amounts = f"{amount(work['flops'], 'FLOP')} and {amount(work['bytes'], 'B')} a call"
    text = f"{plain(found.group.name)}: {amounts}, {significant(found.intensity)} flops a byte"
    if ridge is not None:
        text += f"; computing and moving bytes take equally long at {significant(ridge)}"
    resource, rate = found.binding.limit.resource, found.binding.rate.value
    most = f"{amount(rate, _RATES[resource])} ({limit_name(found.binding.limit)})"
    return f"{text}, so {_DOING[resource]} is the limit: {most}."


def _implementations(found: Roofline, groups: Sequence[GroupFindings]) -> Table:
    several = len(layouts(found.group)) > 1
    return Table(
        name=named("roofline", found.group, groups),
        title=titled("Share of what this machine allows", found.group, groups),
        columns=(
            Column(name="case", header="case", shown=False),
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=several),
            Column(name="flops_per_second", header="GFLOP/s"),
            Column(name="bytes_per_second", header="GB/s"),
            Column(name="flops_per_byte", header="flops/byte", dispensable=2),
            Column(name="share_of_attainable", header="share of attainable [%]"),
            Column(name="share_of_attainable_low", header="share, low", shown=False),
            Column(name="share_of_attainable_high", header="share, high", shown=False),
            Column(name="limit", header="limited by", right=False, dispensable=1),
        ),
        rows=tuple(_row(one, found) for one in found.placed),
    )


def _row(one: Placed, found: Roofline) -> tuple[Cell, ...]:
    case, ends = one.finding.arm.case, one.share.interval if one.share else None
    return (
        Cell.of(case.id),
        Cell.of(case.implementation),
        Cell.of(case.layout),
        Cell(value=one.flops_per_second, text=significant(one.flops_per_second / 1e9)),
        Cell(value=one.bytes_per_second, text=significant(one.bytes_per_second / 1e9)),
        Cell(value=found.intensity, text=significant(found.intensity)),
        Cell(value=one.share.value if one.share else None, text=_scaled_text(one.share, 0.01)),
        Cell.of(ends.low if ends else None),
        Cell.of(ends.high if ends else None),
        Cell.of(_DOING[found.binding.limit.resource]),
    )


def _limits(found: Roofline, groups: Sequence[GroupFindings]) -> Table:
    return Table(
        name=named("limits", found.group, groups),
        title=titled("Limits of this machine", found.group, groups),
        columns=(
            Column(name="limit", header="limit", right=False),
            Column(name="flops_per_second", header="GFLOP/s"),
            Column(name="bytes_per_second", header="GB/s"),
            Column(name="per_second", header="rate", shown=False),
            Column(name="per_second_low", header="rate, low", shown=False),
            Column(name="per_second_high", header="rate, high", shown=False),
            Column(name="unit", header="unit", right=False, shown=False),
            Column(name="set_bytes", header="arrays [bytes]", shown=False),
            Column(name="use", header="use", right=False),
        ),
        rows=tuple(_limit_row(roof, found) for roof in found.roofs),
    )


def _limit_row(roof: Roof, found: Roofline) -> tuple[Cell, ...]:
    rate, ends = roof.rate.value, roof.rate.interval
    text = _scaled_text(Ratio(value=rate, interval=ends), 1e9)
    highest = peak(found.roofs, roof.limit.resource) is roof
    use = "the limit" if roof is found.binding else "roof" if highest else "for comparison"
    return (
        Cell.of(limit_name(roof.limit)),
        *(Cell(value=rate, text=text) if of == roof.limit.resource else Cell.of(None) for of in _RATES),
        Cell.of(rate),
        Cell.of(ends.low if ends else None),
        Cell.of(ends.high if ends else None),
        Cell.of(_RATES[roof.limit.resource]),
        Cell.of(_bytes(roof.limit) or None),
        Cell.of(use),
    )


def _scaled_text(number: Ratio | None, unit: float) -> str:
    """Return as in ``27.1 [26.8, 27.5]``: in a unit of that size, which the header names."""
    if number is None:
        return DASH
    ends = number.interval
    interval = f" [{significant(ends.low / unit)}, {significant(ends.high / unit)}]" if ends else ""
    return significant(number.value / unit) + interval


def limit_name(limit: Limit) -> str:
    """Return what a limit is, in a few words."""
    size = limit.arm.case.size.values
    names = {
        "gemm": f"np.dot of {size.get('n')} x {size.get('n')}",
        "read": f"reading {amount(_bytes(limit), 'B')} (np.dot)",
        "add": f"adding within {amount(_bytes(limit), 'B')} (np.add)",
    }
    return names.get(limit.arm.case.problem, plain(limit.arm.title))


def _bytes(limit: Limit) -> int:
    """Return the size of the arrays that a limit of moving bytes goes through; 0 for others."""
    return limit.arm.case.size.values.get("bytes", 0)


def _last_cache(run: Run) -> int | None:
    """Return the size of the last-level cache, as the machine reports it."""
    cpu = run.environment.get("cpu")
    caches: Any = cpu.get("caches") if isinstance(cpu, Mapping) else None
    sizes = [caches.get(f"l{level}_bytes") for level in (3, 2)] if isinstance(caches, Mapping) else []
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def _figure(run: Run, found: Roofline, groups: Sequence[GroupFindings]) -> Figure:
    title = titled(f"Roofline of {plain(run.problem.name)}", found.group, groups)
    shares = "; ".join(
        f"{code(label(one.finding.arm.case, found.group))} {share_text(one.share)}" for one in found.placed
    )
    caption = (
        f"{title}: flop rate over flops a byte, both axes logarithmic; the roofs are what this machine was measured to "
        f"allow in the same rounds, dashed for arrays larger than the problem's. Share of the attainable: {shares}."
    )
    return Figure(name=named("roofline", found.group, groups), caption=caption, draw=styled(partial(_draw, found)))


def _draw(found: Roofline) -> "MatplotlibFigure":
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
        share = f"  {percent(one.share.value)}" if one.share else ""
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
