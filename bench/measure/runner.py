"""The parent: round after round of every group, each appended to the journal, until it is enough."""

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import NothingMeasured
from ..machine import environment
from ..problems.implementation import chosen
from ..problems.problem import Problem
from ..problems.source_code import texts_of
from ..store.documents import Journal, now, require_writable
from ..store.records import SCHEMA, Arm, Left, Outcome, ProblemRecord, Round, Run, Settings
from ..units import percent
from . import executor, round_plan
from .budget import Pace
from .executor import Backend
from .round_executor import Group, Source
from .sweep_budget import Shares
from .worker_pool import Crew
from .workspace import Stage, staged

#: So many discarded rounds end a run.
MOST_DISCARDED = 5

#: A CPU that is busier than this with other programs, before the run starts, deserves a warning.
MOST_BUSY = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Where a run stands; made between bursts only."""

    doing: str
    rounds_done: int
    rounds_expected: int | None
    left_s: float | None


Listener = Callable[[Progress], None]


class Runner:
    """Measures the arms of one problem."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        listener: Listener,
        *,
        decided: Callable[[Run], set[str]],
        copy: Problem | None = None,
        backend: Backend | None = None,
    ) -> None:
        """Get ready; the clock of the budget starts.

        Parameters
        ----------
        decided
            Which arms of a run need no more rounds, as `verdict.decided` has it.
        copy
            The same problem in another folder, where the workers are to find it: no save changes that.
        backend
            What to measure on; None for this machine.
        """
        self._problem = problem
        self._code = copy or problem
        self._settings = settings
        self._listen = listener
        self._backend = backend or executor.usual()
        self._pace = Pace(settings, self._backend.monotonic_s)
        self._generator = random.Random(settings.seed)
        self._cpus = self._backend.cpus()
        self._ended: set[str] = set()
        self._decide = decided
        self._decided: set[str] = set()
        self._passes: dict[str, int] = {}
        self._shared_plans: dict[int, round_plan.RoundPlan] = {}
        shared = settings.sweep is not None and settings.budget_s is not None
        self._shares = Shares(settings.budget_s or 0.0, settings.rounds) if shared else None

    def run(self, arms: Sequence[Arm], left: Sequence[Left], results: Path) -> tuple[Run, Path | None]:
        """Measure until the rounds are done or the budget is spent; return the run and its document.

        A keyboard interrupt ends the measuring, not the run: it is stored as interrupted, with its whole rounds.

        Raises
        ------
        ImplbenchError
            If the results folder cannot be written or a layout does not fit the problem.
        NothingMeasured
            If no case can be started, or the problem itself fails to give its inputs.
        """
        require_writable(results)
        self._tell("inputs and reference")
        settings = self._settings
        members, sources = _arranged(self._code, arms, left)
        with (
            staged(
                members,
                sources,
                seed=settings.seed,
                timeout_s=settings.timeout_s,
                tell=self._tell,
                roofline=settings.roofline,
                untimed="explain" if settings.explains else "count",
                backend=self._backend,
            ) as stage,
            Journal(results, self._header(arms, left, stage)) as journal,
        ):
            interrupted = False
            try:
                self._measure(stage, journal)
            except KeyboardInterrupt:
                interrupted = True
            return journal.close(interrupted=interrupted)

    def _header(self, arms: Sequence[Arm], left: Sequence[Left], stage: Stage) -> Run:
        """Return the run before its first round, with a look at what else the machine is doing."""
        before = self._backend.watch()
        names = {arm.case.implementation for arm in arms} | {one.case.implementation for one in left}
        return Run(
            schema=SCHEMA,
            id="",
            created=now(),
            settings=self._settings,
            problem=ProblemRecord(
                name=self._problem.name,
                title=self._problem.title,
                formula=self._problem.formula,
                digest=self._problem.digest(),
                outputs=self._problem.outputs,
                data=self._problem.data[0],
                work=stage.work,
                ladder=self._problem.ladder,
            ),
            environment={
                **self._backend.facts(self._problem.folder),
                "numeric_stack": stage.numeric_stack,
                "before": {"load": before.load_after, "busy": list(before.busy), "steal": list(before.steal)},
            },
            warnings=(*environment.warnings(os.environ), *_neighbours(before)),
            arms=tuple(arms),
            left=tuple(left),
            limits=stage.limits,
            sources=texts_of(self._code, chosen(self._code, sorted(names))),
            doubts=stage.doubts,
        )

    def _measure(self, stage: Stage, journal: Journal) -> None:
        """Do round after round: each group once, in shuffled order, until it is enough."""
        if self._shares:
            self._sweep(stage, journal, self._shares)
            return
        discarded = 0
        while any(map(self._wanted, stage.groups)) and self._pace.another() and discarded < MOST_DISCARDED:
            started = self._backend.monotonic_s()
            held = []
            for group in self._generator.sample(stage.groups, len(stage.groups)):
                if self._wanted(group):
                    held.append(self._round(group, stage))
                    journal.append(held[-1])
            discarded += any(one.discarded for one in held)
            if not any(one.discarded for one in held):
                self._pace.add(self._backend.monotonic_s() - started)
            if self._pace.done in self._settings.looks:
                self._decided = self._decide(journal.run)

    def _sweep(self, stage: Stage, journal: Journal, shares: Shares) -> None:
        """Begin sizes in ascending order as far as the budget goes; do rounds of those whose share pays for them."""
        waiting = shares.ascending(stage.groups, stage.work)
        due: list[Group] = []
        while due or (waiting and not shares.unpaid(waiting[0], self._alive(waiting[0]), self._pace.left_s)):
            started = self._backend.monotonic_s()
            with Crew() as crew:
                self._shared_plans = {}
                for group in due:
                    self._held(group, stage, journal, crew)
                while waiting and not shares.unpaid(waiting[0], self._alive(waiting[0]), self._pace.left_s):
                    group = waiting.pop(0)
                    self._leave(shares.too_slow(group, self._alive(group)), group, journal)
                    self._held(group, stage, journal, crew)
            self._pace.add(self._backend.monotonic_s() - started)
            begun = [group for group in stage.groups if self._alive(group) and group not in waiting]
            due = shares.due(begun, self._pace.left_s)
            self._generator.shuffle(due)
        for group in waiting:
            alive = self._alive(group)
            reason = shares.unpaid(group, alive, self._pace.left_s) or "the sweep's time was spent"
            self._leave(shares.too_slow(group, alive) | dict.fromkeys(alive, reason), group, journal)

    def _held(self, group: Group, stage: Stage, journal: Journal, crew: Crew) -> None:
        """Hold one round of a sweep."""
        if self._shares and self._alive(group):
            one = self._round(group, stage, crew)
            journal.append(one)
            if one.discarded is not None and self._alive(group):
                one = self._round(group, stage, crew)
                journal.append(one)
            self._shares.add(group, one)

    def _leave(self, reasons: Mapping[str, str], group: Group, journal: Journal) -> None:
        """Leave arms out of a group that has not been started yet, on the record."""
        self._ended |= reasons.keys()
        journal.leave(
            [
                Left(case=arm.case, title=arm.title, outcome=Outcome.NOT_MEASURED, reason=reasons[arm.name])
                for arm in group.arms
                if arm.name in reasons and not arm.again
            ]
        )

    def _alive(self, group: Group) -> list[str]:
        """Return the arms that have not ended with another outcome than ok."""
        return [arm.name for arm in group.arms if arm.name not in self._ended]

    def _wanted(self, group: Group) -> list[str]:
        """Return the arms that another round is to measure: those not decided yet, and what they are compared with."""
        alive = self._alive(group)
        baselines = {arm.name for arm in group.arms if arm.baseline}
        undecided = [name for name in alive if name not in self._decided and name not in baselines]
        looks = self._settings.looks
        if looks and self._pace.done >= looks[0] and not undecided:
            return []
        return [name for name in alive if name in baselines or name in undecided]

    def _round(self, group: Group, stage: Stage, crew: Crew | None = None) -> Round:
        limits = [arm.name for arm in group.limits if arm.name not in self._ended]
        plan = round_plan.draw(self._generator, [*self._wanted(group), *limits], self._cpus, group.threads)

        def choose_passes(pass_ns: int, start_ns: int) -> int:
            if group.name not in self._passes:
                passes = self._shares.passes if self._shares else self._pace.passes
                self._passes[group.name] = passes(pass_ns, start_ns, len(stage.groups))
            return self._passes[group.name]

        if crew:  # one interpreter serves several groups: what is set before it starts is drawn once a round
            first = self._shared_plans.setdefault(group.threads, plan)
            plan = replace(plan, cpus=first.cpus, hash_seed=first.hash_seed, padding=first.padding)
        one = stage.executor.round(self._pace.done, group, plan, choose_passes, crew=crew)
        self._ended |= {worker.arm for worker in one.ended}
        return one

    def _tell(self, doing: str) -> None:
        expected, left_s = (None, self._pace.left_s) if self._shares else self._pace.expected()
        self._listen(Progress(doing=doing, rounds_done=self._pace.done, rounds_expected=expected, left_s=left_s))


