"""How often each arm of a run is timed in a round: as often as it still matters for its ratio to the baseline. Pure.

The rounds decide, for the process is what varies; passes only make the one number of a round as exact as it has to be.
Its error is about ERROR_OF_MEDIAN s / sqrt(m) with m passes, for the standard deviation s of a pass's log-ratio. It
matters no longer where it is small beside

- the distance of the ratio from what would change its verdict: a ratio of 455 is one short burst of each arm, or
- what processes differ by: no number of passes makes that any smaller.

A first round goes by the times of a call alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, log, log1p, sqrt
from statistics import median, stdev

from ..store.records import Role, Round
from ..store.selectors import burst_minima
from ..store.worker_records import Outcome
from .group import Group
from .round_plan import MOST_PASSES, BurstSize, Turns

#: Arms whose calls differ by this factor or more are far apart: no pass is needed to tell them apart.
FAR_APART = 1.5

#: Passes of arms that are far from the baseline, of the others at least, and of those in their first round.
FAR_PASSES, NEAR_PASSES, FIRST_PASSES = 2, 3, 5

#: A far arm with bursts longer than this is timed once a round.
LONG_BURST_NS = 50_000_000

#: Of samples longer than this a burst has but so many: a pass more does better than a longer one.
SLOW_SAMPLE_NS, SLOW_SAMPLES = 20_000_000, 2

#: Standard error of a median over that of a mean (normal: sqrt(pi / 2)).
ERROR_OF_MEDIAN = 1.25

#: The error of a round may be this part of the distance to another verdict, or of what processes differ by.
DISTANCE_PART, PROCESS_PART = 0.25, 0.5

#: No error of a round smaller than this is asked for.
LEAST_ERROR = 5e-4


@dataclass(slots=True)
class _Pair:
    """What the rounds so far say of an arm and the baseline."""

    ratios: list[float] = field(default_factory=list)
    """Log-ratio of each round."""
    within: list[float] = field(default_factory=list)
    """Standard deviation over the passes of a round, of those with three or more."""
    passes: list[int] = field(default_factory=list)

    @property
    def process(self) -> float:
        """What rounds differ by beside the error of each: 0 while it is not known."""
        if len(self.ratios) < 3 or not self.within:
            return 0.0
        own = (ERROR_OF_MEDIAN * median(self.within)) ** 2 / median(self.passes)
        return sqrt(max(0.0, stdev(self.ratios) ** 2 - own))


class PassPlanner:
    """Plans passes from what the rounds of a run have shown."""

    def __init__(self, margin: float, precision: float | None = None) -> None:
        """Take the smallest difference that matters, and the half-width that was asked for, if any."""
        self._margin = log1p(margin)
        self._precision = precision
        self._pairs: dict[str, _Pair] = {}
        self._samples: dict[str, int] = {}

    def ratios(self, arm: str) -> Sequence[float]:
        """Return the log-ratios of an arm to the baseline so far, one a round."""
        return self._pairs[arm].ratios if arm in self._pairs else ()

    def add(self, group: Group, one: Round) -> None:
        """Take note of a round that counts."""
        minima = {worker.arm: burst_minima(worker) for worker in one.workers if worker.outcome == Outcome.OK}
        base = _baseline(group)
        if base is None or base not in minima:
            return
        baseline = minima.pop(base)
        for name, own in minima.items():
            each = [log(own[index] / baseline[index]) for index in own.keys() & baseline.keys()]
            if each:
                pair = self._pairs.setdefault(name, _Pair())
                pair.ratios.append(median(each))
                pair.passes.append(len(each))
                pair.within += [stdev(each)] if len(each) >= NEAR_PASSES else []

    def turns(self, group: Group, sizes: Mapping[str, BurstSize], share_ns: float) -> dict[str, Turns]:
        """Return the turns of each arm that has warmed up.

        Parameters
        ----------
        group
            Theirs.
        sizes
            Arm -> what a burst of it is.
        share_ns
            Time for all bursts of the round. Whoever takes part has a burst, whatever the time is.
        """
        sizes = {name: replace(size, samples=self._samples_of(name, group, sizes)) for name, size in sizes.items()}
        cases = [arm.name for arm in group.arms if arm.role == Role.CASE and arm.name in sizes]
        passes = {name: self._wanted(name, group, sizes) for name in cases}
        most = max(passes.values(), default=FIRST_PASSES)
        passes = {name: passes.get(name, most) for name in sizes}
        while max(passes.values(), default=1) > 1 and _cost_ns(passes, sizes) > share_ns:
            most = max(passes.values()) - 1
            passes = {name: min(most, count) for name, count in passes.items()}
        return {name: Turns(passes=passes[name], samples=size.samples) for name, size in sizes.items()}

    def _wanted(self, name: str, group: Group, sizes: Mapping[str, BurstSize]) -> int:
        """Return the passes that still matter to an arm's ratio."""
        pair = self._pairs.get(name)
        if self._precision is None and self._is_far(name, group, sizes):
            return 1 if sizes[name].burst_ns > LONG_BURST_NS else FAR_PASSES
        if pair is None or not pair.within:
            return FIRST_PASSES
        distance = abs(abs(median(pair.ratios)) - self._margin) * DISTANCE_PART
        enough = max(self._precision or distance, pair.process * PROCESS_PART, LEAST_ERROR)
        return min(MOST_PASSES, max(NEAR_PASSES, ceil((ERROR_OF_MEDIAN * median(pair.within) / enough) ** 2)))

    def _is_far(self, name: str, group: Group, sizes: Mapping[str, BurstSize]) -> bool:
        """Return whether an arm is so far from the baseline that passes do not matter."""
        base = _baseline(group)
        pair = self._pairs.get(name)
        if pair:
            return abs(median(pair.ratios)) > log(FAR_APART)
        return (
            base is not None and base in sizes and abs(log(sizes[name].call_ns / sizes[base].call_ns)) > log(FAR_APART)
        )

    def _samples_of(self, name: str, group: Group, sizes: Mapping[str, BurstSize]) -> int:
        """Return the samples of an arm's bursts, the same in all its rounds, and as the baseline's where it is near."""
        if name not in self._samples:
            base = _baseline(group)
            like = name if base is None or base not in sizes or self._is_far(name, group, sizes) else base
            fewest = SLOW_SAMPLES if sizes[like].sample_ns > SLOW_SAMPLE_NS else sizes[name].samples
            self._samples[name] = min(sizes[name].samples, fewest)
        return self._samples[name]


def _baseline(group: Group) -> str | None:
    return next((arm.name for arm in group.arms if arm.role == Role.BASELINE), None)


def _cost_ns(passes: Mapping[str, int], sizes: Mapping[str, BurstSize]) -> int:
    return sum(count * sizes[name].burst_ns for name, count in passes.items())
