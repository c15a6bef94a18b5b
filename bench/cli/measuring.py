"""From a problem to a run: its cases are selected and measured, with progress on stderr."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..analyse.decided import decided
from ..measure import descendants
from ..measure.budget import race_budget_s
from ..measure.runner import Runner
from ..measure.selection import Selection, select
from ..problems.problem import Problem
from ..report import terminal
from ..store.records import Run, Settings


def measured(
    problem: Problem,
    wanted: Selection,
    settings: Settings,
    *,
    results: Path,
    decide: Callable[[Run], set[str]] = decided,
) -> tuple[Run, Path | None]:
    """Return the run and its document; KeyboardInterrupt if one came before there was anything to keep.

    `decide` tells which arms of a run need no more rounds.

    Raises
    ------
    As `select` and `Runner.run`.
    """
    arms, left = select(problem, wanted)
    if settings.best is not None and settings.budget_s is None:
        settings = replace(settings, budget_s=race_budget_s(len(arms)))
    began_ns = time.time_ns()
    with terminal.progress(f"{problem.name}: {problem.title}") as listener:
        runner = Runner(
            problem,
            settings,
            listener,
            decided=decide,
            say=terminal.note,
            environments=wanted.environments,
        )
        run, path = runner.run(arms, left, results)
    for file in descendants.abandoned(began_ns):
        terminal.note(f"{file}: was made while this run lasted, and nobody uses it; remove it if a worker has left it")
    if run.interrupted and path is None:
        raise KeyboardInterrupt
    return run, path
