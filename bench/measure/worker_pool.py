"""Workers that serve several groups of one round, one after the other: a sweep starts far fewer interpreters.

A fresh interpreter takes a quarter of a second, most of it to import NumPy, which is more than all else that a small
size needs. So a round of a sweep starts one for each implementation, and each size is measured in a fork of it, which
ends with that size: no size finds a heap that another has left (with glibc's default allocator that would change the
page faults of each call), and from round to round every interpreter is fresh, as in any other run.
"""

from collections.abc import Hashable
from types import TracebackType

from msgspec.structs import replace

from .round_plan import RoundPlan
from .worker_process import WorkerProcess
from .worker_start import Conditions


class WorkerPool:
    """The workers of one round, by what they have in common."""

    def __init__(self) -> None:
        self._workers: dict[Hashable, WorkerProcess] = {}
        self._plans: dict[int, RoundPlan] = {}

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers.values():
            worker.kill()

    def worker(self, key: Hashable, conditions: Conditions) -> WorkerProcess:
        """Return the worker of that key, started under `conditions` where there is none or it has ended."""
        if key not in self._workers or self._workers[key].ended:
            self._workers[key] = WorkerProcess(conditions)
        return self._workers[key]

    def shared(self, plan: RoundPlan, threads: int) -> RoundPlan:
        """Return a plan with what is set before a worker starts taken from the first plan for so many threads."""
        first = self._plans.setdefault(threads, plan)
        return replace(plan, cpus=first.cpus, hash_seed=first.hash_seed, padding=first.padding)
