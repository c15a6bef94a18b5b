"""How often each arm of a run is timed in a round: as often as that still matters for the ratios that are judged. Pure.

The rounds decide, for the process is what varies; passes only make the one number of a round as exact as it has to be.
Its error is about ERROR_OF_MEDIAN s / sqrt(m) with m passes, for the standard deviation s of a pass's log-ratio. It
matters no longer where it is small beside

- the distance of the ratio from what would change its verdict: a ratio of 455 is one short burst of each arm, or
- what processes differ by: no number of passes makes that any smaller.

Nor do passes take much longer than the rest of a round: for the same time there would be another round, which does
more where bursts are disturbed, for it is the rounds that are few. A first round goes by the times of a call alone. The
ratios are those to the baseline, and of the two fastest.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil, log, log1p, sqrt
from statistics import median, stdev

from msgspec import Struct
from msgspec.structs import replace

from ..stats.racing import TIMES_AT_ONCE
from ..store.records import Role, Round
from ..store.selectors import burst_minima
from ..store.worker_records import Outcome
from .group import Group
from .round_plan import MOST_PASSES, BurstSize, Turns

#: Arms whose calls differ by this factor or more are far apart: no pass is needed to tell them apart.
FAR_APART = 1.5

#: Passes of arms that are far apart, of others at least, and of others in their first round.
FAR_PASSES, NEAR_PASSES, FIRST_PASSES = 2, 3, 5

#: An arm that is far from the others and whose bursts are longer than this is timed once a round.
LONG_BURST_NS = 20_000_000

#: Of samples longer than this a burst has but so many: a pass more does better than a longer one.
SLOW_SAMPLE_NS, SLOW_SAMPLES = 20_000_000, 2

#: The turns of who is that far behind in a race: one call or a few, which tell that it is.
ONE_SAMPLE = Turns(passes=1, samples=1)

#: Standard error of a median over that of a mean (normal: sqrt(pi / 2)).
ERROR_OF_MEDIAN = 1.25

#: The error of a round may be this part of the distance to another verdict, or of what processes differ by.
DISTANCE_PART, PROCESS_PART = 1 / 3, 0.5

#: The passes of a round may take so many times as long as all that comes before them.
PASSES_TO_START = 2.0

#: No error of a round smaller than this is asked for.
LEAST_ERROR = 5e-4

#: Passes are planned from so many of the last rounds: more tell nothing new, and a plan takes the longer.
RECENT_ROUNDS = 64

#: Pass -> ns per call, by the shortest sample.
_Minima = Mapping[int, float]

#: Arm -> that, of one round.
_Known = Mapping[str, _Minima]


class _Pair(Struct, frozen=True, kw_only=True):
    """What the rounds so far say of two arms."""

    each: tuple[tuple[float, ...], ...]
    """For each round that both were in, the log-ratio of each pass."""

    @property
    def ratios(self) -> list[float]:
        """The log-ratio of each round."""
        return [median(passes) for passes in self.each]

    @property
    def within(self) -> float | None:
        """Standard deviation over the passes of a round; None where no round had enough."""
        known = [stdev(passes) for passes in self.each if len(passes) >= NEAR_PASSES]
        return median(known) if known else None

    def between(self, within: float) -> float:
        """Return what rounds differ by beside the error of each, which passes make smaller; 0 while it is not known."""
        if len(self.each) < 3:
            return 0.0
        own = (ERROR_OF_MEDIAN * within) ** 2 / median(map(len, self.each))
        return sqrt(max(0.0, stdev(self.ratios) ** 2 - own))


class PassPlanner:
    """Plans passes from what the rounds of a run have shown."""

    def __init__(self, margin: float, precision: float | None = None, *, least: int = 1, races: bool = False) -> None:
        """Take the smallest difference that matters, the half-width that was asked for, if any, and the fewest passes.

        An arm with long bursts may have fewer than these. Where it `races`, the ratios are those to the fastest.
        """
        self._margin = log1p(margin)
        self._precision = precision
        self._least = least
        self._races = races
        self._rounds: dict[str, list[_Known]] = {}
        self._samples: dict[str, int] = {}
        self._clear: dict[str, tuple[int, bool]] = {}
        """Group -> rounds that were looked at, and whether any two cases were far apart in each."""

    def add(self, one: Round) -> None:
        """Take note of a round that counts."""
        known: _Known = {worker.arm: burst_minima(worker) for worker in one.workers if worker.outcome == Outcome.OK}
        self._rounds.setdefault(one.group, []).append(known)

    def times(self, group: Group) -> Sequence[_Known]:
        """Return arm -> pass -> time of a call, of each round so far."""
        return self._rounds.get(group.name, ())

    def ratios(self, group: Group, arm: str) -> list[float]:
        """Return the log-ratios of an arm to the baseline so far, one a round."""
        base = _baseline(group)
        return _pair(self.times(group), arm, base).ratios if base else []

    def is_clear(self, group: Group) -> bool:
        """Return whether any two cases were far apart in each round so far: no noise floor could make them equal."""
        cases = {arm.name for arm in group.arms if arm.role in (Role.CASE, Role.BASELINE)}
        rounds = self.times(group)
        looked_at, clear = self._clear.get(group.name, (0, True))
        for known in rounds[looked_at:]:
            calls = sorted(median(minima.values()) for arm, minima in known.items() if arm in cases and minima)
            clear = clear and all(other / one > FAR_APART for one, other in pairwise(calls))
        self._clear[group.name] = len(rounds), clear
        return bool(rounds) and clear

    def turns(self, group: Group, sizes: Mapping[str, BurstSize], start_ns: float, share_ns: float) -> dict[str, Turns]:
        """Return the turns of each arm that has warmed up.

        Parameters
        ----------
        group
            Theirs.
        sizes
            Arm -> what a burst of it is.
        start_ns
            What the round has taken up to its first burst.
        share_ns
            Time for the round. Whoever takes part has a burst, whatever the time is.
        """
        sizes = {name: replace(size, samples=self._samples_of(name, group, sizes)) for name, size in sizes.items()}
        passes: dict[str, int] = {}
        for one, other in _to_fastest(group, sizes) if self._races else _judged(group, sizes):
            wanted = self._wanted(group, (one, other), sizes, start_ns / len(sizes))
            passes |= {name: max(wanted, passes.get(name, 1)) for name in (one, other)}
        most = max(passes.values(), default=FIRST_PASSES)
        passes = {name: passes.get(name, most) for name in sizes}
        while max(passes.values(), default=1) > 1 and start_ns + _cost_ns(passes, sizes) > share_ns:
            most = max(passes.values()) - 1
            passes = {name: min(most, count) for name, count in passes.items()}
        turns = {name: Turns(passes=passes[name], samples=size.samples) for name, size in sizes.items()}
        return turns | dict.fromkeys(_hopeless(group, sizes) if self._races else (), ONE_SAMPLE)

    def _wanted(self, group: Group, names: tuple[str, str], sizes: Mapping[str, BurstSize], start_ns: float) -> int:
        """Return the passes that still matter to the ratio of two arms, each of which took so long to start."""
        if self._precision is None and self._are_far(group, names, sizes):
            slowest_ns = max(sizes[name].burst_ns for name in names)
            return 1 if slowest_ns > LONG_BURST_NS else max(FAR_PASSES, self._least)
        pair = _pair(self._recent(group), *names)
        within = pair.within
        if within is None:
            return FIRST_PASSES
        distance = abs(abs(median(pair.ratios)) - self._margin) * DISTANCE_PART
        enough = max(self._precision or distance, pair.between(within) * PROCESS_PART, LEAST_ERROR)
        dear = PASSES_TO_START * start_ns * len(names) / sum(sizes[name].burst_ns for name in names)
        most = min(MOST_PASSES, max(FIRST_PASSES, round(dear)))
        return min(most, max(NEAR_PASSES, self._least, ceil((ERROR_OF_MEDIAN * within / enough) ** 2)))

    def _are_far(self, group: Group, names: tuple[str, str], sizes: Mapping[str, BurstSize]) -> bool:
        """Return whether two arms are so far apart that passes do not matter."""
        one, other = names
        ratios = _pair(self._recent(group), one, other).ratios
        ratio = median(ratios) if ratios else log(sizes[one].call_ns / sizes[other].call_ns)
        return abs(ratio) > log(FAR_APART)

    def _recent(self, group: Group) -> Sequence[_Known]:
        """Return the last rounds of a group, by which its passes are planned."""
        return self.times(group)[-RECENT_ROUNDS:]

    def _samples_of(self, name: str, group: Group, sizes: Mapping[str, BurstSize]) -> int:
        """Return the samples of an arm's bursts, the same in all its rounds, and as the baseline's where it is near."""
        if name not in self._samples:
            base = _baseline(group)
            near = base in sizes and base is not None and not self._are_far(group, (name, base), sizes)
            like = sizes[base] if near and base else sizes[name]
            fewest = SLOW_SAMPLES if like.sample_ns > SLOW_SAMPLE_NS else sizes[name].samples
            self._samples[name] = min(sizes[name].samples, fewest)
        return self._samples[name]


def _pair(rounds: Sequence[_Known], one: str, other: str) -> _Pair:
    both = ((known.get(one, {}), known.get(other, {})) for known in rounds)
    each = (tuple(log(a[index] / b[index]) for index in sorted(a.keys() & b.keys())) for a, b in both)
    return _Pair(each=tuple(passes for passes in each if passes))


def _baseline(group: Group) -> str | None:
    return next((arm.name for arm in group.arms if arm.role == Role.BASELINE), None)


def _judged(group: Group, sizes: Mapping[str, BurstSize]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of arms whose ratios are judged: each with the baseline, and the two fastest."""
    base = _baseline(group)
    cases: Sequence[str] = [arm.name for arm in group.arms if arm.role == Role.CASE and arm.name in sizes]
    if base in sizes and base is not None:
        yield from ((name, base) for name in cases)
    if len(cases) > 1:
        fastest, second = sorted(cases, key=lambda name: sizes[name].call_ns)[:2]
        yield fastest, second


def _to_fastest(group: Group, sizes: Mapping[str, BurstSize]) -> Iterator[tuple[str, str]]:
    """Yield each arm that may be the best with the fastest of them, by their calls."""
    cases = [arm.name for arm in group.arms if arm.name in sizes and not arm.again]
    fastest = min(cases, key=lambda name: sizes[name].call_ns, default="")
    yield from ((name, fastest) for name in cases if name != fastest)


def _hopeless(group: Group, sizes: Mapping[str, BurstSize]) -> Iterator[str]:
    """Yield the arms whose calls are so slow that a sample tells enough of them."""
    names = [arm.name for arm in group.arms if arm.name in sizes]
    fastest_ns = min((sizes[name].call_ns for name in names), default=0)
    yield from (name for name in names if sizes[name].call_ns > TIMES_AT_ONCE * fastest_ns)


def _cost_ns(passes: Mapping[str, int], sizes: Mapping[str, BurstSize]) -> int:
    return sum(count * sizes[name].burst_ns for name, count in passes.items())
