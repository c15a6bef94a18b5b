"""What the rounds of a sweep took, and what those of other sizes will take. Pure."""

from collections.abc import Mapping, Sequence
from math import inf, log, prod
from statistics import median

from ..problems.case import Case
from ..store.records import Round
from ..store.worker_records import Outcome, Worker
from .group import Group
from .pass_planner import SLOW_SAMPLE_NS, SLOW_SAMPLES
from .round_plan import BURST_NS, MOST_SAMPLES, samples_in_a_burst

#: A worker calls an implementation so many times at least beside its bursts: verified before and after, warmed up.
FEWEST_CALLS = 6

#: Time grows by no higher power of the work: a disturbance at one size does not tell that of the next.
MOST_POWER = 3.0

#: Case without its size: what is the same code under the same conditions all over a sweep.
_Kind = tuple[str | int | None, ...]


class Costs:
    """Seconds that an arm takes of a round, and of a call, as measured or in proportion to the work."""

    def __init__(self, groups: Sequence[Group], work: Mapping[str, Mapping[str, float]]) -> None:
        """Start with nothing measured.

        Parameters
        ----------
        groups
            All groups of the sweep.
        work
            Group -> {"flops": ..., "bytes": ...} of one evaluation, by which times are extrapolated; where a problem
            does not say it, the product of the size's numbers stands for it.
        """
        self._work = {group.name: _work(group, work.get(group.name, {})) for group in groups}
        self._call_s: dict[_Kind, dict[float, float]] = {}
        """Kind -> work -> seconds of a call."""
        self._round_s: dict[_Kind, dict[float, float]] = {}
        """Kind -> work -> least seconds of a round that one worker took: the first ones compile, and count."""

    def add(self, group: Group, one: Round) -> None:
        """Take note of a round."""
        work, cases = self._work[group.name], {arm.name: arm.case for arm in group.arms}
        for worker in one.workers:
            if worker.arm not in cases:
                continue
            kind = _kind(cases[worker.arm])
            known = self._round_s.setdefault(kind, {})
            known[work] = min(known.get(work, inf), own_s(worker))
            if worker.outcome == Outcome.OK and worker.bursts:
                call_s = median(min(burst.sample_ns) / burst.number for burst in worker.bursts) * 1e-9
                self._call_s.setdefault(kind, {})[work] = call_s

    def call_s(self, case: Case, group: Group) -> float | None:
        """Return what a call of a case of the group takes, None where its code was not measured at any size."""
        known = self._call_s.get(_kind(case))
        return _scaled(known, self._work[group.name])[1] if known else None

    def round_s(self, case: Case, group: Group) -> float:
        """Return what one worker of the case takes of a round; 0 where its code was not measured at any size.

        What the nearest smaller size took, and the calls longer.
        """
        calls_s, rounds_s = self._call_s.get(_kind(case), {}), self._round_s.get(_kind(case), {})
        work = self._work[group.name]
        if not rounds_s:
            return 0.0
        if not calls_s:
            return rounds_s[_nearest(rounds_s, work)]
        nearest, call_s = _scaled(calls_s, work)
        longer_s = FEWEST_CALLS * (call_s - calls_s[nearest]) + _burst_s(call_s) - _burst_s(calls_s[nearest])
        return rounds_s[nearest] + max(0.0, longer_s)


def _work(group: Group, told: Mapping[str, float]) -> float:
    return told.get("flops") or told.get("bytes") or float(prod(group.arms[0].case.size.values.values()))


def _kind(case: Case) -> _Kind:
    return case.contender, case.layout, case.dtype, case.threads, case.allocator, case.data


def _nearest(known: Mapping[float, float], work: float) -> float:
    """Return the nearest work at or below `work` of which something is known, else the least."""
    return max((each for each in known if each <= work), default=min(known))


def _scaled(known: Mapping[float, float], work: float) -> tuple[float, float]:
    """Return the nearest work with a known time, and the time scaled from there: at most what more work takes."""
    below = _nearest(known, work)
    above = [known[each] for each in known if each >= work]
    return below, min([known[below] * (work / below) ** _power(known, below), *above])


def _power(known: Mapping[float, float], work: float) -> float:
    """Return how time grows up to a work: as it did from the work before, where that is faster than in proportion.

    A problem that does not say its work may well be quadratic in its size.
    """
    before = max((each for each in known if each < work), default=None)
    if before is None or min(known[before], known[work]) <= 0:
        return 1.0
    return min(MOST_POWER, max(1.0, log(known[work] / known[before]) / log(work / before)))


def _burst_s(call_s: float) -> float:
    """Return what a burst of calls of that length takes; slow ones are mostly those of who is far behind."""
    call_ns = max(1, round(call_s * 1e9))
    samples = SLOW_SAMPLES if call_ns > SLOW_SAMPLE_NS else MOST_SAMPLES
    return max(BURST_NS, call_ns * min(samples, samples_in_a_burst(call_ns, 1))) * 1e-9


def own_s(worker: Worker) -> float:
    """Return the seconds that a round spent on a worker, beside starting an interpreter that serves other sizes too."""
    return (worker.spent.total_ns - worker.spent.starting_ns) * 1e-9 if worker.spent else 0.0
