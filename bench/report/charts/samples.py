"""Every sample of every case, by round and by time, so that drift, two-fold times and outliers show.

A page holds so many points only. Where a run has more samples, each case keeps every so-many-th of them, and of those
that lie far out as many as there is room for, the farthest first; how many are shown and how many lie far out is told.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil, floor
from statistics import median, quantiles

from msgspec import Struct

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...store.records import Arm, Run
from ...store.selectors import GroupRounds
from ...store.worker_records import Burst, Outcome
from ...units import percent
from ..chart import Axis, Chart, Point, Series, View
from ..phrases import counted, label, titled
from .drawn import drawn

#: Points of all these charts together; a sample is one in each of two views, and its burst in the third.
MOST_POINTS = 16_000

#: Charts in all: each case has one of its own.
MOST_CHARTS = 20

#: A sample lies far out if it is more than so many interquartile ranges beyond the quartiles (Tukey, Exploratory Data
#: Analysis, 1977, section 2D).
FAR_OUT = 3.0

#: At most this part of the points is for samples that lie far out.
_FOR_FAR_OUT = 0.25

#: The view that figures for print show: what the estimates are made of.
OF_BURSTS = "fastest of bursts"

_TIME = Axis(label="time a call", scale="log", unit="s")


class Samples:
    """The samples of one arm in the order of time; of millions, little more is kept than their number of seconds."""

    def __init__(self, rounds: GroupRounds, arm: Arm, start_ns: int) -> None:
        """Take the rounds of the arm's group, and the monotonic clock at the run's first sample."""
        self.seconds = array("d")
        """A call."""
        self.medians: dict[int, float] = {}
        """Round, counted from 1 -> median over its samples, in seconds."""
        self.bursts: list[float] = []
        """Place in rounds of each burst: round 1 lies between 0.5 and 1.5."""
        self.minima: list[float] = []
        """The fastest sample of each burst, in seconds a call."""
        self._start_ns = start_ns
        self._firsts: list[int] = []
        self._found: list[tuple[Burst, int, int]] = []
        workers = rounds.workers(arm)
        for place, one in enumerate(rounds.used, start=1):
            worker = workers.get(one.index)
            if worker is not None and worker.outcome == Outcome.OK and worker.bursts:
                self.medians[place] = rounds.seconds_per_call(arm)[one.index]
                self._add(worker.bursts, place, max(one.passes, *(burst.pass_index + 1 for burst in worker.bursts)))

    def _add(self, bursts: Sequence[Burst], place: int, passes: int) -> None:
        """Add the bursts of a round that has so many passes."""
        for burst in bursts:
            self._firsts.append(len(self.seconds))
            self._found.append((burst, place, passes))
            self.seconds.extend([ns / burst.number * 1e-9 for ns in burst.sample_ns])
            self.bursts.append(place - 0.5 + (burst.pass_index + 0.5) / passes)
            self.minima.append(min(burst.sample_ns) / burst.number * 1e-9)

    def place_in_rounds(self, sample: int) -> float:
        """Return the place of a sample in rounds, as that of `bursts`."""
        at = bisect_right(self._firsts, sample) - 1
        burst, place, passes = self._found[at]
        return place - 0.5 + (burst.pass_index + (sample - self._firsts[at] + 0.5) / len(burst.sample_ns)) / passes

    def start_s(self, sample: int) -> float:
        """Return the seconds from the run's first sample to the beginning of this one."""
        at = bisect_right(self._firsts, sample) - 1
        burst = self._found[at][0]
        return (burst.start_ns - self._start_ns + sum(burst.sample_ns[: sample - self._firsts[at]])) * 1e-9


class Shown(Struct, frozen=True, kw_only=True):
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


def explained(made: Sequence[Chart]) -> tuple[str, ...]:
    """Return how the charts are read, and what they leave out."""
    short = [chart.note for chart in made if chart.note]
    more = (
        f"A page shows at most {MOST_POINTS // 2} samples: in {len(short)} of these charts samples are left out, as "
        "each says below; the estimates on this page and the run's document use all of them."
    )
    return (EXPLAINED, *([more] if short else []))


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each case with a time, as far as there is room; the baseline's holds its second arm too."""
    return tuple(one for found in by_group(analysis) for one in found)


def most_cases(analysis: Analysis) -> int:
    """Return how many cases of each group have a chart at most."""
    return max(1, MOST_CHARTS // max(1, len(analysis.groups)))


def by_group(analysis: Analysis) -> tuple[tuple[Chart, ...], ...]:
    """Return the charts of each group."""
    most = most_cases(analysis)
    panels = [
        (f"samples-{place}-{row}", one, group, arms)
        for place, group in enumerate(analysis.groups)
        for row, one in enumerate(drawn(group, most))
        if (arms := _arms(group, one))
    ]
    bursts = [_bursts(group, arm) for _id, _one, group, arms in panels for arm in arms.values()]
    of_bursts = MOST_POINTS // 3 // max(1, len(bursts))
    left = MOST_POINTS - sum(min(count, of_bursts) for count in bursts)
    room = left // 2 // max(1, len(bursts)), of_bursts
    start_ns = min(_starts(analysis.run), default=0)

    def made(name: str, one: Finding, group: GroupFindings, arms: Mapping[str, Arm]) -> Chart:
        found = {title: Samples(group.rounds, arm, start_ns) for title, arm in arms.items()}
        return _chart(name, titled(label(one.arm.case, group), group, analysis.groups), found, room)

    return tuple(tuple(made(*panel) for panel in panels if panel[2] is group) for group in analysis.groups)


def _arms(group: GroupFindings, one: Finding) -> dict[str, Arm]:
    """Return name -> arm of a case, and the second baseline if it is that; only those with a sample."""
    arms = {"samples": one.arm}
    if one.arm is group.rounds.baseline and group.rounds.again:
        arms["the same, measured again"] = group.rounds.again
    return {name: arm for name, arm in arms.items() if _bursts(group, arm)}


def _bursts(group: GroupFindings, arm: Arm) -> int:
    """Return how many bursts of an arm there are in the rounds that count."""
    return sum(len(one.bursts) for one in group.rounds.workers(arm).values() if one.outcome == Outcome.OK)


def _starts(run: Run) -> Iterator[int]:
    return (burst.start_ns for one in run.rounds for worker in one.workers for burst in worker.bursts)


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
    by_round = _dots(arms, places, lambda one, i: (one.place_in_rounds(i), one.seconds[i]))
    by_time = _dots(arms, places, lambda one, i: (one.start_s(i), one.seconds[i]))
    of_bursts = _dots(arms, bursts, lambda one, i: (one.bursts[i], one.minima[i]), name="fastest of each burst")
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
    at: Callable[[Samples, int], tuple[float, float]],
    name: str = "samples",
) -> tuple[Series, ...]:
    """Return a point for each place that is kept, the first arm's under `name`."""
    made = []
    for place, (arm, one) in enumerate(arms.items()):
        points = [at(one, i) for i in kept[arm]]
        made.append(
            Series(
                name=arm if place else name,
                colour="grey" if place else 0,
                shape=place,
                xs=tuple(round(x, 3) for x, _y in points),
                ys=tuple(float(f"{y:.4e}") for _x, y in points),
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
