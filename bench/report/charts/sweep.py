"""A run over sizes: time against size and how it grows, who is behind the fastest, and speed-ups by condition."""

from collections.abc import Callable, Mapping, Sequence

from ...analyse.analysis import Analysis
from ...analyse.sweep import Growth, Sweep
from ...store.records import Run
from ...units import significant, time_text, times
from ..chart import Axis, Band, Chart, Point, Rule, Series
from ..document import plain
from ..figures.sweep import FARTHEST, Curves, Spot, behind_of, curves_of, panels_of, time_of
from ..sections.sweep_tables import estimate_text
from ..wording import conditions
from .style import Look, key, looks

_Text = Callable[[float], str]


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return two charts for each sweep, and one of speed-ups for each condition where there are several."""
    found = analysis.sweeps
    made: list[Chart] = []
    for place, one in enumerate(found):
        which = f": {conditions(one.case)}" if len(found) > 1 else ""
        made += [_times(analysis.run, place, one, which), _behind(analysis.run, place, one, which)]
    panels = panels_of(found)
    if len(panels) > 1:
        made += [_speedups(analysis.run, place, *panel) for place, panel in enumerate(panels)]
    return tuple(made)


def _times(run: Run, place: int, one: Sweep, which: str) -> Chart:
    name, growth = plain(one.parameter), {each.name: each for each in one.growth}
    grows = "; ".join(f"{plain(each.name)} {_power(each, name)}" for each in one.growth)
    caption = (
        f"Time of a call of {plain(run.problem.name)} against {name} ({conditions(one.case)}), log axes, with 95 % "
        f"intervals.{f' Time grows as: {grows}.' if grows else ''}"
    )
    tips = {each: f"grows as {_power(found, name)}" for each, found in growth.items()}
    return Chart(
        id=f"times-{place}",
        title=f"Time against {name}{which}",
        caption=caption,
        x=_sizes(one),
        y=Axis(label="time of a call", scale="log", unit="s"),
        bands=_intervals(one),
        rules=_crossings(one),
        series=_series(run, one, curves_of(one, time_of), (time_text, tips)),
    )


def _power(each: Growth, name: str) -> str:
    return f"{name}^{estimate_text(each.slope)}"


def _sizes(one: Sweep) -> Axis:
    return Axis(label=plain(one.parameter), scale="log", unit="count")


def _crossings(one: Sweep) -> tuple[Rule, ...]:
    """Return where one overtakes another."""
    name = plain(one.parameter)
    return tuple(
        Rule(
            axis="x",
            at=each.crossing.at,
            label=f"{plain(each.winner)} overtakes {plain(each.loser)} at {name} = {significant(each.crossing.at)}",
            dashed=True,
        )
        for each in one.turns
    )


def _intervals(one: Sweep) -> tuple[Band, ...]:
    """Return the sizes at which a crossing may lie."""
    return tuple(Band(axis="x", low=each.crossing.low, high=each.crossing.high, label="") for each in one.turns)


def _behind(run: Run, place: int, one: Sweep, which: str) -> Chart:
    name = plain(one.parameter)
    near = {
        each: [spot if spot[1] <= FARTHEST else (spot[0], None, None) for spot in spots]
        for each, spots in curves_of(one, behind_of).items()
    }
    return Chart(
        id=f"behind-{place}",
        title=f"Times as long as the fastest{which}",
        caption=(
            f"Time of a call over that of the fastest at the same {name} ({conditions(one.case)}), with 95 % "
            f"intervals, log axes; what takes more than {FARTHEST:g} times as long is not drawn."
        ),
        x=_sizes(one),
        y=Axis(label="times as long as the fastest", scale="log", unit="x"),
        bands=_intervals(one),
        rules=_crossings(one),
        series=_series(run, one, near, (times, {})),
    )


def _speedups(run: Run, place: int, title: str, one: Sweep, curves: Curves) -> Chart:
    return Chart(
        id=f"speedup-by-size-{place}",
        title=title,
        caption=f"{title}: speed-up over the baseline of the same condition, by {plain(one.parameter)}, with 95 % "
        "intervals, log axes.",
        x=_sizes(one),
        y=Axis(label="speed-up over the baseline", scale="log", unit="x"),
        rules=(Rule(axis="y", at=1.0, label="baseline"),),
        series=_series(run, one, curves, (times, {})),
    )


def _series(
    run: Run,
    one: Sweep,
    curves: Mapping[str, Sequence[Spot | tuple[float, None, None]]],
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
                Point(
                    x=float(x),
                    y=y,
                    low=ends[0] if ends else None,
                    high=ends[1] if ends else None,
                    tip=_tip((name, f"{one.parameter} = {x}"), (y, ends), write, more.get(name)),
                )
                for x, y, ends in spots
            ),
        )
        for name, spots in curves.items()
    )


def _tip(
    where: tuple[str, str], found: tuple[float | None, tuple[float, float] | None], write: _Text, more: str | None
) -> str | None:
    value, ends = found
    if value is None:
        return None
    interval = f" [{write(ends[0])}, {write(ends[1])}]" if ends else ""
    name, size = (plain(text) for text in where)
    return "\n".join(filter(None, [f"{name}, {size}", f"{write(value)}{interval}", more]))


def _looks(run: Run, one: Sweep) -> dict[str, Look]:
    """Return the look of each name of a sweep, which may stand for an implementation in one layout."""
    known = looks(run)
    found = {name: known[key(each.arm.case)] for place in one.places for name, each in place.timed.items()}
    return found | {name.split(" ")[0]: look for name, look in found.items() if name.split(" ")[0] not in found}
