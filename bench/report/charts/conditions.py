"""Threads, dtypes and allocators: what each does to the same implementation."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.conditions import AXES, Effect
from ...analyse.sweep import case_of
from ...store.records import Run
from ...units import percent
from ..chart import Axis, Chart, Point, Rule, Series
from ..parts import plain
from ..phrases import ALLOCATORS_TOLD, allocator_text, conditions_of, counted, ratio_text
from . import ratios
from .layouts import grid, side_by_side
from .style import key, looks

#: More groups than these do not fit one figure.
_MOST_PANELS = 6


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return two charts for threads and one for each other change, at the largest size that was measured both ways."""
    least = max((group.least for group in analysis.groups), default=analysis.margin)
    made: list[Chart] = []
    for axis in AXES:
        alike: dict[tuple[str, ...], list[Effect]] = {}
        for one in largest(analysis.effects[axis]):
            change = () if axis == "threads" else (change_text(one),)
            alike.setdefault((where_text(one), *change), []).append(one)
        for place, found in enumerate(alike.values()):
            made += (
                _threads(analysis.run, place, found)
                if axis == "threads"
                else [_change(f"{axis}-{place}", found, least)]
            )
    return tuple(made)


def speedups(analysis: Analysis) -> tuple[Chart, ...]:
    """Return speed-ups over the baseline, a chart a condition, in the same rows; none where there are too many."""
    panels = [group for group in analysis.groups if len(grid(group)) > 1]
    sizes = {tuple(case_of(group).size.values.items()) for group in panels}
    if len(sizes) != 1 or not 1 < len(panels) <= _MOST_PANELS:
        return ()
    rows = [*dict.fromkeys(name for group in panels for name in grid(group))]
    marks = [*dict.fromkeys(layout for group in panels for layout in group.layouts)]
    return tuple(
        side_by_side((f"by-condition-{place}", conditions_of(group), ""), grid(group), marks, group.least, rows)
        for place, group in enumerate(panels)
    )


def largest(found: Sequence[Effect]) -> list[Effect]:
    """Return the effects at the largest size at which each change was measured."""
    kept: dict[tuple[object, ...], Effect] = {}
    for one in found:
        key = (*one.case.variant, one.after, *others(one))
        known = kept.get(key)
        if known is None or max(one.size.values.values()) >= max(known.size.values.values()):
            kept[key] = one
    return list(kept.values())


def where_text(one: Effect) -> str:
    """Return the size and the conditions that stay, as in ``m=10000, n=64, p=25, float64``."""
    size = ", ".join(f"{plain(key)}={value}" for key, value in one.size.values.items())
    return ", ".join([size, *others(one)])


def change_text(one: Effect) -> str:
    """Return as in ``With 2 threads instead of 1``."""
    if one.axis == "threads":
        return f"With {counted(int(one.after), 'thread')} instead of {one.before}"
    before, after = (ALLOCATORS_TOLD.get(str(value), plain(str(value))) for value in (one.before, one.after))
    return f"With {after} instead of {before}"


def others(one: Effect) -> list[str]:
    """Return the conditions that stay at an effect, but for the size."""
    values = {
        "threads": counted(one.case.threads, "thread") if one.case.threads else "",
        "dtype": one.case.dtype,
        "allocator": allocator_text(one.case),
    }
    return [value for axis, value in values.items() if axis != one.axis and value]


def _name(one: Effect, found: Sequence[Effect]) -> str:
    several = len({other.case.layout for other in found}) > 1
    return f"{one.case.contender} {one.case.layout}" if several else one.case.contender


def _threads(run: Run, place: int, found: Sequence[Effect]) -> list[Chart]:
    """Return speed-up and efficiency against the number of threads."""
    where, x = where_text(found[0]), Axis(label="threads", unit="count")
    most, least = max(int(one.after) for one in found), min(int(one.before) for one in found)
    over = f"over {counted(least, 'thread')}"
    ideal = Series(
        name="as many times as fast as there are threads",
        colour="grey",
        kind="line",
        dashed=True,
        markers=False,
        points=(Point(x=least, y=1.0), Point(x=most, y=most / least)),
    )
    return [
        Chart(
            id=f"threads-{place}",
            title=f"Speed-up by threads ({where})",
            caption=f"Speed-up {over} of the same implementation, with 95 % intervals ({where}); dashed: as many times "
            "as fast as there are threads.",
            x=x,
            y=Axis(label=f"speed-up {over}", unit="x"),
            series=(*_lines(run, found, efficiency=False), ideal),
        ),
        Chart(
            id=f"efficiency-{place}",
            title=f"Efficiency by threads ({where})",
            caption=f"Efficiency: speed-up {over}, divided by the ratio of threads, with 95 % intervals ({where}).",
            x=x,
            y=Axis(label="efficiency", unit="%", low=0.0),
            rules=(Rule(axis="y", at=100.0, label="no loss"),),
            series=_lines(run, found, efficiency=True),
        ),
    ]


def _lines(run: Run, found: Sequence[Effect], *, efficiency: bool) -> tuple[Series, ...]:
    """Return a line for each implementation, from the least number of threads on."""
    known = looks(run)
    lines: dict[str, list[Effect]] = {}
    for one in found:
        lines.setdefault(_name(one, found), []).append(one)
    made = []
    for name, effects_of_one in lines.items():
        ordered = sorted(effects_of_one, key=lambda one: int(one.after))
        start = Point(
            x=int(ordered[0].before), y=100.0 if efficiency else 1.0, tip=f"{name}, {ordered[0].before} thread"
        )
        points = [start, *(_point(name, one, efficiency=efficiency) for one in ordered)]
        look = known[key(ordered[0].case)]
        made.append(
            Series(name=name, colour=look.colour, shape=look.shape, kind="line", whiskers="y", points=tuple(points))
        )
    return tuple(made)


def _point(name: str, one: Effect, *, efficiency: bool) -> Point:
    reached = f", efficiency {percent(one.efficiency.value)}" if one.efficiency else ""
    tip = f"{name}, {one.after} threads\n{ratio_text(one.speedup)}{reached}"
    ratio, scale = (one.efficiency, 100.0) if efficiency else (one.speedup, 1.0)
    return ratios.level(int(one.after), ratio, tip=tip, scale=scale)


def _change(name: str, found: Sequence[Effect], least: float) -> Chart:
    """Return what a change does to each implementation: a row each."""
    names = [_name(one, found) for one in found]
    texts = [ratio_text(one.speedup) for one in found]
    title = f"{change_text(found[0])} ({where_text(found[0])})"
    return Chart(
        id=name,
        title=title,
        caption=f"{title}: how many times as fast each implementation becomes, with 95 % intervals, log axis.",
        x=Axis(label="time before / time after", scale="log", unit="x"),
        y=Axis(label="", scale="category", categories=tuple(names)),
        rules=(Rule(axis="x", at=1.0, label="no difference"),),
        series=tuple(
            Series(
                name=each,
                colour=ratios.colour(one.speedup, least),
                whiskers="x",
                points=(ratios.point(row, one.speedup, tip=f"{each}: {text}", label=text),),
            )
            for row, (each, one, text) in enumerate(zip(names, found, texts, strict=True))
        ),
    )
