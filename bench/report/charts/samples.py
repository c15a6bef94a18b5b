"""Every sample of every case, by round and by time, so that drift, two-fold times and outliers show.

A page holds so many points only. Where a run has more samples, each case keeps every so-many-th of them, and of those
that lie far out as many as there is room for, the farthest first; how many are shown and how many lie far out is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from statistics import median, quantiles

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings
from ...store.records import Round, Run
from ...store.selectors import seconds_per_call, used_rounds
from ...store.worker_records import Outcome, Worker
from ...units import percent
from ..chart import Axis, Chart, Point, Series, View
from ..phrases import counted, label, titled

#: Points of all these charts together; a sample is one in each of two views, and its burst in the third.
MOST_POINTS = 16_000

#: A sample lies far out if it is more than so many interquartile ranges beyond the quartiles (Tukey, Exploratory Data
#: Analysis, 1977, section 2D).
FAR_OUT = 3.0

#: At most this part of the points is for samples that lie far out.
_FOR_FAR_OUT = 0.25

#: The view that figures for print show: what the estimates are made of.
OF_BURSTS = "fastest of bursts"

_TIME = Axis(label="time a call", scale="log", unit="s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    """The samples of one arm in the order of time."""

    rounds: Sequence[float]
    """Place in rounds: round 1 lies between 0.5 and 1.5."""
    start_s: Sequence[float]
    """Seconds from the run's first sample to the beginning of this one."""
    seconds: Sequence[float]
    """A call."""
    medians: Mapping[int, float]
    """Round, counted from 1 -> median over its samples, in seconds."""
    bursts: Sequence[float]
    """Place in rounds of each burst."""
    minima: Sequence[float]
    """The fastest sample of each burst, in seconds a call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """Which samples of an arm are shown."""

    places: Sequence[int]
    step: int
    """Every so-many-th is."""
    far_out: int
    """So many lie far out."""
    far_out_shown: int


#: How these charts are read.
EXPLAINED = (
    "Time a call of each sample, a chart a case, each with its own log axis; the line joins the medians of rounds. "
    "Grey, beside the baseline: the same, measured again. A sample lies far out if it is more than "
    f"{FAR_OUT:g} interquartile ranges beyond the quartiles of its case; all of these count, none is taken away."
)


def explained(drawn: Sequence[Chart]) -> tuple[str, ...]:
    """Return how the charts are read, and what they leave out."""
    short = [chart.note for chart in drawn if chart.note]
    more = (
        f"A page shows at most {MOST_POINTS // 2} samples: in {len(short)} of these charts samples are left out, as "
        "each says below; the estimates on this page and the run's document use all of them."
    )
    return (EXPLAINED, *([more] if short else []))


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each case with a time; the baseline's holds its second arm too."""
    return tuple(one for found in by_group(analysis) for one in found)


def by_group(analysis: Analysis) -> tuple[tuple[Chart, ...], ...]:
    """Return the charts of each group."""
    panels = [
        (f"samples-{place}-{row}", one, group, arms)
        for place, group in enumerate(analysis.groups)
        for row, one in enumerate(group.ok)
        if (arms := _arms(analysis.run, group, one))
    ]
    minima = [len(one.minima) for _id, _one, _group, arms in panels for one in arms.values()]
    of_bursts = MOST_POINTS // 3 // max(1, len(minima))
    left = MOST_POINTS - sum(min(one, of_bursts) for one in minima)
    room = left // 2 // max(1, len(minima)), of_bursts
    return tuple(
        tuple(
            _chart(name, titled(label(one.arm.case, group), group, analysis.groups), arms, room)
            for name, one, of, arms in panels
            if of is group
        )
        for group in analysis.groups
    )


def _arms(run: Run, group: GroupFindings, one: Finding) -> dict[str, Samples]:
    """Return name -> samples of a case, and of the second baseline if it is that."""
    names = {"samples": one.arm.name}
    for arm in run.arms:
        if arm.again and arm.case == one.arm.case and one.arm.baseline:
            names["the same, measured again"] = arm.name
    rounds = used_rounds(run, group.name)
    start_ns = min((ns for each in run.rounds for worker in each.workers for ns in _starts(worker)), default=0)
    found = {name: samples(rounds, arm, start_ns) for name, arm in names.items()}
    return {name: each for name, each in found.items() if each.seconds}


def _starts(worker: Worker) -> Iterator[int]:
    return (burst.start_ns for burst in worker.bursts)


def samples(rounds: Sequence[Round], arm: str, start_ns: int) -> Samples:
    """Return the samples of an arm; `start_ns` is the monotonic clock at the run's first sample."""
    places, starts, seconds, medians, bursts, minima = [], [], [], {}, [], []
    for place, one in enumerate(rounds, start=1):
        workers = [each for each in one.workers if each.arm == arm and each.outcome == Outcome.OK and each.bursts]
        for worker in workers:
            medians[place] = seconds_per_call(worker)
            passes = max(one.passes, *(burst.pass_index + 1 for burst in worker.bursts))
            for burst in worker.bursts:
                length, passed = len(burst.sample_ns), burst.start_ns - start_ns
                bursts.append(place - 0.5 + (burst.pass_index + 0.5) / passes)
                minima.append(min(burst.sample_ns) / burst.number * 1e-9)
                for index, ns in enumerate(burst.sample_ns):
                    places.append(place - 0.5 + (burst.pass_index + (index + 0.5) / length) / passes)
                    starts.append(passed * 1e-9)
                    seconds.append(ns / burst.number * 1e-9)
                    passed += ns
    return Samples(rounds=places, start_s=starts, seconds=seconds, medians=medians, bursts=bursts, minima=minima)


