"""The parent: round after round of every group, each appended to the journal, until it is enough."""

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import environment, rounds
from .conductor import Group, Source
from .errors import NothingMeasured
from .implementation import chosen
from .measurement import SCHEMA, Arm, Left, Outcome, ProblemRecord, Round, Run, Settings
from .pace import Pace
from .problem import Problem
from .staging import Stage, staged
from .store import Journal, now, require_writable
from .units import percent

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

    def __init__(self, problem: Problem, settings: Settings, listener: Listener) -> None:
        self._problem = problem
        self._settings = settings
        self._listen = listener
        self._pace = Pace(settings)
        self._generator = random.Random(settings.seed)
        self._cpus = environment.allowed_cpus()
        self._ended: set[str] = set()
        self._passes: dict[str, int] = {}

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
        seed, timeout_s = self._settings.seed, self._settings.timeout_s
        members, sources = _arranged(self._problem, arms, left)
        with (
            staged(members, sources, seed=seed, timeout_s=timeout_s, tell=self._tell) as stage,
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
        before = environment.watch()
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
            ),
            environment={
                **environment.capture(self._problem.folder),
                "numeric_stack": stage.numeric_stack,
                "before": {"load": before.load_after, "busy": list(before.busy), "steal": list(before.steal)},
            },
            warnings=(*environment.warnings(os.environ), *_neighbours(before)),
            arms=tuple(arms),
            left=tuple(left),
        )

    def _measure(self, stage: Stage, journal: Journal) -> None:
        """Do round after round: each group once, in shuffled order, until it is enough."""
        discarded = 0
        while any(map(self._alive, stage.groups)) and self._pace.another() and discarded < MOST_DISCARDED:
            started = time.monotonic()
            held = []
            for group in self._generator.sample(stage.groups, len(stage.groups)):
                if self._alive(group):
                    held.append(self._round(group, stage))
                    journal.append(held[-1])
            discarded += any(one.discarded for one in held)
            if not any(one.discarded for one in held):
                self._pace.add(time.monotonic() - started)

    def _alive(self, group: Group) -> list[str]:
        """Return the arms that have not ended with another outcome than ok."""
        return [arm.name for arm in group.arms if arm.name not in self._ended]

    def _round(self, group: Group, stage: Stage) -> Round:
        plan = rounds.draw(self._generator, self._alive(group), self._cpus, group.threads)

        def choose_passes(pass_ns: int, start_ns: int) -> int:
            if group.name not in self._passes:
                self._passes[group.name] = self._pace.passes(pass_ns, start_ns, len(stage.groups))
            return self._passes[group.name]

        one = stage.conductor.round(self._pace.done, group, plan, choose_passes)
        self._ended |= {worker.arm for worker in one.workers if worker.outcome != Outcome.OK}
        return one

    def _tell(self, doing: str) -> None:
        expected, left_s = self._pace.expected()
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
    problem: Problem, arms: Sequence[Arm], left: Sequence[Left], *, settings: Settings, listener: Listener
) -> tuple[Round, ...]:
    """Verify every arm without timing any: one round for each group, without a burst.

    Raises
    ------
    As `Runner.run`.
    """

    def tell(doing: str) -> None:
        listener(Progress(doing=doing, rounds_done=0, rounds_expected=1, left_s=None))

    generator, cpus = random.Random(settings.seed), environment.allowed_cpus()
    members, sources = _arranged(problem, arms, left)
    with staged(members, sources, seed=settings.seed, timeout_s=settings.timeout_s, tell=tell) as stage:
        held = []
        for group in stage.groups:
            plan = rounds.draw(generator, [arm.name for arm in group.arms], cpus, group.threads)
            held.append(stage.conductor.round(0, group, plan, lambda pass_ns, start_ns: 0))
        return tuple(held)
