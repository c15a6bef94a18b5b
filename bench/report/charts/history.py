"""Earlier runs of each case, their levels and the changes between them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

from ...analyse.history import Histories, Track
from ...analyse.verdict import Ratio
from ...units import significant, time_text
from ..chart import Axis, Chart, Point, Rule, Series
from ..parts import plain
from ..phrases import counted


def charts(found: Histories) -> tuple[Chart, ...]:
    """Return a chart for each case: speed-up over the baseline; of the baseline, and of one case alone, its time."""
    made: list[Chart] = []
    alone = len(found.cases) == 1
    for one in found.cases:
        for of, track in one.tracks[: 2 if alone else 1]:
            at = [milliseconds(entry.created) for entry in track.entries]
            known = [moment for moment in at if moment is not None]
            if len(known) == len(at):
                title = f"{plain(found.label(one))}: {of}"
                made.append(_chart(f"history-{len(made)}", title, track, known))
    return tuple(made)


def shown(track: Track, ratio: Ratio) -> Ratio:
    """Return a level or a step of a track as people see it: of ratios the speed-up, of times as it is."""
    return ratio.inverse() if track.is_ratio else ratio


def _chart(identity: str, title: str, track: Track, at: Sequence[float]) -> Chart:
    ratio, unstable = track.is_ratio, track.analysis.unstable
    told = f"unstable, {unstable} changes mean nothing" if unstable else counted(len(track.changes), "change")
    return Chart(
        id=identity,
        title=f"{title} (unstable: {unstable} changes)" if unstable else title,
        caption=f"{title} in {counted(len(at), 'run')}, a mark each; {told}. Lines are levels, rules changes.",
        x=Axis(label="day of the run, UTC", unit="date"),
        y=Axis(label="speed-up over the baseline" if ratio else "time a call", scale="log", unit="x" if ratio else "s"),
        rules=tuple(
            Rule(
                axis="x",
                at=(at[change.start - 1] + at[change.start]) / 2,
                label=f"{100 * (shown(track, change.step).value - 1):+.1f} %",
            )
            for change in track.changes
        ),
        series=(_runs(title, track, at), *_levels(track, at)),
        compact=True,
    )


def _runs(title: str, track: Track, at: Sequence[float]) -> Series:
    write: Callable[[float], str] = (lambda value: f"{significant(value, 4)}x") if track.is_ratio else time_text
    points = tuple(
        Point(x=x, y=value, tip=f"{title}\n{plain(entry.run)}\n{write(value)}")
        for x, value, entry in zip(at, _values(track), track.entries, strict=True)
    )
    return Series(name="runs", colour=0, points=points)


def _values(track: Track) -> Sequence[float]:
    """Return speed-ups, or seconds a call."""
    return [1 / value for value in track.values] if track.is_ratio else track.values


def _levels(track: Track, at: Sequence[float]) -> list[Series]:
    """Return a line for each level; none of an unstable series."""
    if track.analysis.unstable:
        return []
    edges = [0, *track.analysis.starts, len(at)]
    return [
        Series(
            name="level",
            colour=1,
            kind="line",
            markers=False,
            points=tuple(Point(x=at[place], y=median(_values(track)[i:j])) for place in (i, j - 1)),
        )
        for i, j in pairwise(edges)
        if j > i
    ]


def milliseconds(created: str) -> float | None:
    """Return a time in ISO 8601 as milliseconds since 1970, UTC; None for what is none."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1e3
