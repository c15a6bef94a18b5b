"""What all measuring is built on: who measures a round, by which clock budgets are kept, what is known of the machine.

What measures asks its `Backend` alone, so that a test can give it another one, whose rounds have a known truth.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from ..machine import environment, hardware, load
from ..machine.load import Activity
from ..problems.case import Case
from ..store.records import Round
from ..worker.protocol import InputsWritten
from .counting import Untimed
from .ended import Ended
from .group import Group, Source
from .recording import Past
from .round_executor import ProcessRoundExecutor
from .round_plan import RoundPlan, TurnChooser
from .worker_pool import WorkerPool


class Rounds(Protocol):
    """Holds rounds."""

    def round(
        self,
        index: int,
        group: Group,
        plan: RoundPlan,
        choose_turns: TurnChooser,
        *,
        pool: WorkerPool | None = None,
        following: RoundPlan | None = None,
    ) -> Round:
        """Hold a round of the arms in the plan and return its record; it may start the workers of the following one."""
        ...


class RoundExecutor(Rounds, Protocol):
    """Holds rounds, and has inputs made for them."""

    past: Past
    """What rounds before tell those that follow."""

    @property
    def start_s(self) -> float | None:
        """Seconds that starting a process takes, at least; None before one has made inputs."""
        ...

    def unfinished(self) -> Round | None:
        """Return what is known of the round that is being held, or was when it was interrupted; None where none is."""
        ...

    def write_inputs(self, case: Case, source: Source, folder: Path, *, seed: int) -> InputsWritten | Ended:
        """Have inputs, reference and tolerance of a case made; return what making them told, or how that ended."""
        ...

    def abandon_inputs(self) -> None:
        """End the making of inputs, from another thread than those that wait for it."""
        ...

    def close(self) -> None:
        """End the workers of a round that was never held."""
        ...


class ExecutorFactory(Protocol):
    """Makes the executor of one run."""

    def __call__(
        self,
        *,
        scratch: Path,
        timeout_s: float,
        memory_bytes: int | None = None,
        tell: Callable[[str], None],
        untimed: Untimed | None = None,
    ) -> RoundExecutor:
        """Return an executor.

        Parameters
        ----------
        scratch
            Folder for what it writes.
        timeout_s
            Longest time that a worker may take for an answer.
        memory_bytes
            The most data that a worker's process may have; 0: no limit; None: the usual one.
        tell
            Is told what is being done.
        untimed
            What each worker of a first round is asked for after its bursts.
        """
        ...


class Backend(Struct, frozen=True, kw_only=True):
    """What a run is measured on."""

    executor: ExecutorFactory
    monotonic_s: Callable[[], float]
    """The clock by which budgets are kept, in seconds; it never goes back."""
    cpus: Callable[[], Sequence[int]]
    """The CPUs that workers may use."""
    watch: Callable[[], Activity]
    """How busy the machine is with other things, before the first round."""
    facts: Callable[[Path], Mapping[str, Any]]
    """What is recorded of machine, system and Python, and of the commit of a folder."""


def usual() -> Backend:
    """Return the backend of this machine, with real workers: commands and the pytest plugin measure on this one."""
    return Backend(
        executor=ProcessRoundExecutor,
        monotonic_s=time.monotonic,
        cpus=hardware.allowed_cpus,
        watch=load.watch,
        facts=environment.capture,
    )
