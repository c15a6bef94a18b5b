"""Runs that are killed at a round of a simulated machine, and what is left of them: a journal, as after SIGKILL."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.analyse.decided import decided
from bench.measure.progress import Progress
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store import interrupted
from bench.store.journal import Journal
from bench.store.records import Run, Settings
from bench.store.worker_records import Worker
from tests.simulated import Simulation

FAKES = Path(__file__).parent / "fakes" / "product"

SETTINGS = Settings(seed=7, margin=0.03, rounds=3, budget_s=None, timeout_s=8.0, command=("implbench", "run"))


class Killed(BaseException):
    """The end of a process that nobody has told."""


def nobody(progress: Progress) -> None:
    """Listen to nothing."""


def killing(simulation: Simulation, rounds: int, doing: str = "starting") -> Callable[[Progress], None]:
    """Return a listener that ends everything when that is done in the round behind so many of the simulation."""

    def listen(progress: Progress) -> None:
        if len(simulation.held) == rounds and progress.doing.startswith(doing):
            raise Killed

    return listen


def measured(
    results: Path,
    simulation: Simulation,
    settings: Settings = SETTINGS,
    *,
    listener: Callable[[Progress], None] = nobody,
    say: Callable[[str], None] = lambda text: None,
    folder: Path = FAKES,
    **axes: Any,
) -> tuple[Run, Path | None]:
    """Return a run of the product, or of the problem in another folder, and its document."""
    found = problem.find(str(folder))
    wanted = Selection(**axes)
    arms, left = select(found, wanted)
    how = {"say": say, "environments": wanted.environments, "backend": simulation.backend()}
    runner = Runner(found, settings, listener, decided=decided, **how)
    return runner.run(arms, left, results)


@contextmanager
def outright() -> Iterator[None]:
    """Have what is killed in here leave what a process leaves that cannot do anything about it."""
    kept, Journal._keep = Journal._keep, lambda self, error: None  # type: ignore[method-assign]
    try:
        yield
    except Killed:
        return
    finally:
        Journal._keep = kept  # type: ignore[method-assign]
    raise AssertionError("it was to be killed before its end")


def killed(results: Path, simulation: Simulation, settings: Settings = SETTINGS, **how: Any) -> None:
    """Leave what a killed process leaves."""
    with outright():
        measured(results, simulation, settings, **how)


def resumed(
    results: Path,
    simulation: Simulation,
    *,
    name: str | None = None,
    listener: Callable[[Progress], None] = nobody,
    say: Callable[[str], None] = lambda text: None,
    folder: Path = FAKES,
) -> tuple[Run, Path | None]:
    """Return a run that has gone on, and its document."""
    found = problem.find(str(folder))
    with interrupted.taken(results, name) as after:
        backend = simulation.backend()
        runner = Runner(found, after.run.settings, listener, decided=decided, say=say, backend=backend, after=after)
        return runner.run(after.begun.arms, after.begun.left, results)


def later(simulation: Simulation, rounds: int) -> Simulation:
    """Return the same machine hours later, when so many rounds of it are on record."""
    fresh = dataclasses.replace(simulation, clock=type(simulation.clock)(), held=simulation.held[:rounds], told=[])
    fresh.clock.spend(12_345.0)
    return fresh


def plan_of(run: Run) -> Sequence[Any]:
    """Return all that was planned of a run: rounds, orders, draws, passes and sizes of bursts."""
    return [
        (one.index, one.group, one.hash_seed, one.padding, one.discarded, [*map(_turns_of, one.workers)])
        for one in run.rounds
    ]


def _turns_of(worker: Worker) -> tuple[Any, ...]:
    bursts = [(burst.pass_index, burst.position, burst.number, len(burst.sample_ns)) for burst in worker.bursts]
    return worker.arm, worker.position, worker.affinity, worker.outcome, bursts
