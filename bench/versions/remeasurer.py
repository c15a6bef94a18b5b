"""New versions of implementations: verified at once, then measured beside the version before and the baseline."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType

from msgspec.structs import replace

from ..measure import backends, round_plan
from ..measure.backends import Backend, RoundExecutor
from ..measure.budget import Pace
from ..measure.group import Group, Source
from ..measure.progress import Listener, Progress
from ..measure.round_loop import RoundLoop, all_arms, in_equal_passes
from ..measure.selection import Selection, select
from ..measure.workspace import staged
from ..store.records import Arm, Role, Round, Settings
from .remeasurement import Entry, Remeasured, Verified, remeasured, verified
from .snapshots import Version

#: Rounds of a new version where --rounds says nothing else: an interval wants 6, and 8 stand one that is lost.
WATCHED_ROUNDS = 8

#: Time that these rounds are to take where --budget says nothing else; they are held in any case.
WATCHED_S = 12.0


class Remeasurer:
    """Holds short rounds of new versions; inputs are kept for as long as what makes them stays the same."""

    def __init__(self, wanted: Selection, settings: Settings, scratch: Path, *, backend: Backend | None = None) -> None:
        """Take what is wanted of which cases, and a folder; `backend` is what to measure on, None for this machine."""
        self._backend = backend or backends.usual()
        self._wanted = wanted
        self._settings = replace(settings, rounds=settings.rounds or WATCHED_ROUNDS, looks=())
        self._scratch = scratch
        self._generator = random.Random(settings.seed)
        self._staging = ExitStack()
        self._staged: str | None = None
        self._groups: Sequence[Group] = ()

    def __enter__(self) -> "Remeasurer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._staging.close()

    def stage(self, now: Version) -> None:
        """Make the inputs, unless those at hand are what this version's problem.py makes.

        Raises
        ------
        ImplbenchError
            If the axes do not fit the problem, or it gives no inputs.
        """
        if self._staged == now.shared:
            return
        self._staging.close()
        self._staged = None
        arms, left = select(now.problem, replace(self._wanted, implementations=()))
        members: dict[str, list[Arm]] = {}
        for name, case in {
            case.id: case for case in [*(arm.case for arm in arms), *(one.case for one in left)]
        }.items():
            members.setdefault(case.group, []).append(Arm(name=name, case=case, title="", role=Role.CASE))
        sources = {arm.name: _source(now, arm) for group in members.values() for arm in group}
        staging = staged(
            members,
            sources,
            seed=self._settings.seed,
            timeout_s=self._settings.timeout_s,
            memory_bytes=self._settings.memory_bytes,
            tell=lambda doing: None,
            backend=self._backend,
        )
        self._groups = self._staging.enter_context(staging).groups
        self._staged = now.shared

    def verify(self, names: Collection[str], now: Version, listener: Listener) -> tuple[Verified, ...]:
        """Have new versions of these implementations verified, without timing any.

        Raises
        ------
        ImplbenchError
            As `stage`.
        """
        self.stage(now)
        selected, left = select(now.problem, replace(self._wanted, implementations=tuple(names)))
        arms = [arm for arm in selected if arm.case.implementation in names and not arm.again]
        executor = self._executor(lambda doing: listener(Progress(doing=doing, rounds_expected=1)))
        loop = RoundLoop(executor, self._backend, self._generator)
        sources = {arm.name: _source(now, arm) for arm in arms}
        held = [loop.verify(group) for group in self._with(arms, sources)]
        workers = {worker.arm: worker for one in held for worker in one.workers}
        return (
            *(verified(arm, workers[arm.name]) for arm in arms),
            *(
                Verified(case=one.case, arm=None, outcome=one.outcome, reason=one.reason, error_over_tolerance=None)
                for one in left
                if one.case.implementation in names
            ),
        )

    def measure(
        self,
        arms: Sequence[Arm],
        now: Version,
        before: Mapping[str, Version],
        listener: Listener,
        *,
        resolved: Mapping[str, float] = MappingProxyType({}),
    ) -> tuple[Remeasured, ...]:
        """Measure cases of new versions, each beside its version before and the baseline, in the same rounds.

        Parameters
        ----------
        arms
            Cases that were found right.
        now
            The version that they belong to.
        before
            Implementation -> the version of it that was right, and measured, last.
        resolved
            Group -> the smallest difference that can be told there, as far as that is known.
        """
        entries, sources = self._entered(arms, now, before)
        taking_part = {
            arm.name: arm for one in entries for arm in (one.now, one.before, one.baseline) if arm is not None
        }
        groups = self._with(tuple(taking_part.values()), sources)
        held = self._hold(groups, listener)
        margin = self._settings.margin
        return tuple(
            remeasured(one, held[group], margin, resolved.get(group, 0.0))
            for one, group in ((one, one.now.case.group) for one in entries)
        )

    def _entered(
        self, arms: Sequence[Arm], now: Version, before: Mapping[str, Version]
    ) -> tuple[list[Entry], dict[str, Source]]:
        names = {arm.case.implementation for arm in arms}
        sources: dict[str, Source] = {}

        def enter(arm: Arm, version: Version | None, role: Role) -> Arm | None:
            if version is None:
                return None
            name = f"{arm.case.id} {'before' if role == Role.BEFORE else 'now'}"
            sources[name] = _source(version, arm)
            return replace(arm, name=name, role=role)

        everything, _ = select(now.problem, replace(self._wanted, implementations=tuple(names)))
        baselines = {}
        for arm in everything:
            if arm.role == Role.BASELINE:
                name = arm.case.implementation
                version, role = (now, arm.role) if name in names else (before.get(name), Role.BEFORE)
                baselines[arm.case.group] = enter(arm, version, role)
        entries = []
        for arm in arms:
            here = enter(arm, now, arm.role)
            if here:
                then = enter(arm, before.get(arm.case.implementation), Role.BEFORE)
                baseline = None if arm.baseline else baselines.get(arm.case.group)
                entries.append(Entry(now=here, before=then, baseline=baseline))
        return entries, sources

    def _hold(self, groups: Sequence[Group], listener: Listener) -> dict[str, list[Round]]:
        """Hold the rounds; end them where a new version turns out to be wrong after all."""
        pace = Pace(self._settings, self._backend.monotonic_s)
        share_s = (self._settings.budget_s or WATCHED_S) / (self._settings.rounds or WATCHED_ROUNDS) / len(groups)

        def passes(group: Group, pass_ns: int, start_ns: int) -> int:
            return round_plan.passes_for(pass_ns, start_ns, round(share_s * 1e9))

        executor = self._executor(lambda doing: listener(pace.progress(doing)))
        loop = RoundLoop(executor, self._backend, self._generator, in_equal_passes(passes))
        held: dict[str, list[Round]] = {group.name: [] for group in groups}
        new = {arm.name for group in groups for arm in group.arms if arm.role != Role.BEFORE}
        wrong = False
        while pace.another() and not loop.disturbed and not wrong:
            for round_ in loop.lap(pace, groups, all_arms):
                held[round_.group] += [round_] if round_.discarded is None else []
                wrong |= any(worker.arm in new for worker in round_.ended)
        return held

    def _executor(self, tell: Callable[[str], None]) -> RoundExecutor:
        """Return a new one: the size of bursts is that of its first round, and other code may take another time."""
        timeout_s, memory_bytes = self._settings.timeout_s, self._settings.memory_bytes
        return self._backend.executor(scratch=self._scratch, timeout_s=timeout_s, memory_bytes=memory_bytes, tell=tell)

    def _with(self, arms: Sequence[Arm], sources: Mapping[str, Source]) -> list[Group]:
        """Return the groups that have any of these arms, with these alone."""
        found = []
        for group in self._groups:
            own = tuple(arm for arm in arms if arm.case.group == group.name)
            folder = next(iter(group.inputs.values()))
            orders = {arm.case.layout: group.orders[arm.name] for arm in group.arms}
            if own:
                found.append(
                    Group(
                        name=group.name,
                        arms=own,
                        sources={arm.name: sources[arm.name] for arm in own},
                        inputs={arm.name: folder for arm in own},
                        orders={arm.name: orders[arm.case.layout] for arm in own},
                    )
                )
        return found


def _source(version: Version, arm: Arm) -> Source:
    return Source(problem=version.problem, implementation=version.implementations[arm.case.implementation])
