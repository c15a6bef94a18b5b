"""A run over sizes: time against size and how it grows, who is behind the fastest, and speed-ups by condition."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ...analyse.analysis import Analysis
from ...analyse.growth import Growth
from ...analyse.sweep import Place, Sweep
from ...analyse.verdict import Ratio
from ...stats.intervals import Estimate, Uncertain
from ...store.records import Run
from ...units import time_text, times
from ..chart import Axis, Band, Chart, Point, Rule, Series
from ..parts import plain
from ..phrases import between_text, conditions_of, estimate_text
from . import fastest, ratios
from .drawn import lines, lines_left_out
from .style import Look, key, looks

#: What takes more times as long as the fastest is not drawn beside it.
FARTHEST = 3.0

#: The shape of a mark where a line leaves a chart: an arrow up.
_BEYOND = 3

_Text = Callable[[float], str]

#: Name -> size and value, with its interval where it has one; no value where it is not drawn.
_Curves = Mapping[str, Sequence[tuple[int, Uncertain | None]]]


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return two charts for each sweep, speed-ups by condition where there are several, and who is the fastest."""
    found = analysis.sweeps
    if not found:
        return ()
    made = (make(analysis, place) for place in range(len(found)) for make in (time_chart, behind_chart))
    return (*(one for one in made if one is not None), *speedup_charts(analysis), fastest.chart(analysis))


def time_chart(analysis: Analysis, place: int) -> Chart:
    """Return the times of the sweep at a place against the size."""
    one = analysis.sweeps[place]
    name, shown = plain(one.parameter), {*lines(one)}
    growth = {each.name: each for each in one.growth if each.name in shown}
    grows = "; ".join(f"{plain(each.name)} {_power(each, name)}" for each in growth.values())
    caption = (
        f"Time of a call of {plain(analysis.run.problem.name)} against {name} ({conditions_of(one)}), log axes, with "
        f"95 % intervals.{lines_left_out(one)}{f' Time grows as: {grows}.' if grows else ''}"
    )
    tips = {each: f"grows as {_power(found, name)}" for each, found in growth.items()}
    return Chart(
        id=f"times-{place}",
        title=f"Time against {name}{_which(analysis, one)}",
        caption=caption,
        x=_sizes(one),
        y=Axis(label="min time of a call", scale="log", unit="s"),
        bands=_intervals(one),
        rules=_crossings(one),
        series=_series(analysis.run, one, _curves(one, _time), (time_text, tips)),
    )


def behind_chart(analysis: Analysis, place: int) -> Chart | None:
    """Return how many times as long as the fastest each takes, in the sweep at a place; None where none is near it."""
    one = analysis.sweeps[place]
    near = {
        name: [(size, ratio if ratio and ratio.value <= FARTHEST else None) for size, ratio in spots]
        for name, spots in _curves(one, _behind).items()
    }
    if sum(any(ratio for _size, ratio in spots) for spots in near.values()) < 2:
        return None
    return Chart(
        id=f"behind-{place}",
        title=f"Times as long as the fastest{_which(analysis, one)}",
        caption=(
            f"Time of a call over that of the fastest at the same {plain(one.parameter)} ({conditions_of(one)}), "
            f"with 95 % intervals, log axes; hollow where a line leaves the chart, at {FARTHEST:g} times as long."
            f"{lines_left_out(one)}"
        ),
        x=_sizes(one),
        y=Axis(label="times as long as the fastest", scale="log", unit="x"),
        bands=_intervals(one),
        rules=_crossings(one),
        series=(*_series(analysis.run, one, near, (times, {})), *_cut(analysis.run, one)),
    )


def _cut(run: Run, one: Sweep) -> Iterator[Series]:
    """Yield a hollow mark at the upper end where a line leaves the chart, or comes back into it."""
    seen = _looks(run, one)
    for name, spots in _curves(one, _behind).items():
        far = [ratio is not None and ratio.value > FARTHEST for _size, ratio in spots]
        edges = [i for i, out in enumerate(far) if out and not all(far[max(0, i - 1) : i + 2])]
        points = []
        for i in edges:
            size, ratio = spots[i]
            where = f"{plain(name)}, {plain(one.parameter)} = {size}"
            tip = f"{where}\n{times(ratio.value if ratio else None)}: beyond this chart"
            points.append(Point(x=size, y=FARTHEST, tip=tip))
        if points:
            look = seen[name].colour
            yield Series(name=plain(name), colour=look, shape=_BEYOND, hollow=True, legend=False, points=tuple(points))