def _arranged(
    problem: Problem, arms: Sequence[Arm], left: Sequence[Left]
) -> tuple[dict[str, list[Arm]], dict[str, Source]]:
    """Return group -> arms and arm -> source; NothingMeasured if there is no arm."""
    if not arms:
        reasons = "; ".join(f"{one.case.name}: {one.outcome}, {one.reason}" for one in left)
        raise NothingMeasured(f"nothing to measure: {reasons}")
    found = chosen(problem, ())
    members: dict[str, list[Arm]] = {}
    for arm in arms:
        members.setdefault(arm.case.group, []).append(arm)
    return members, {arm.name: Source(problem=problem, implementation=found[arm.case.implementation]) for arm in arms}


def _neighbours(before: environment.Activity) -> list[str]:
    """Return a warning for each CPU that another program kept busy before the run."""
    return [
        f"CPU {cpu} was {percent(share)} busy with other programs just before the run; end them and measure again"
        for cpu, share in enumerate(before.busy)
        if share > MOST_BUSY
    ]


def check(
    problem: Problem,
    arms: Sequence[Arm],
    left: Sequence[Left],
    *,
    settings: Settings,
    listener: Listener,
    backend: Backend | None = None,
) -> tuple[Round, ...]:
    """Verify every arm without timing any: one round for each group, without a burst.

    Raises
    ------
    As `Runner.run`.
    """

    def tell(doing: str) -> None:
        listener(Progress(doing=doing, rounds_done=0, rounds_expected=1, left_s=None))

    backend = backend or executor.usual()
    generator, cpus = random.Random(settings.seed), backend.cpus()
    members, sources = _arranged(problem, arms, left)
    seed, timeout_s = settings.seed, settings.timeout_s
    with staged(members, sources, seed=seed, timeout_s=timeout_s, tell=tell, backend=backend) as stage:
        held = []
        for group in stage.groups:
            plan = round_plan.draw(generator, [arm.name for arm in group.arms], cpus, group.threads)
            one = stage.executor.round(0, group, plan, lambda pass_ns, start_ns: 0)
            held.append(stage.executor.round(0, group, plan, lambda pass_ns, start_ns: 0) if one.discarded else one)
        return tuple(held)
