"""From a problem to a run: its cases are selected and measured, with progress on stderr."""

import time
from collections.abc import Sequence
from pathlib import Path

from ..analyse.decided import decided
from ..machine import exclusive
from ..measure import descendants
from ..measure.runner import Runner
from ..measure.selection import Selection, select
from ..problems.problem import Problem
from ..report import terminal
from ..store.interrupted import Interrupted
from ..store.records import Arm, Left, Run, Settings


def measured(
    problem: Problem, wanted: Selection, settings: Settings, *, results: Path, wait: bool = True
) -> tuple[Run, Path | None]:
    """Return the run and its document; KeyboardInterrupt if one came before there was anything to keep.

    Raises
    ------
    As `select`, `exclusive.alone` and `Runner.run`.
    """
    return _measured(problem, settings, select(problem, wanted), results=results, wait=wait)


def resumed(problem: Problem, after: Interrupted, *, wait: bool) -> tuple[Run, Path | None]:
    """Return the same of a run that goes on after an interruption.

    Raises
    ------
    As `exclusive.alone` and `Runner.run`.
    """
    terminal.note(f"{after.path.name}: goes on after {len(after.kept)} rounds")
    cases = after.begun.arms, after.begun.left
    return _measured(problem, after.run.settings, cases, results=after.path.parent, wait=wait, after=after)


def _measured(
    problem: Problem,
    settings: Settings,
    cases: tuple[Sequence[Arm], Sequence[Left]],
    *,
    results: Path,
    wait: bool,
    after: Interrupted | None = None,
) -> tuple[Run, Path | None]:
    with exclusive.alone(settings.command, wait=wait, say=terminal.note):
        began_ns = time.time_ns()
        with terminal.progress(f"{problem.name}: {problem.title}") as listener:
            runner = Runner(problem, settings, listener, decided=decided, say=terminal.note, after=after)
            run, path = runner.run(*cases, results)
        for file in descendants.abandoned(began_ns):
            terminal.note(
                f"{file}: was made while this run lasted, and nobody uses it; remove it if a worker has left it"
            )
    if run.interrupted and path is None:
        raise KeyboardInterrupt
    return run, path
