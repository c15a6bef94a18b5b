"""All that a run says, worked out once: what reports, pages, exports and the terminal show is read from here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from ..stats.intervals import Estimate
from ..stats.racing import Race
from ..store.records import Arm, Run
from ..store.worker_records import Outcome
from . import best
from .advice import Advice, advice
from .conditions import AXES, Effect, effects
from .environments import Change, changes
from .explanation import Ladder, ladders
from .findings import GroupFindings, estimate, findings
from .frame import frame
from .machines import AcrossMachines, across_machines
from .roofline import Roofline, rooflines
from .since import Since, is_comparable, since
from .sweep import Sweep, sweeps

if TYPE_CHECKING:
    from pandas import DataFrame


class Analysis:
    """A run and what follows from it; each part is worked out when it is first asked for."""

    def __init__(self, run: Run, margin: float | None = None, *, earlier: Run | None = None) -> None:
        """Take a run.

        Parameters
        ----------
        run
            The run.
        margin
            The smallest relative difference that matters; None for the run's own margin.
        earlier
            The run before it, to say what changed since; None where there is none.
        """
        self.run = run
        self._earlier = earlier
        self.margin = run.settings.margin if margin is None else margin

    @cached_property
    def groups(self) -> tuple[GroupFindings, ...]:
        """The findings on each case, those that share a baseline together."""
        return findings(self.run, self.margin)

    @cached_property
    def sweeps(self) -> tuple[Sweep, ...]:
        """Each condition that was measured at several sizes."""
        return sweeps(self.groups, self.run.settings.stopping)

    @cached_property
    def effects(self) -> Mapping[str, tuple[Effect, ...]]:
        """Axis -> what changing it alone changes."""
        return {axis: effects(self.groups, axis, self.run.settings.stopping) for axis in AXES}

    @cached_property
    def machines(self) -> Mapping[str, tuple[AcrossMachines, ...]]:
        """Group, without its machine -> its cases on several machines, where the runs of these were merged."""
        return across_machines(self.groups, self.run.settings.stopping)

    @cached_property
    def rooflines(self) -> tuple[Roofline, ...]:
        """The groups for which limits of the machine were measured."""
        return rooflines(self.run, self.groups)

    @cached_property
    def ladders(self) -> tuple[Ladder, ...]:
        """The groups that were explained step by step."""
        return ladders(self.run, self.groups)

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        """What to do, group by group; over sizes at the largest that was decided on."""
        swept = {place.group.name for one in self.sweeps for place in one.places}
        single = [group for group in self.groups if group.name not in swept]
        found = [self._advised_over(one) for one in self.sweeps]
        return tuple(one for one in [*found, *map(self._advised, single)] if one is not None)

    def _advised_over(self, one: Sweep) -> Advice | None:
        """Return what to do at the largest size of a sweep at which anything was decided, else compared at all."""
        found: list[Advice] = []
        for index, place in reversed([*enumerate(one.places)]):
            reign = next((reign for reign in one.reigns if reign.first <= index <= reign.last), None)
            found += filter(None, [self._advised(place.group, reign.names if reign else ())])
            if found and found[-1].decided:
                return found[-1]
        return next(iter(found), None)

    def _advised(self, group: GroupFindings, leading: Collection[str] = ()) -> Advice | None:
        if self.race(group) is not None:
            return None  # the race says which may be the best, and who was out is no longer compared
        return advice(
            self.run,
            group,
            ladder=self.ladder(group),
            roofline=self.roofline(group),
            leading=leading,
            wrong=self._wrong,
        )

    @cached_property
    def _wrong(self) -> frozenset[tuple[str, str]]:
        """Contender and dtype of what is wrong in any group."""
        cases = (one.arm.case for group in self.groups for one in group.findings if one.outcome == Outcome.WRONG)
        return frozenset((case.contender, case.dtype) for case in cases)

    @cached_property
    def since(self) -> Since | None:
        """What changed since the run before; None where there is none on this machine."""
        if self._earlier is None or not is_comparable(self.run, self._earlier):
            return None
        return since(self.run, self.groups, self._earlier, findings(self._earlier, self.margin))

    def frame(self) -> "DataFrame":
        """Return the samples as a tidy table: one row a sample, every condition a column; see `frame.frame`."""
        return frame(self.run)

    def roofline(self, group: GroupFindings) -> Roofline | None:
        """Return the limits of a group, None where none was measured."""
        return next((roofline for roofline in self.rooflines if roofline.group.name == group.name), None)

    def race(self, group: GroupFindings) -> Race | None:
        """Return how the race of a group ended, None where the run was not made to find the best."""
        error = self.run.settings.best
        return None if error is None else best.race(group, error)

    def ladder(self, group: GroupFindings) -> Ladder | None:
        """Return the ladder of a group, None where it was not explained."""
        return next((ladder for ladder in self.ladders if ladder.group.name == group.name), None)

    def changes(self, group: GroupFindings) -> tuple[Change, ...]:
        """Return what each further environment does to each implementation of a group."""
        return changes(group, self.run.settings.stopping)

    def ratio(self, group: GroupFindings, candidate: Arm, baseline: Arm) -> Estimate | None:
        """Return log(time of one arm / time of another of its group), None if no round has both.

        Its interval has the level that the run's looks leave, as every ratio of a run has (docs/measuring.md).
        """
        return estimate(group.rounds.log_ratios(candidate, baseline), self.run.settings.stopping)

    def ratios(
        self, group: GroupFindings, of: Callable[[Sequence[int]], float] = min
    ) -> dict[tuple[str, str], Estimate]:
        """Return (case, baseline) -> `ratio`, for every two cases of a group with a time, either way round.

        It is of burst minima, or of what `of` makes of a burst's samples.
        """
        found = {}
        for candidate, baseline in combinations([finding.arm for finding in group.ok], 2):
            one = estimate(group.rounds.log_ratios(candidate, baseline, of), self.run.settings.stopping)
            if one is not None:
                found[candidate.name, baseline.name], found[baseline.name, candidate.name] = one, -one
        return found
