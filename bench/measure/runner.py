"""The parent: round after round of every group, each appended to the journal, until it is enough."""

import os
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from ..machine import load, variables
from ..problems.implementation import chosen
from ..problems.problem import Problem
from ..problems.source_code import texts_of
from ..store.checks import Check
from ..store.documents import clear, now, require_writable
from ..store.interrupted import Interrupted
from ..store.journal import Journal
from ..store.records import SCHEMA, Arm, Left, ProblemRecord, Round, Run, Settings
from . import backends, forecast, resuming
from .backends import Backend, RoundExecutor
from .budget import Pace
from .counting import Untimed
from .environments import HERE, Environment
from .group import Group, arranged
from .memory_pages import MemoryPages
from .progress import Listener, Progress
from .round_loop import RoundLoop
from .round_plan import BurstSize, Turns
from .run_planner import RunPlanner
from .sweeper import Sweeper
from .tape import Tape, TapedRounds
from .workspace import Stage, staged


class Runner:
    """Measures the arms of one problem."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        listener: Listener,
        *,
        decided: Callable[[Run], set[str]],
        say: Callable[[str], None] = lambda text: None,
        copy: Problem | None = None,
        environments: Sequence[Environment] = (HERE,),
        backend: Backend | None = None,
        after: Interrupted | None = None,
        pages: MemoryPages | None = None,
    ) -> None:
        """Get ready; the clock of the budget starts, or goes on.

        Parameters
        ----------
        decided
            Which arms of a run need no more rounds, as `decided` has it.
        say
            Is told what is planned.
        copy
            The same problem in another folder, where the workers are to find it: no save changes that.
        environments
            What the arms name to run in.
        backend
            What to measure on; None for this machine.
        after
            The interrupted run that goes on, which says what to measure, and where.
        pages
            Where memray is to draw what each case allocates.
        """
        self._problem = problem
        self._code = copy or problem
        self._environments = environments
        self._settings = settings
        self._listen = listener
        self._backend = backend or backends.usual()
        self._after = after
        self._pages = pages
        self._tape = Tape(self._backend.monotonic_s, after.kept if after else ())
        self._pace = Pace(settings, self._tape.monotonic_s, self._tape.glance_s)
        self._generator = random.Random(settings.seed)
        self._ended: set[str] = set()
        self._planner = RunPlanner(settings, self._pace, decided=decided, say=self._remark)
        self._groups = 0
        self._so_far: Callable[[], Run] | None = None
        self._say = say
        self._spent_s: dict[str, float] = {"judging": 0.0, "inputs and reference": 0.0}
        if after:
            self._spent_s |= after.run.spent_s

    def run(self, arms: Sequence[Arm], left: Sequence[Left], results: Path) -> tuple[Run, Path | None]:
        """Measure until the rounds are done or the budget is spent; return the run and its document.

        A keyboard interrupt ends the measuring, not the run: it is stored as interrupted, with what was done by then.

        Raises
        ------
        ImplbenchError
            If the results folder cannot be written or a layout does not fit the problem.
        NothingMeasured
            If no case can be started, or the problem itself fails to give its inputs.
        """
        require_writable(results)
        clear(results)
        if self._after:
            resuming.require_alike(self._after.run.environment, self._backend.facts(self._problem.folder))
        self._tell("inputs and reference")
        settings = self._settings
        members, sources = arranged(self._code, arms, left, self._environments)
        self._groups = len(members)
        started_s = self._backend.monotonic_s()
        with (
            staged(
                members,
                sources,
                seed=settings.seed,
                timeout_s=settings.timeout_s,
                memory_bytes=settings.memory_bytes,
                tell=self._tell,
                roofline=settings.roofline,
                untimed=Untimed(explains=settings.explains, pages=self._pages),
                backend=self._backend,
            ) as stage,
            Journal(results, self._header(arms, left, stage), basis=self._tape.basis, after=self._after) as journal,
        ):
            self._so_far = partial(_so_far, journal, stage.executor)
            self._spent_s["inputs and reference"] += self._backend.monotonic_s() - started_s
            interrupted = False
            try:
                self._hold(stage, journal)
            except KeyboardInterrupt:
                interrupted = True
                begun = stage.executor.unfinished()
                if begun is not None:
                    journal.append(begun)
            return journal.close(interrupted=interrupted, spent_s=self._spent_s)

    def _header(self, arms: Sequence[Arm], left: Sequence[Left], stage: Stage) -> Run:
        """Return the run before its first round, with a look at what else the machine is doing."""
        before = self._backend.watch()
        names = {arm.case.implementation for arm in arms} | {one.case.implementation for one in left}
        made = Run(
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
                dtypes=stage.dtypes,
                ladder=self._problem.ladder,
            ),
            environment={
                **self._backend.facts(self._problem.folder),
                "numeric_stack": stage.numeric_stack,
                "before": {"load": before.load_after, "busy": list(before.busy), "steal": list(before.steal)},
            },
            warnings=(
                *dict.fromkeys(stage.relaid.values()),
                *variables.warnings(os.environ),
                *load.warnings(before, self._backend.cpus()),
            ),
            arms=tuple(arms),
            left=tuple(left),
            limits=stage.limits,
            sources=texts_of(self._code, chosen(self._code, sorted(names))),
            doubts=stage.doubts,
            checks=stage.checks,
            environments=tuple(one.record for one in self._environments if one.record),
        )
        return resuming.header(self._after, made) if self._after else made

    def _hold(self, stage: Stage, journal: Journal) -> None:
        """Hold the rounds that the tape does not have; all are planned by what is on it."""
        extent = forecast.extent(stage, self._backend, self._pace, shares=self._is_planned_sweep)
        for text in forecast.told(self._settings, extent):
            self._remark(text)
        rounds = TapedRounds(stage.executor, self._tape)
        planned = replace(self._backend, monotonic_s=self._tape.monotonic_s)
        if not self._is_planned_sweep:
            self._measure(stage, RoundLoop(rounds, planned, self._generator, self._turns), journal)
            return
        Sweeper(
            self._settings,
            stage,
            journal,
            rounds=rounds,
            backend=planned,
            generator=self._generator,
            pace=self._pace,
            say=self._remark,
        ).run()

    def _measure(self, stage: Stage, loop: RoundLoop, journal: Journal) -> None:
        """Do round after round: each group once, in shuffled order, until it is enough."""
        next_s = None
        while any(map(self._wanted, stage.groups)) and self._pace.another(next_s) and not loop.disturbed:
            for round_ in loop.lap(self._pace, stage.groups, self._taking_part, another=self._planner.goes_on):
                self._planner.add(round_)
                self._keep(round_, journal)
            started_s = self._backend.monotonic_s()
            self._planner.look(journal.run)
            gone = self._planner.leaving(stage.groups, [name for group in stage.groups for name in self._alive(group)])
            journal.stop(gone)
            self._ended |= gone.keys()
            next_s = self._planner.next_round_s([name for group in stage.groups for name in self._taking_part(group)])
            self._spent_s["judging"] += self._backend.monotonic_s() - started_s
        if self._settings.best is not None:
            for group in stage.groups:
                journal.stop(self._planner.eliminated(group, self._alive(group)))

    @property
    def _is_planned_sweep(self) -> bool:
        """Whether the sizes of a sweep share a budget."""
        return self._settings.sweep is not None and self._settings.budget_s is not None

    def _remark(self, text: str) -> None:
        """Tell what is planned, unless that was told before the run was interrupted."""
        if not self._tape.is_playing:
            self._say(text)

    def _keep(self, round_: Round, journal: Journal) -> None:
        """Put a round on record, and the arms that have ended in it out of the next."""
        self._ended |= {worker.arm for worker in round_.ended}
        journal.append(round_)

    def _alive(self, group: Group) -> list[str]:
        """Return the arms that have not ended with another outcome than ok."""
        return [arm.name for arm in group.arms if arm.name not in self._ended]

    def _wanted(self, group: Group) -> list[str]:
        """Return the arms that another round is to measure."""
        return self._planner.wanted(group, self._alive(group))

    def _taking_part(self, group: Group) -> list[str]:
        """Return the arms of a group's next round, the machine's limits among them; none where none is wanted."""
        wanted = self._wanted(group)
        return [*wanted, *(arm.name for arm in group.limits if arm.name not in self._ended)] if wanted else []

    def _turns(self, group: Group, sizes: Mapping[str, BurstSize], start_ns: int) -> Mapping[str, Turns]:
        """Return how often each arm of a group is timed in a round."""
        return self._planner.turns(group, sizes, start_ns, self._groups)

    def _tell(self, doing: str) -> None:
        self._listen(self._progress(doing))

    def _progress(self, doing: str) -> Progress:
        planned_s = self._pace.budget_s if self._pace.is_bounded else None
        now = replace(self._pace.progress(doing), planned_s=planned_s, so_far=self._so_far)
        return replace(now, rounds_expected=None, left_s=self._pace.told_left_s) if self._is_planned_sweep else now


def _so_far(journal: Journal, executor: RoundExecutor) -> Run:
    """Return the run with what was measured by now."""
    begun = executor.unfinished()
    return journal.run if begun is None else replace(journal.run, rounds=(*journal.run.rounds, begun))


def check(
    problem: Problem,
    arms: Sequence[Arm],
    left: Sequence[Left],
    *,
    settings: Settings,
    listener: Listener,
    environments: Sequence[Environment] = (HERE,),
    backend: Backend | None = None,
) -> tuple[tuple[Round, ...], Mapping[str, Check]]:
    """Verify every arm without timing any: one round for each group, without a burst; return how, too, by group.

    Raises
    ------
    As `Runner.run`.
    """
    backend = backend or backends.usual()
    members, sources = arranged(problem, arms, left, environments)
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
        return tuple(loop.verify(group) for group in stage.groups), stage.checks
