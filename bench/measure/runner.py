"""The parent: round after round of every group, each appended to the journal, until it is enough."""

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import NothingMeasured
from ..machine import variables
from ..machine.load import Activity
from ..problems.implementation import chosen
from ..problems.problem import Problem
from ..problems.source_code import texts_of
from ..store.documents import now, require_writable
from ..store.journal import Journal
from ..store.records import SCHEMA, Arm, Left, ProblemRecord, Round, Run, Settings
from ..store.worker_records import Outcome
from ..units import percent
from . import backends
from .backends import Backend
from .budget import Pace
from .progress import Listener, Progress
from .round_executor import Group, Source
from .round_loop import RoundLoop
from .sweep_budget import Shares
from .worker_pool import Crew
from .workspace import Stage, staged

#: A CPU that is busier than this with other programs, before the run starts, deserves a warning.
MOST_BUSY = 0.2


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
        self._backend = backend or backends.usual()
        self._pace = Pace(settings, self._backend.monotonic_s)
        self._generator = random.Random(settings.seed)
        self._ended: set[str] = set()
        self._decide = decided
        self._decided: set[str] = set()
        self._passes: dict[str, int] = {}
        self._groups = 0
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
        self._groups = len(members)
        with (
            staged(
                members,
                sources,
                seed=settings.seed,
                timeout_s=settings.timeout_s,
                memory_bytes=settings.memory_bytes,
                tell=self._tell,
                roofline=settings.roofline,
                untimed="explain" if settings.explains else "count",
                backend=self._backend,
            ) as stage,
            Journal(results, self._header(arms, left, stage)) as journal,
        ):
            interrupted = False
            try:
                loop = RoundLoop(stage.executor, self._backend, self._generator, self._passes_of)
                if self._shares:
                    self._sweep(stage, loop, journal, self._shares)
                else:
                    self._measure(stage, loop, journal)
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
            warnings=(*variables.warnings(os.environ), *_neighbours(before)),
            arms=tuple(arms),
            left=tuple(left),
            limits=stage.limits,
            sources=texts_of(self._code, chosen(self._code, sorted(names))),
            doubts=stage.doubts,
        )

    def _measure(self, stage: Stage, loop: RoundLoop, journal: Journal) -> None:
        """Do round after round: each group once, in shuffled order, until it is enough."""
        while any(map(self._wanted, stage.groups)) and self._pace.another() and not loop.disturbed:
            for round_ in loop.lap(self._pace, stage.groups, self._taking_part):
                self._keep(round_, journal)
            if self._pace.done in self._settings.looks:
                self._decided = self._decide(journal.run)

    def _sweep(self, stage: Stage, loop: RoundLoop, journal: Journal, shares: Shares) -> None:
        """Begin sizes in ascending order as far as the budget goes; do rounds of those whose share pays for them."""
        waiting = shares.ascending(stage.groups, stage.work)
        due: list[Group] = []
        while due or (waiting and not shares.unpaid(waiting[0], self._alive(waiting[0]), self._pace.left_s)):
            started = self._backend.monotonic_s()
            with Crew() as crew:
                for group in due:
                    self._sweep_round(group, loop, journal, crew)
                while waiting and not shares.unpaid(waiting[0], self._alive(waiting[0]), self._pace.left_s):
                    group = waiting.pop(0)
                    self._leave(shares.too_slow(group, self._alive(group)), group, journal)
                    self._sweep_round(group, loop, journal, crew)
            self._pace.add(self._backend.monotonic_s() - started)
            begun = [group for group in stage.groups if self._alive(group) and group not in waiting]
            due = shares.due(begun, self._pace.left_s)
            self._generator.shuffle(due)
        for group in waiting:
            alive = self._alive(group)
            reason = shares.unpaid(group, alive, self._pace.left_s) or "the sweep's time was spent"
            self._leave(shares.too_slow(group, alive) | dict.fromkeys(alive, reason), group, journal)

    def _sweep_round(self, group: Group, loop: RoundLoop, journal: Journal, crew: Crew) -> None:
        """Run one round of a sweep's group, once more where it is discarded."""
        last = None
        for last in loop.attempts(self._pace.done, group, self._taking_part, crew=crew):
            self._keep(last, journal)
        if self._shares and last:
            self._shares.add(group, last)

    def _keep(self, round_: Round, journal: Journal) -> None:
        """Put a round on record, and the arms that have ended in it out of the next."""
        self._ended |= {worker.arm for worker in round_.ended}
        journal.append(round_)

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

    def _taking_part(self, group: Group) -> list[str]:
        """Return the arms of a group's next round, the machine's limits among them; none where none is wanted."""
        wanted = self._wanted(group)
        return [*wanted, *(arm.name for arm in group.limits if arm.name not in self._ended)] if wanted else []

    def _passes_of(self, group: Group, pass_ns: int, start_ns: int) -> int:
        """Return the passes of a group's rounds, as its first one was found to want."""
        if group.name not in self._passes:
            self._passes[group.name] = (self._shares or self._pace).passes(pass_ns, start_ns, self._groups)
        return self._passes[group.name]

    def _tell(self, doing: str) -> None:
        now = self._pace.progress(doing)
        self._listen(replace(now, rounds_expected=None, left_s=self._pace.left_s) if self._shares else now)


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


def _neighbours(before: Activity) -> list[str]:
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
    backend = backend or backends.usual()
    members, sources = _arranged(problem, arms, left)
    with staged(
        members,
        sources,
        seed=settings.seed,
        timeout_s=settings.timeout_s,
        memory_bytes=settings.memory_bytes,
        tell=lambda doing: listener(Progress(doing=doing, rounds_expected=1)),
        backend=backend,
    ) as stage:
        loop = RoundLoop(stage.executor, backend, random.Random(settings.seed))
        return tuple(loop.verify(group) for group in stage.groups)
