"""How a run that is no sweep goes on from round to round: who takes part, how often it is timed, when it is enough."""

from collections.abc import Callable, Collection, Mapping, Sequence
from math import exp

from ..stats import racing
from ..stats.intervals import MIN_ROUNDS
from ..stats.racing import SCREENING_ROUNDS, USUAL_ERROR, Eliminated, Race
from ..stats.sequential import rounds_for
from ..store.records import Round, Run, Settings
from ..units import duration, percent, significant
from . import thinning
from .budget import LONG_S, Pace
from .group import Group
from .pass_planner import FIRST_PASSES, PassPlanner
from .round_plan import BurstSize, Turns

#: So much of what passes of an arm in a round are expected to take goes with them: its calls before and after.
CALLS_BESIDE = 6


class RunPlanner:
    """Looks at what was measured, and plans what is next."""

    def __init__(
        self,
        settings: Settings,
        pace: Pace,
        *,
        decided: Callable[[Run], set[str]],
        say: Callable[[str], None],
    ) -> None:
        """Take `decided`, which arms of a run need no more rounds, and who is told what is planned."""
        self._settings = settings
        self._pace = pace
        self._decide = decided
        self._say = say
        least = FIRST_PASSES if settings.roofline or settings.explains else 1  # there, other ratios are told too
        self._planner = PassPlanner(settings.margin, settings.precision, least=least, races=settings.best is not None)
        self._lap: list[Round] = []
        self._due = MIN_ROUNDS
        """The next look of a run that is to reach a precision."""
        self._groups: dict[str, Group] = {}
        self.decided: set[str] = set()
        """Arms that need no more rounds."""

    @property
    def _is_looked_at(self) -> bool:
        """Whether the run has had its first look."""
        first = (MIN_ROUNDS,) if self._settings.precision is not None else self._settings.looks[:1]
        return bool(first) and self._pace.done >= first[0]

    @property
    def goes_on(self) -> bool:
        """Whether a round is likely to follow the next one: there is no look before it, and no end."""
        following = self._pace.done + 1
        if self._settings.best is not None and following <= SCREENING_ROUNDS:
            return False  # the next one may be of far fewer arms
        ends = (*self._settings.looks, self._settings.rounds, self._due if self._settings.precision else None)
        return following not in ends

    def wanted(self, group: Group, alive: Collection[str]) -> list[str]:
        """Return the arms that another round is to measure: those not decided yet, and what they are compared with.

        The baseline is not measured twice while every two cases are far apart: what it differs from itself by could not
        call that into question. Fixed rounds are the same for all.
        """
        if self._settings.best is not None:
            return self._racing(group, alive)
        baselines = {arm.name for arm in group.arms if arm.baseline}
        undecided = [name for name in alive if name not in self.decided and name not in baselines]
        if self._settings.rounds is None and self._planner.is_clear(group):
            baselines -= {arm.name for arm in group.arms if arm.again}
        compared = {arm.name for arm in group.arms if not arm.baseline}
        if compared and compared.isdisjoint(alive) and self._pace.done and self._settings.rounds is None:
            return []  # all that was to be compared has ended
        judged = self._settings.accept_at is not None
        nothing = not undecided or (judged and baselines.isdisjoint(alive))
        if nothing and (judged or self._is_looked_at):
            return []
        return [name for name in alive if name in baselines or name in undecided]

    def _racing(self, group: Group, alive: Collection[str]) -> list[str]:
        """Return the arms that may still be the best; with the baseline twice, while it may."""
        found = self.race(group, alive)
        again = {arm.name for arm in group.arms if arm.again}
        baseline = any(arm.name in found.left for arm in group.arms if arm.baseline)
        return [] if found.over else [name for name in alive if name in found.left or (name in again and baseline)]

    def race(self, group: Group, alive: Collection[str]) -> Race:
        """Return where the race of a group's arms stands, of those that have not ended otherwise than ok."""
        names = [arm.name for arm in group.arms if arm.name in alive and not arm.again]
        times = self._planner.times(group)
        return racing.race(names, times, error=self._settings.best or USUAL_ERROR, margin=self._settings.margin)

    def eliminated(self, group: Group, alive: Collection[str]) -> dict[str, str]:
        """Return the arms that take part no longer in a race, with the reason."""
        return {one.name: _told(one) for one in self.race(group, alive).eliminated}

    def turns(self, group: Group, sizes: Mapping[str, BurstSize], start_ns: int, groups: int) -> Mapping[str, Turns]:
        """Return how often each arm of one of so many groups is timed, and say so where its rounds will not fit."""
        is_first = not self._groups
        self._groups[group.name] = group
        found = self._planner.turns(group, sizes, start_ns, self._pace.share_s(groups) * 1e9)
        if self._pace.done == 0 and self._settings.best is None:
            timed_ns = sum(found[name].passes * size.burst_ns for name, size in sizes.items())
            round_s = (start_ns + timed_ns + 3 * sum(size.call_ns for size in sizes.values())) * 1e-9
            if self._pace.is_bounded:
                self._warn(group.name if groups > 1 else "", len(sizes), round_s)
            elif is_first:
                self._foretell(len(sizes), groups, round_s)
        return found

    def _warn(self, group: str, workers: int, round_s: float) -> None:
        if MIN_ROUNDS * round_s > self._pace.grown_left_s:
            self._say(
                f"{group}{': ' if group else ''}a round of {workers} workers takes about {duration(round_s)}, and an "
                f"interval needs {MIN_ROUNDS} of them; there are {duration(max(0.0, self._pace.left_s))} left "
                "(--budget says another time)"
            )

    def _foretell(self, workers: int, groups: int, round_s: float) -> None:
        """Say what all rounds will take, where that is long, from what is known in the first one of the first group."""
        rounds = self._settings.rounds or 1
        whole_s = rounds * groups * round_s
        if whole_s > LONG_S:
            first = "of the first" if groups == 1 else f"of the first of {groups} groups"
            self._say(f"{rounds} rounds take about {duration(whole_s)}, going by the {workers} workers {first}")

    def add(self, one: Round) -> None:
        """Take note of a round."""
        self._lap = [*(other for other in self._lap if other.group != one.group), one]
        if one.discarded is None:
            self._planner.add(one)

    def look(self, run: Run) -> None:
        """Look at what was measured, where it is time."""
        looks = (self._due,) if self._settings.precision is not None else self._settings.looks
        if self._pace.done in looks:
            self.decided = self._decide(run)
            if self._settings.precision is not None:
                self._plan(run, self._settings.precision)

    def _plan(self, run: Run, precision: float) -> None:
        """Plan the rounds of the arms that are not known exactly enough yet, and say what they take."""
        open_arms = {arm.name for arm in run.arms if not arm.baseline and arm.name not in self.decided}
        known = [
            ratios
            for group in self._groups.values()
            for arm in group.arms
            if arm.name in open_arms and len(ratios := self._planner.ratios(group, arm.name)) > 1
        ]
        if known:
            wanted = max(rounds_for(ratios, precision) for ratios in known)
            self._due = self._pace.plan(max(wanted, self._pace.done + 1))
            _, needed_s = self._pace.expected()
            fits = "" if self._due >= wanted else f", of {wanted} that it needs (--budget says another time)"
            self._say(f"for {percent(precision)} either way: {self._due} rounds{fits}, about {needed_s:.0f} s more")

    def next_round_s(self, alive: Collection[str]) -> float | None:
        """Return what the next round of these arms will take, from the last; None where that is not known."""
        known = thinning.costs(self._lap)
        return sum(known[name].round_s for name in alive) if known.keys() >= set(alive) and known else None

    def leaving(self, groups: Sequence[Group], alive: Collection[str]) -> dict[str, str]:
        """Return the arms for which there is no time, with the reason: the slowest, where it does not pay for all."""
        rounds = MIN_ROUNDS - self._pace.done
        races = self._settings.best is not None
        if races or self._settings.rounds is not None or self._pace.done == 0 or rounds <= 0:
            return {}
        kept = {
            arm.name for group in groups for arm in (*group.arms, *group.limits) if arm.baseline or arm in group.limits
        }
        known = {name: cost for name, cost in thinning.costs(self._lap).items() if name in alive or name in kept}
        found = thinning.leaving(known, kept, rounds, self._pace.left_s)
        if found:
            few = f"{len(found)} of {len(known)} are measured no further"
            self._say(f"{few}: {MIN_ROUNDS} rounds of all do not fit the time (--budget)")
        return found


def _told(one: Eliminated) -> str:
    """Return why somebody takes part in a race no longer."""
    ratio, interval = exp(one.log_ratio.value), one.log_ratio.interval
    if interval is None:
        return f"{significant(ratio, 2)} times as slow as the fastest, by its first calls"
    low, high = (exp(end) for end in (interval.low, interval.high))
    return f"{ratio:.3f} [{low:.3f}, {high:.3f}] times as slow as the fastest, after {one.rounds} rounds"