def speedup_charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return speed-ups over the baseline against the size, a chart a condition and layout; none of one alone."""
    made: list[Chart] = []
    for one in analysis.sweeps:
        by_layout = _speedups(one)
        for layout, curves in by_layout.items():
            title = conditions_of(one) + (f", {plain(layout)} order" if len(by_layout) > 1 else "")
            made.append(
                Chart(
                    id=f"speedup-by-size-{len(made)}",
                    title=title,
                    caption=f"{title}: speed-up over the baseline of the same condition, by {plain(one.parameter)}, "
                    f"with 95 % intervals, log axes.{lines_left_out(one)}",
                    x=_sizes(one),
                    y=Axis(label="speed-up over the baseline", scale="log", unit="x"),
                    rules=(Rule(axis="y", at=1.0, label="baseline"),),
                    series=_series(analysis.run, one, curves, (times, {})),
                )
            )
    return tuple(made) if len(made) > 1 else ()


def _speedups(one: Sweep) -> Mapping[str, _Curves]:
    """Return layout -> implementation -> its speed-ups."""
    found: dict[str, dict[str, list[tuple[int, Uncertain | None]]]] = {}
    shown = {*lines(one)}
    for place in one.places:
        for name, finding in place.timed.items():
            ratio, case = finding.speedup_over_baseline, finding.arm.case
            if name in shown and ratio is not None and place.group.baseline is not None:
                found.setdefault(case.layout, {}).setdefault(case.contender, []).append((place.value, ratio))
    return found


def _which(analysis: Analysis, one: Sweep) -> str:
    return f": {conditions_of(one)}" if len(analysis.sweeps) > 1 else ""


def _curves(one: Sweep, number: Callable[[Place, str], Uncertain | None]) -> _Curves:
    """Return the values of each implementation that has any."""
    found = {name: [(p.value, value) for p in one.places if (value := number(p, name))] for name in lines(one)}
    return {name: spots for name, spots in found.items() if spots}


def _time(place: Place, name: str) -> Estimate | None:
    """Return seconds per call, from burst minima as the ratios are."""
    return place.timed[name].min_seconds_per_call if name in place.timed else None


def _behind(place: Place, name: str) -> Ratio | None:
    """Return times as long as the fastest."""
    if place.leaders and name == place.leaders[0]:
        return Ratio(value=1.0, interval=None)
    return Ratio.of(place.behind[name]) if name in place.behind else None


def _power(each: Growth, name: str) -> str:
    return f"{name}^{estimate_text(each.slope)}"


def _sizes(one: Sweep) -> Axis:
    """Return the axis of sizes: as long as all that were asked for, whichever of them have a time."""
    first, *_, last = one.values
    beyond = max((last / first) ** 0.05, 1.02)
    return Axis(
        label=plain(one.parameter),
        scale="log",
        unit="count",
        low=first / beyond,
        high=last * beyond,
        ticks=tuple(map(float, one.values)),
    )


def _crossings(one: Sweep) -> tuple[Rule, ...]:
    """Return where one overtakes another."""
    return tuple(
        Rule(
            axis="x",
            at=each.crossing.at,
            label=f"{plain(each.winner)} overtakes {plain(each.loser)} {between_text(one, each)}",
            dashed=True,
        )
        for each in one.turns
    )


def _intervals(one: Sweep) -> tuple[Band, ...]:
    """Return the sizes at which a crossing may lie."""
    return tuple(Band(axis="x", low=each.crossing.low, high=each.crossing.high, label="") for each in one.turns)


def _series(
    run: Run,
    one: Sweep,
    curves: _Curves,
    told: tuple[_Text, Mapping[str, str]],
) -> tuple[Series, ...]:
    """Return a line for each implementation; `told` is how a value is written, and what else is said of a name."""
    write, more = told
    seen = _looks(run, one)
    return tuple(
        Series(
            name=plain(name),
            colour=seen[name].colour,
            shape=seen[name].shape,
            kind="line",
            whiskers="y",
            points=tuple(
                ratios.level(size, found, tip=_tip((name, f"{one.parameter} = {size}"), found, write, more.get(name)))
                for size, found in spots
            ),
        )
        for name, spots in curves.items()
    )


def _tip(where: tuple[str, str], found: Uncertain | None, write: _Text, more: str | None) -> str | None:
    if found is None:
        return None
    interval = f" [{write(found.interval.low)}, {write(found.interval.high)}]" if found.interval else ""
    name, size = (plain(text) for text in where)
    return "\n".join(filter(None, [f"{name}, {size}", f"{write(found.value)}{interval}", more]))


def _looks(run: Run, one: Sweep) -> dict[str, Look]:
    """Return the look of each name of a sweep, and of each implementation, which may have a name for each layout."""
    known = looks(run)
    timed = [(name, each.arm.case) for place in one.places for name, each in place.timed.items()]
    return {case.contender: known[key(case)] for _, case in timed} | {name: known[key(case)] for name, case in timed}
