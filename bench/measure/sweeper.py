"""A sweep: the smallest size first, then a plan of what the budget allows, then rounds of all sizes that it does."""

import random
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from ..problems.case import Case
from ..stats.intervals import MIN_ROUNDS
from ..store.journal import Journal
from ..store.records import Left, Round, Settings
from ..store.worker_records import Outcome
from . import sweep_plan, sweep_words
from .backends import Backend, Rounds
from .budget import Pace
from .group import Group
from .pass_planner import SLOW_SAMPLE_NS, SLOW_SAMPLES
from .round_loop import RoundLoop
from .round_plan import BurstSize, Turns
from .sweep_costs import Costs
from .sweep_plan import Kept, Want, Who
from .worker_pool import WorkerPool
from .workspace import Stage

#: Rounds of the smallest size before the plan: what is kept on disk is compiled in the first.
PILOT_ROUNDS = 2

#: Rounds of each size: first so many, for an interval; then so many, if time is left.
WANTED_ROUNDS = (MIN_ROUNDS, 2 * MIN_ROUNDS)

#: The rounds that a size has been promised may take so many times the budget, where it was begun too late for them.
MOST_GROWTH = 1.2

#: Where what is planned takes so many times as long as it was told to, that is told again.
WORTH_TELLING = 1.25

#: The passes of a round take at most this part of the time to start its workers, for more rounds say more than longer
#: ones; they are so many at most, and those of who is far behind.
PASSES_PART, MOST_PASSES, FAR_PASSES = 0.5, 5, 2


