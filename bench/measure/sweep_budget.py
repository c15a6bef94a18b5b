"""How a sweep spends its budget on sizes of very different cost: who takes part in which round, who is too slow. Pure.

Cheap sizes first: they get their rounds for little, and what is left goes to the costly ones. Sizes are begun in
ascending order, so that what the next one would take is known before it is started, and only if the rounds that the
smaller ones still want remain paid for.
"""

from collections.abc import Mapping, Sequence
from statistics import median

from ..problems.case import Case
from ..stats.intervals import MIN_ROUNDS
from ..store.records import Round
from ..store.worker_records import Outcome
from ..units import significant, time_text
from . import round_plan
from .group import Group

#: Length of a sweep in seconds, making the inputs included, where neither --rounds nor --budget says another.
SWEEP_BUDGET_S = 270.0

#: Rounds of each size: first so many, for an interval; then so many, if time is left.
WANTED_ROUNDS = (MIN_ROUNDS, 2 * MIN_ROUNDS)

#: A call that takes more than this share of the budget is too slow, if it takes so many times as long as the fastest.
LONGEST_CALL, TIMES_SLOWER = 5e-4, 5.0

#: A worker calls an implementation so many times at least: verified before and after, warmed up, timed.
FEWEST_CALLS = 6

#: Case without its size: what is the same code under the same conditions all over a sweep.
_Kind = tuple[str | int | None, ...]


class Shares:
    """What the rounds of a sweep took so far, and what may be spent on the next."""

    def __init__(self, budget_s: float, most_rounds: int | None) -> None:
        """Start with nothing measured.

        Parameters
        ----------
        budget_s
            Of the whole sweep.
        most_rounds
            Of each group; None for what WANTED_ROUNDS says.
        """
        self._work: dict[str, float] = {}
        self._budget_s = budget_s
        self._wanted = WANTED_ROUNDS if most_rounds is None else (most_rounds,)
        self._call_s: dict[_Kind, tuple[float, float]] = {}
        """Kind -> work and seconds of a call at the largest size that was measured."""
        self._round_s: dict[_Kind, tuple[float, float]] = {}
        """The same of a whole round, by the conditions of its group."""
        self._least_s: dict[_Kind, float] = {}
        """Seconds of the first round of the smallest size: mostly what starting the workers takes."""
        self._costs: dict[str, list[float]] = {}

    def ascending(self, groups: Sequence[Group], work: Mapping[str, Mapping[str, float]]) -> list[Group]:
        """Return the groups in the order of their work.

        Parameters
        ----------
        groups
            All groups of the sweep.
        work
            Group -> {"flops": ..., "bytes": ...} of one evaluation, by which times are extrapolated.
        """
        self._work = {name: each["flops"] or each["bytes"] for name, each in work.items()}
        return sorted(groups, key=lambda group: self._work[group.name])

    def add(self, group: Group, one: Round) -> None:
        """Take note of a round."""
        work = self._work[group.name]
        cost_s = one.duration_ns * 1e-9
        if one.discarded is None:
            self._costs.setdefault(group.name, []).append(cost_s)
        self._round_s[_conditions(group.arms[0].case)] = work, cost_s
        self._least_s.setdefault(_conditions(group.arms[0].case), cost_s)
        cases = {arm.name: arm.case for arm in group.arms}
        for worker in one.workers:
            if worker.arm in cases and worker.outcome == Outcome.OK and worker.bursts:
                call_s = median(min(burst.sample_ns) / burst.number for burst in worker.bursts) * 1e-9
                self._call_s[_kind(cases[worker.arm])] = work, call_s

    def too_slow(self, group: Group, alive: Sequence[str]) -> dict[str, str]:
        """Return the arms that are better left out of a group before its first round, with the reason.

        Parameters
        ----------
        group
            Whose smaller neighbours were measured already.
        alive
            Its arms that could take part.
        """
        expected = self._expected_calls_s(group, alive)
        fastest, longest = min(expected.values(), default=0.0), LONGEST_CALL * self._budget_s
        return {
            name: (
                f"a call would take about {time_text(call_s)}, {significant(call_s / fastest, 2)} times as long as the "
                f"fastest; a sweep of {self._budget_s:g} s leaves out calls over {time_text(longest)} that are so far "
                "behind; --budget gives it more"
            )
            for name, call_s in expected.items()
            if call_s > longest and call_s > TIMES_SLOWER * fastest
        }

    def unpaid(self, group: Group, alive: Sequence[str], left_s: float) -> str | None:
        """Return why a group cannot have its first round now; None where it can.

        What is left must pay for it, and for the rounds that the sizes already begun still want.
        """
        expected, slow = self._expected_calls_s(group, alive), self.too_slow(group, alive)
        calls_s = sum(call_s for name, call_s in expected.items() if name not in slow)
        round_s = self._expected_round_s(_conditions(group.arms[0].case), self._work[group.name], calls_s)
        owed_s = sum(max(0, self._wanted[0] - len(costs)) * min(costs) for costs in self._costs.values())
        if round_s == 0.0 or round_s + owed_s <= left_s:
            return None
        return (
            f"a round of this size would take about {time_text(round_s)}, which the sweep's {self._budget_s:g} s do "
            "not pay for beside those of the smaller sizes; --budget gives it more"
        )

    def _expected_calls_s(self, group: Group, alive: Sequence[str]) -> dict[str, float]:
        """Return arm -> what a call will take, in proportion to the work, where it was measured at another size."""
        work = self._work[group.name]
        return {
            arm.name: known[1] * work / known[0]
            for arm in group.arms
            if arm.name in alive and (known := self._call_s.get(_kind(arm.case))) is not None
        }

    def _expected_round_s(self, conditions: _Kind, work: float, calls_s: float) -> float:
        """Return what a round will take: what the smallest size took, and beyond that in proportion to the work.

        At least a few calls of each arm, of which one each takes `calls_s` together; 0 where nothing is known.
        """
        if conditions not in self._round_s:
            return 0.0
        least_s = self._least_s[conditions]
        known_work, known_s = self._round_s[conditions]
        return least_s + max((known_s - least_s) * work / known_work, FEWEST_CALLS * calls_s)

    def due(self, groups: Sequence[Group], left_s: float) -> list[Group]:
        """Return the groups that take part in the next round: those whose share of the time left pays for one.

        The cheapest takes what its wanted rounds cost, at most an equal share; the next shares what then is left. A
        round costs what the cheapest so far did: in the first one more is done than to time (`Conductor`).
        """
        costs = {group.name: min(self._costs[group.name]) for group in groups if group.name in self._costs}
        for wanted in self._wanted:
            short = [name for name in sorted(costs, key=costs.__getitem__) if len(self._costs[name]) < wanted]
            found, free_s = set(), left_s
            for place, name in enumerate(short):
                share_s = free_s / (len(short) - place)
                planned = max(0, min(wanted - len(self._costs[name]), int(share_s / costs[name])))
                free_s -= planned * costs[name]
                if planned:
                    found.add(name)
            if found:
                return [group for group in groups if group.name in found]
        return []

    def passes(self, pass_ns: int, start_ns: int, groups: int) -> int:
        """Return the passes of a group's rounds: they take about as long as starting its workers, within its share."""
        share_ns = self._budget_s * 1e9 / self._wanted[0] / groups
        return min(round_plan.MOST_PASSES, max(1, int(min(start_ns, share_ns - start_ns) / max(1, pass_ns))))


def _conditions(case: Case) -> _Kind:
    return case.dtype, case.threads, case.allocator, case.data


def _kind(case: Case) -> _Kind:
    return case.implementation, case.layout, *_conditions(case)
