"""Every sample of every case, by round and by time, so that drift, two-fold times and outliers show.

A page holds so many points only. Where a run has more samples, each case keeps every so-many-th of them, and of those
that lie far out as many as there is room for, the farthest first; how many are shown and how many lie far out is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median, quantiles

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings, used_rounds
from ...store.records import Outcome, Round, Run, Worker
from ...store.selectors import seconds_per_call
from ...units import percent
from ..chart import Axis, Chart, Point, Series, View
from ..wording import counted, label, titled

#: Points of all these charts together; a sample is one in each of its two views.
MOST_POINTS = 16_000

#: A sample lies far out if it is more than so many interquartile ranges beyond the quartiles (Tukey, Exploratory Data
#: Analysis, 1977, section 2D).
FAR_OUT = 3.0

#: At most this part of the points is for samples that lie far out.
_FOR_FAR_OUT = 0.25

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
        f"A page shows at most {MOST_POINTS // 2} samples, in two views: in {len(short)} of these charts samples are "
        "left out, as each says below; the estimates on this page and the run's document use all of them."
    )
    return (EXPLAINED, *([more] if short else []))


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each case with a time; the baseline's holds its second arm too."""
    panels = [
        (f"samples-{place}-{row}", one, group, arms)
        for place, group in enumerate(analysis.groups)
        for row, one in enumerate(group.ok)
        if (arms := _arms(analysis.run, group, one))
    ]
    room = MOST_POINTS // 2 // max(1, sum(len(arms) for _id, _one, _group, arms in panels))
    return tuple(
        _chart(name, titled(label(one.arm.case, group), group, analysis.groups), arms, room)
        for name, one, group, arms in panels
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
    places, starts, seconds, medians = [], [], [], {}
    for place, one in enumerate(rounds, start=1):
        workers = [each for each in one.workers if each.arm == arm and each.outcome == Outcome.OK and each.bursts]
        for worker in workers:
            medians[place] = seconds_per_call(worker)
            passes = max(one.passes, *(burst.pass_index + 1 for burst in worker.bursts))
            for burst in worker.bursts:
                length, passed = len(burst.sample_ns), burst.start_ns - start_ns
                for index, ns in enumerate(burst.sample_ns):
                    places.append(place - 0.5 + (burst.pass_index + (index + 0.5) / length) / passes)
                    starts.append(passed * 1e-9)
                    seconds.append(ns / burst.number * 1e-9)
                    passed += ns
    return Samples(rounds=places, start_s=starts, seconds=seconds, medians=medians)


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


def _chart(name: str, title: str, arms: Mapping[str, Samples], room: int) -> Chart:
    found = {arm: shown(each.seconds, room) for arm, each in arms.items()}
    total, far = sum(len(each.seconds) for each in arms.values()), sum(each.far_out for each in found.values())
    caption = f"{title}: {counted(total, 'sample')}, of which {far} ({percent(far / total)}) lie far out."
    in_rounds, in_time = Axis(label="round", unit="count"), Axis(label="time since the run's first sample", unit="s")
    return Chart(
        id=name,
        title=title,
        caption=caption,
        x=in_rounds,
        y=_TIME,
        views=(
            View(label="by round", x=in_rounds, series=(*_series(arms, found, by_time=False), *_medians(arms))),
            View(label="by time", x=in_time, series=_series(arms, found, by_time=True)),
        ),
        note=_note(arms, found),
        compact=True,
    )


def _series(arms: Mapping[str, Samples], found: Mapping[str, Shown], *, by_time: bool) -> tuple[Series, ...]:
    made = []
    for place, (name, one) in enumerate(arms.items()):
        at = one.start_s if by_time else one.rounds
        xs = tuple(round(at[i], 3) for i in found[name].places)
        ys = tuple(float(f"{one.seconds[i]:.4e}") for i in found[name].places)
        made.append(Series(name=name, colour="grey" if place else 0, shape=place, xs=xs, ys=ys))
    return tuple(made)


def _medians(arms: Mapping[str, Samples]) -> Iterator[Series]:
    """Yield the medians of the first arm's rounds."""
    first = next(iter(arms.values()))
    points = tuple(Point(x=float(place), y=seconds) for place, seconds in first.medians.items())
    yield Series(name="median of each round", colour=1, kind="line", shape=2, points=points)


def _note(arms: Mapping[str, Samples], found: Mapping[str, Shown]) -> str | None:
    """Return what was left out; None where nothing was."""
    if all(one.step == 1 for one in found.values()):
        return None
    total, kept = sum(len(one.seconds) for one in arms.values()), sum(len(one.places) for one in found.values())
    steps = " and ".join(dict.fromkeys(f"one in {one.step}" for one in found.values()))
    far, far_kept = sum(one.far_out for one in found.values()), sum(one.far_out_shown for one in found.values())
    return f"{kept} of {total} samples are shown: {steps}, and {far_kept} of the {far} that lie far out."