class Sweeper:
    """Measures the groups of a sweep, which differ in size and perhaps in their conditions."""

    def __init__(
        self,
        settings: Settings,
        stage: Stage,
        journal: Journal,
        *,
        rounds: Rounds,
        backend: Backend,
        generator: random.Random,
        pace: Pace,
        say: Callable[[str], None],
    ) -> None:
        """Get ready; `say` is told the plan, in a sentence."""
        self._stage = stage
        self._journal = journal
        self._clock = backend.monotonic_s
        self._generator = generator
        self._pace = pace
        self._say = say
        self._parameter = settings.sweep or ""
        self._wanted = WANTED_ROUNDS if settings.rounds is None else (settings.rounds,)
        self._loop = RoundLoop(rounds, backend, generator, self._turns)
        self._costs = Costs(stage.groups, stage.work)
        self._ended: set[str] = set()
        self._kept: Kept = {}
        self._done = {group.name: 0 for group in stage.groups}
        """Group -> rounds that count."""
        self._held: set[str] = set()
        """Groups of which a round was held."""
        self._start_ns: dict[str, int] = {}
        """Group -> the least time until its workers were ready."""
        self._starting_s: list[float] = []
        """Of each lap, the time to start the interpreters of its workers."""

    def run(self) -> None:
        """Measure what the budget allows; what it does not is left out, on the record."""
        smallest = min(map(self._value, self._stage.groups))
        pilot = [group for group in self._stage.groups if self._value(group) == smallest]
        for _ in range(min(PILOT_ROUNDS, self._wanted[0])):
            if self._pace.left_s > 0 or not self._pace.done:
                self._lap(pilot, [])
        plan, planned_s = self._plan()
        laps = 0
        while (due := self._due()) or self._payable():
            self._lap(due, self._waiting())
            laps += 1
            if laps == 1:
                self._tell_changes(plan, planned_s)
        for group in self._waiting():
            self._leave(group, dict.fromkeys(self._whos(group), sweep_words.unpaid(self._want(group))))

    def _lap(self, due: Sequence[Group], waiting: Sequence[Group]) -> None:
        """Hold a round of each group that is due, and the first of those waiting that can be paid."""
        started_s = self._clock()
        self._starting_s.append(0.0)
        with WorkerPool() as pool:
            for group in self._generator.sample(due, len(due)):
                self._round(group, pool)
            for group in waiting:
                self._kept.update((name, who) for name, who in self._payable().items() if name == group.name)
                if group.name in self._kept:
                    self._leave(group, self._thinned(group))
                    self._round(group, pool)
        self._pace.add(self._clock() - started_s)

    def _round(self, group: Group, pool: WorkerPool) -> None:
        """Hold a round of a group, once more where it is discarded."""
        last: Round | None = None
        for last in self._loop.attempts(self._done[group.name], group, self._taking_part, pool=pool):
            self._ended |= {worker.arm for worker in last.ended}
            self._journal.append(last)
            self._held.add(group.name)
            self._leave_unavailable(group, last)
        if last is None or last.discarded is None:
            self._done[group.name] += 1
        if last is not None:
            self._costs.add(group, last)
            self._starting_s[-1] += sum(worker.spent.starting_ns for worker in last.workers if worker.spent) * 1e-9

    # What is planned

    def _plan(self) -> tuple[sweep_words.Plan, float]:
        """Plan from what the smallest size took, and say so; return the plan, and the seconds of what is kept."""
        wants = [self._want(group) for group in self._ordered(self._stage.groups)]
        room_s = self._room_s
        kept = sweep_plan.planned(wants, room_s)
        self._kept = {want.group: kept[want.group] for want in wants if want.begun}
        for group in self._stage.groups:
            if group.name in self._kept:
                reasons = self._thinned(group)
                arms = [arm for arm in group.arms if arm.name not in self._ended and _who(arm.case) in reasons]
                self._journal.stop({arm.name: reasons[_who(arm.case)] for arm in arms})
        plan = sweep_words.Plan(
            wants=wants,
            kept=kept,
            values={group.name: self._value(group) for group in self._stage.groups},
            parameter=self._parameter,
            wanted=self._wanted,
            budget_s=self._pace.budget_s,
        )
        before_s = self._pace.budget_s - room_s
        self._say(sweep_words.plan_sentence(plan, before_s + sum(sum(want.costs_s.values()) for want in wants)))
        return plan, before_s + sweep_plan.cost_s(wants, kept)

    def _tell_changes(self, plan: sweep_words.Plan, planned_s: float) -> None:
        """Say what a round of each size has changed of the plan: who is left out after all, or that it takes longer."""
        waiting = {want.group: want for want in map(self._want, self._waiting())}
        payable = self._payable()
        kept = self._kept | payable
        kept_s = self._pace.budget_s - self._room_s + sweep_plan.cost_s(waiting.values(), payable)
        lost = any(not whos <= kept.get(name, frozenset()) for name, whos in plan.kept.items())
        if lost or kept_s > WORTH_TELLING * planned_s:
            wants = [waiting.get(want.group, want) for want in plan.wants]
            self._say(sweep_words.changed_sentence(replace(plan, wants=wants, kept=kept), kept_s))

    def _want(self, group: Group) -> Want:
        """Return what the rounds that a group still wants would take."""
        arms = [arm for arm in group.arms if arm.name not in self._ended]
        rounds = max(0, self._wanted[0] - self._done[group.name])
        costs_s: dict[Who, float] = {}
        for arm in arms:
            cost_s = rounds * self._costs.round_s(arm.case, group)
            costs_s[_who(arm.case)] = costs_s.get(_who(arm.case), 0.0) + cost_s
        calls = {_who(arm.case): self._costs.call_s(arm.case, group) for arm in arms}
        known = {who: call_s for who, call_s in calls.items() if call_s}
        values = [self._value(other) for other in self._stage.groups]
        return Want(
            group=group.name,
            coarse=sweep_plan.is_coarse(self._value(group), values),
            costs_s=costs_s,
            behind={who: call_s / min(known.values()) for who, call_s in known.items()},
            baseline=next((_who(arm.case) for arm in group.arms if arm.baseline), None),
            begun=group.name in self._held,
        )

    def _payable(self) -> Kept:
        """Return which of the groups that wait can be paid beside what those begun still want, and for whom."""
        return sweep_plan.planned([self._want(group) for group in self._waiting()], self._room_s)

    @property
    def _room_s(self) -> float:
        """What is left of the time beside the rounds that the groups begun still want, and starting interpreters."""
        begun = [group for group in self._stage.groups if group.name in self._kept]
        owed_s = sweep_plan.cost_s(map(self._want, begun), self._kept)
        return self._pace.left_s - owed_s - self._wanted[0] * self._starting_s[-1]

    def _waiting(self) -> list[Group]:
        """Return the groups that have not begun, in the order in which they matter."""
        return self._ordered([group for group in self._stage.groups if group.name not in self._kept])

    def _ordered(self, groups: Sequence[Group]) -> list[Group]:
        order = sweep_plan.in_order(list({self._value(group) for group in self._stage.groups}))
        return sorted(groups, key=lambda group: order.index(self._value(group)))

    # Who takes part

    def _due(self) -> list[Group]:
        """Return the groups that have begun and can have another round.

        First those that want one for their intervals; then, cheapest first, those that the time left pays for.
        """
        begun = [group for group in self._stage.groups if group.name in self._kept and self._taking_part(group)]
        short = [group for group in begun if self._done[group.name] < self._wanted[0]]
        left_s = self._pace.left_s
        if short:
            return self._paid(short, left_s + (MOST_GROWTH - 1) * self._pace.budget_s)
        return self._paid([group for group in begun if self._done[group.name] < self._wanted[-1]], left_s)

    def _paid(self, groups: Sequence[Group], left_s: float) -> list[Group]:
        """Return as many of the groups as can have a round in that time, the cheapest first."""
        found = []
        for cost_s, _, group in sorted((self._round_s(group), group.name, group) for group in groups):
            if cost_s <= left_s:
                found.append(group)
                left_s -= cost_s
        return found

    def _round_s(self, group: Group) -> float:
        taking_part = set(self._taking_part(group))
        return sum(self._costs.round_s(arm.case, group) for arm in group.arms if arm.name in taking_part)

    def _taking_part(self, group: Group) -> list[str]:
        """Return the arms of a group's next round."""
        kept = self._kept.get(group.name)
        arms = [arm for arm in group.arms if arm.name not in self._ended]
        return [arm.name for arm in arms if kept is None or _who(arm.case) in kept]

    def _turns(self, group: Group, sizes: Mapping[str, BurstSize], start_ns: int) -> dict[str, Turns]:
        """Return how often each arm is timed in a round: all together for a part of what starting them takes.

        Who is far behind the fastest has few turns.
        """
        least_ns = self._start_ns[group.name] = min(start_ns, self._start_ns.get(group.name, start_ns))
        fastest_ns = min((size.call_ns for size in sizes.values()), default=0)
        far = {name for name, size in sizes.items() if size.call_ns > sweep_plan.TIMES_SLOWER * fastest_ns}
        near_ns = sum(size.burst_ns for name, size in sizes.items() if name not in far)
        far_ns = sum(sizes[name].burst_ns for name in far)
        passes = min(MOST_PASSES, max(1, int((PASSES_PART * least_ns - far_ns) / max(1, near_ns))))
        return {
            name: Turns(passes=min(passes, FAR_PASSES), samples=_fewer_samples(size))
            if name in far
            else Turns(passes=passes, samples=size.samples)
            for name, size in sizes.items()
        }

    def _value(self, group: Group) -> int:
        return group.arms[0].case.size.values[self._parameter]

    def _whos(self, group: Group) -> list[Who]:
        return list(dict.fromkeys(_who(arm.case) for arm in group.arms if arm.name not in self._ended))

    # What is left out

    def _thinned(self, group: Group) -> dict[Who, str]:
        """Return who is left out of a group that is begun, with the reason."""
        want, kept = self._want(group), self._kept[group.name]
        return {who: sweep_words.too_dear(want, who) for who in want.costs_s if who not in kept}

    def _leave_unavailable(self, group: Group, one: Round) -> None:
        """Leave what cannot run on this machine out of the sizes that wait, too: it says the same of each."""
        lacking = {worker.arm: worker.reason for worker in one.ended if worker.outcome == Outcome.UNAVAILABLE}
        reasons = {_who(arm.case): lacking[arm.name] or "" for arm in group.arms if arm.name in lacking}
        for other in self._waiting():
            if other.name not in self._held and reasons:
                self._leave(other, reasons, Outcome.UNAVAILABLE)

    def _leave(self, group: Group, reasons: Mapping[Who, str], outcome: Outcome = Outcome.NOT_MEASURED) -> None:
        """Leave some out of a group that has not been started yet, on the record."""
        arms = [arm for arm in group.arms if arm.name not in self._ended and _who(arm.case) in reasons]
        self._ended |= {arm.name for arm in arms}
        self._journal.leave(
            [
                Left(case=arm.case, title=arm.title, outcome=outcome, reason=reasons[_who(arm.case)])
                for arm in arms
                if not arm.again
            ]
        )


def _fewer_samples(size: BurstSize) -> int:
    """Return the samples of a burst of who is far behind: a few of slow calls are enough for that."""
    return min(size.samples, SLOW_SAMPLES) if size.sample_ns > SLOW_SAMPLE_NS else size.samples


def _who(case: Case) -> Who:
    return case.contender, case.layout
