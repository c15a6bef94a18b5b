"""From a problem to a run: its cases are selected and measured, with progress on stderr."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from ..analyse.decided import decided
from ..machine import exclusive
from ..measure import descendants
from ..measure.budget import planned_s, race_budget_s
from ..measure.environments import Environment
from ..measure.memory_pages import MemoryPages
from ..measure.runner import Runner
from ..measure.selection import Selection, select
from ..problems.problem import Problem
from ..report import terminal
from ..store.interrupted import Interrupted
from ..store.records import Arm, Left, Run, Settings
from ..text import headed
from ..versions.environments.ready import ready
from . import failures
from .asked import asked
from .measuring_options import RunOptions


def measured_of(options: RunOptions) -> tuple[Run, Path | None]:
    """Return the run that is asked for, and its document.

    Raises
    ------
    As `asked`, `ready` and `measured`.
    """
    found, wanted = asked(options.problem, options.selection)
    if options.environments.any:
        wanted = replace(wanted, environments=ready(options.environments, terminal.note))
    with failures.told(wanted=options.traceback):
        return measured(found, wanted, options.settings, results=options.results, wait=options.timing.wait)


def measured(
    problem: Problem,
    wanted: Selection,
    settings: Settings,
    *,
    results: Path,
    decide: Callable[[Run], set[str]] = decided,
    wait: bool = True,
    pages: MemoryPages | None = None,
) -> tuple[Run, Path | None]:
    """Return the run and its document; KeyboardInterrupt if one came before there was anything to keep.

    `decide` tells which arms of a run need no more rounds; `pages` is where memray is to draw what each case allocates.

    Raises
    ------
    As `select`, `exclusive.alone` and `Runner.run`.
    """
    arms, left = select(problem, wanted)
    if settings.best is not None and settings.budget_s is None:
        settings = replace(settings, budget_s=race_budget_s(len(arms)))
    return _measured(
        problem,
        settings,
        (arms, left),
        results=results,
        wait=wait,
        decide=decide,
        environments=wanted.environments,
        pages=pages,
    )


def resumed(
    problem: Problem, after: Interrupted, environments: Sequence[Environment], *, wait: bool
) -> tuple[Run, Path | None]:
    """Return the same of a run that goes on after an interruption, in the environments that it was in.

    Raises
    ------
    As `exclusive.alone` and `Runner.run`.
    """
    terminal.note(f"{after.path.name}: goes on after {len(after.kept)} rounds")
    cases = after.begun.arms, after.begun.left
    results = after.path.parent
    return _measured(
        problem, after.run.settings, cases, results=results, wait=wait, environments=environments, after=after
    )


def _measured(
    problem: Problem,
    settings: Settings,
    cases: tuple[Sequence[Arm], Sequence[Left]],
    *,
    results: Path,
    wait: bool,
    environments: Sequence[Environment],
    decide: Callable[[Run], set[str]] = decided,
    after: Interrupted | None = None,
    pages: MemoryPages | None = None,
) -> tuple[Run, Path | None]:
    with exclusive.alone(settings.command, wait=wait, say=terminal.note, planned_s=planned_s(settings)):
        began_ns = time.time_ns()
        with terminal.progress(headed(problem.name, problem.title)) as listener:
            runner = Runner(
                problem,
                settings,
                listener,
                decided=decide,
                say=terminal.note,
                environments=environments,
                after=after,
                pages=pages,
            )
            run, path = runner.run(*cases, results)
        for file in descendants.abandoned(began_ns):
            terminal.note(
                f"{file}: was made while this run lasted, and nobody uses it; remove it if a worker has left it"
            )
    if run.interrupted and path is None:
        raise KeyboardInterrupt
    return run, path