def shown(seconds: Sequence[float], room: int) -> Shown:
    """Return which samples are shown where there is room for so many, and how many lie far out."""
    low, high = far_out_beyond(seconds)
    outside = [place for place, value in enumerate(seconds) if not low <= value <= high]
    if len(seconds) <= room:
        far = len(outside)
        return Shown(places=range(len(seconds)), step=1, far_out=far, far_out_shown=far)
    centre = median(seconds)
    outside.sort(key=lambda place: -max(seconds[place] / centre, centre / seconds[place]))
    kept = outside[: int(_FOR_FAR_OUT * room)]
    step = ceil(len(seconds) / max(1, room - len(kept)))
    places = sorted({*range(0, len(seconds), step), *kept})
    return Shown(places=places, step=step, far_out=len(outside), far_out_shown=len({*places} & {*outside}))


def far_out_beyond(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends beyond which a value lies far out; infinitely far away for fewer than four values."""
    if len(values) < 4:
        return float("-inf"), float("inf")
    low, _middle, high = quantiles(values, n=4, method="inclusive")
    return low - FAR_OUT * (high - low), high + FAR_OUT * (high - low)


def _chart(name: str, title: str, arms: Mapping[str, Samples], room: tuple[int, int]) -> Chart:
    """Return the chart of a case; `room` is that of an arm's samples in a view, and of its bursts."""
    found = {arm: shown(each.seconds, room[0]) for arm, each in arms.items()}
    total, far = sum(len(each.seconds) for each in arms.values()), sum(each.far_out for each in found.values())
    caption = f"{title}: {counted(total, 'sample')}, of which {far} ({percent(far / total)}) lie far out."
    in_rounds, in_time = Axis(label="round", unit="count"), Axis(label="time since the run's first sample", unit="s")
    places = {arm: each.places for arm, each in found.items()}
    bursts = {arm: shown(each.minima, room[1]).places for arm, each in arms.items()}
    by_round = _dots(arms, places, lambda one: (one.rounds, one.seconds))
    by_time = _dots(arms, places, lambda one: (one.start_s, one.seconds))
    of_bursts = _dots(arms, bursts, lambda one: (one.bursts, one.minima), name="fastest of each burst")
    return Chart(
        id=name,
        title=title,
        caption=caption,
        x=in_rounds,
        y=_TIME,
        views=(
            View(label="by round", x=in_rounds, series=(*by_round, *_medians(arms))),
            View(label="by time", x=in_time, series=by_time),
            View(label=OF_BURSTS, x=in_rounds, series=(*of_bursts, *_levels(arms))),
        ),
        note=_note(arms, found),
        compact=True,
    )


def _dots(
    arms: Mapping[str, Samples],
    kept: Mapping[str, Sequence[int]],
    at: Callable[[Samples], tuple[Sequence[float], Sequence[float]]],
    name: str = "samples",
) -> tuple[Series, ...]:
    """Return a point for each place that is kept, the first arm's under `name`."""
    made = []
    for place, (arm, one) in enumerate(arms.items()):
        xs, ys = at(one)
        made.append(
            Series(
                name=arm if place else name,
                colour="grey" if place else 0,
                shape=place,
                xs=tuple(round(xs[i], 3) for i in kept[arm]),
                ys=tuple(float(f"{ys[i]:.4e}") for i in kept[arm]),
            )
        )
    return tuple(made)


def _medians(arms: Mapping[str, Samples]) -> Iterator[Series]:
    """Yield the medians of the first arm's rounds."""
    first = next(iter(arms.values()))
    points = tuple(Point(x=float(place), y=seconds) for place, seconds in first.medians.items())
    yield Series(name="median of each round", colour=1, kind="line", shape=2, points=points)


def _levels(arms: Mapping[str, Samples]) -> Iterator[Series]:
    """Yield the median over each round's bursts: a level as long as the round, of the second baseline in grey."""
    for place, one in enumerate(arms.values()):
        by_round: dict[int, list[float]] = {}
        for at, seconds in zip(one.bursts, one.minima, strict=True):
            by_round.setdefault(floor(at + 0.5), []).append(seconds)
        points: list[Point] = []
        for at, values in by_round.items():
            middle = median(values)
            points += [Point(x=at - 0.42, y=middle), Point(x=at + 0.42, y=middle), Point(x=None, y=None)]
        yield Series(
            name="median of each round",
            colour="grey" if place else 1,
            kind="line",
            markers=False,
            legend=not place,
            points=tuple(points),
        )


def _note(arms: Mapping[str, Samples], found: Mapping[str, Shown]) -> str | None:
    """Return what was left out; None where nothing was."""
    if all(one.step == 1 for one in found.values()):
        return None
    total, kept = sum(len(one.seconds) for one in arms.values()), sum(len(one.places) for one in found.values())
    steps = " and ".join(dict.fromkeys(f"one in {one.step}" for one in found.values()))
    far, far_kept = sum(one.far_out for one in found.values()), sum(one.far_out_shown for one in found.values())
    return f"{kept} of {total} samples are shown: {steps}, and {far_kept} of the {far} that lie far out."
