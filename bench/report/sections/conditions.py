"""Threads, dtypes and allocators side by side: what each does to the same implementation, and to the speed-ups."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...analyse.analysis import Analysis
from ...analyse.conditions import Effect
from ...analyse.sweep import case_of
from ...analyse.verdict import GroupFindings, Ratio
from ...store.records import Run
from ..document import Cell, Column, Figure, Section, Table, code, plain
from ..figures.style import GREY, MARKERS, PALE, PALETTE, canvas, drawable, log_axis, padded, styled
from ..wording import conditions, counted, margin_text, ratio_text, times_text
from . import layouts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

_EXPLAINED = (
    "The same implementation under two conditions: speed-up is time before / time after the change. Different "
    "conditions are measured by different workers of one run, whose rounds take turns; their times are paired by the "
    "index of the round, so the interval holds the drift within a round too. Efficiency is the speed-up of t threads "
    "over one, divided by t."
)

#: More groups than these do not fit one figure.
_MOST_PANELS = 6


def section(analysis: Analysis) -> Section | None:
    """Return a table for each axis of which the run has several values; None where there is none."""
    found = analysis.effects
    if not any(found.values()):
        return None
    tables = tuple(_table(axis, each) for axis, each in found.items() if each)
    panels = [group for group in analysis.groups if len(layouts.grid(group)) > 1]
    sizes = {tuple(case_of(group).size.values.items()) for group in panels}
    fits = len(sizes) == 1 and 1 < len(panels) <= _MOST_PANELS
    return Section(
        title="Threads, dtypes and allocators side by side",
        paragraphs=(_EXPLAINED, *(text for each in found.values() for text in _sentences(each))),
        tables=tables,
        figures=(_figure(analysis.run, panels),) if fits else (),
    )


def _sentences(found: Sequence[Effect]) -> list[str]:
    """Return what the change does to each implementation, at the largest size that was measured both ways."""
    by_change: dict[str, list[str]] = {}
    for one in largest(found):
        efficiency = f" (efficiency {_percent(one.efficiency)})" if one.efficiency else ""
        text = f"{_name(one, found)} {times_text(one.speedup)} as fast{efficiency}"
        by_change.setdefault(f"{change_text(one)} ({where_text(one)})", []).append(text)
    return [f"{change}: {', '.join(texts)}." for change, texts in by_change.items()]


def largest(found: Sequence[Effect]) -> list[Effect]:
    """Return the effects at the largest size at which each change was measured."""
    kept: dict[tuple[object, ...], Effect] = {}
    for one in found:
        key = (one.case.implementation, one.case.layout, one.after, *_others(one))
        known = kept.get(key)
        if known is None or max(one.size.values.values()) >= max(known.size.values.values()):
            kept[key] = one
    return list(kept.values())


def where_text(one: Effect) -> str:
    """Return the size and the conditions that stay, as in ``m=10000, n=64, p=25, float64``."""
    size = ", ".join(f"{plain(key)}={value}" for key, value in one.size.values.items())
    return ", ".join([size, *_others(one)])


def change_text(one: Effect) -> str:
    """Return as in ``With 2 threads instead of 1``."""
    if one.axis == "threads":
        return f"With {counted(int(one.after), 'thread')} instead of {one.before}"
    return f"With {plain(str(one.after))} instead of {plain(str(one.before))}"


def _others(one: Effect) -> list[str]:
    """Return the conditions that stay, but for the size."""
    values = {
        "threads": counted(one.case.threads, "thread") if one.case.threads else "",
        "dtype": one.case.dtype,
        "allocator": "" if one.case.allocator == "default" else f"allocator {plain(one.case.allocator)}",
    }
    return [value for axis, value in values.items() if axis != one.axis and value]


def _name(one: Effect, found: Sequence[Effect]) -> str:
    several = len({other.case.layout for other in found}) > 1
    return code(f"{one.case.implementation} {one.case.layout}" if several else one.case.implementation)


def _percent(ratio: Ratio) -> str:
    """Return as in ``86 % [81 %, 90 %]``."""
    ends = ratio.interval
    return f"{100 * ratio.value:.0f} %" + (f" [{100 * ends.low:.0f} %, {100 * ends.high:.0f} %]" if ends else "")


def _table(axis: str, found: Sequence[Effect]) -> Table:
    """Return a row for each effect."""
    threads = axis == "threads"
    layout = len({one.case.layout for one in found}) > 1
    return Table(
        name=f"by-{axis}",
        title=f"What {axis} do{'' if threads else 'es'} to the same implementation",
        columns=(
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=layout),
            Column(name="size", header="size", right=False),
            Column(name="condition", header="at", right=False),
            Column(name="before", header="from", right=False),
            Column(name="after", header="to", right=False),
            Column(name="speedup", header="speed-up", right=False),
            Column(name="speedup_low", header="low", shown=False),
            Column(name="speedup_high", header="high", shown=False),
            Column(name="efficiency", header="efficiency", right=False, shown=threads),
            Column(name="rounds", header="rounds"),
        ),
        rows=tuple(_row(one) for one in found),
    )


def _row(one: Effect) -> tuple[Cell, ...]:
    ends, efficiency = one.speedup.interval, one.efficiency
    return (
        Cell.of(one.case.implementation),
        Cell.of(one.case.layout),
        Cell.of(", ".join(f"{key}={value}" for key, value in one.size.values.items())),
        Cell.of(", ".join(_others(one))),
        Cell.of(one.before),
        Cell.of(one.after),
        Cell(value=one.speedup.value, text=ratio_text(one.speedup)),
        Cell.of(ends.low if ends else None),
        Cell.of(ends.high if ends else None),
        Cell(value=efficiency.value if efficiency else None, text=_percent(efficiency) if efficiency else ""),
        Cell.of(one.rounds),
    )


def _figure(run: Run, groups: Sequence[GroupFindings]) -> Figure:
    caption = (
        f"Speed-up of {plain(run.problem.name)} over the baseline of the same condition, a panel each for dtype, "
        "threads and allocator, a mark each for the layouts; with 95 % intervals, log axis; in the shaded band "
        f"({margin_text(groups[0].margin)} each way) a case counts as equal."
    )
    return Figure(name="conditions", caption=caption, draw=styled(partial(_draw, groups)))


def _draw(groups: Sequence[GroupFindings]) -> "MatplotlibFigure":
    names = tuple(dict.fromkeys(name for group in groups for name in layouts.grid(group)))
    orders = tuple(dict.fromkeys(order for group in groups for by in layouts.grid(group).values() for order in by))
    columns = min(2, len(groups))
    rows = -(-len(groups) // columns)
    figure = canvas(9.0, 1.0 + rows * (0.7 + (0.16 + 0.16 * len(orders)) * len(names)))
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes in panels.flat[len(groups) :]:
        axes.set_visible(False)
    ends = _ends(groups)
    for axes, group in zip(panels.flat, groups, strict=False):
        _draw_panel(axes, group, names, orders)
        log_axis(axes.xaxis, ends, "x")
        axes.set_title(drawable(conditions(case_of(group)), 60), loc="left")
        axes.tick_params(labelbottom=True)
    if len(orders) > 1:
        _legend(figure, orders)
    figure.supxlabel("speed-up over the baseline (log axis; to the right is faster)", fontsize=10)
    return figure


def _ends(groups: Sequence[GroupFindings]) -> tuple[float, float]:
    ratios = [ratio for group in groups for by in layouts.grid(group).values() for ratio in by.values()]
    values = [1 / (1 + groups[0].margin), 1 + groups[0].margin]
    for ratio in ratios:
        values += [ratio.value, *([ratio.interval.low, ratio.interval.high] if ratio.interval else [])]
    return padded(min(values), max(values), 1.02)


def _draw_panel(axes: "Axes", group: GroupFindings, names: Sequence[str], orders: Sequence[str]) -> None:
    """Draw the speed-ups of a group: a row an implementation, a mark a layout."""
    axes.axvspan(1 / (1 + group.margin), 1 + group.margin, color=PALE, zorder=0)
    axes.axvline(1.0, color=GREY, linewidth=0.8, zorder=1)
    found, step = layouts.grid(group), 0.7 / len(orders)
    for row, name in enumerate(names):
        for order, ratio in found.get(name, {}).items():
            place = orders.index(order)
            colour, marker = PALETTE[place % len(PALETTE)], MARKERS[place % len(MARKERS)]
            y = row + step * (place - (len(orders) - 1) / 2)
            if ratio.interval:
                axes.plot([ratio.interval.low, ratio.interval.high], [y, y], color=colour, linewidth=2.0)
            axes.plot([ratio.value], [y], marker, color=colour, markersize=5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [drawable(name) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=PALE, linewidth=0.6)


def _legend(figure: "MatplotlibFigure", orders: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            color=PALETTE[place % len(PALETTE)],
            marker=MARKERS[place % len(MARKERS)],
            label=drawable(order),
        )
        for place, order in enumerate(orders)
    ]
    figure.legend(handles=handles, title="layout", loc="outside right upper", frameon=False)
