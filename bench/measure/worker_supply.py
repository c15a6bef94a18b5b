"""The workers of a round: under which conditions each is started, and those that are started ahead of their round."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ..machine import hardware, memory, threads
from ..store.records import Arm
from . import compile_caches
from .group import Group, Source
from .round_plan import RoundPlan
from .worker_pool import WorkerPool
from .worker_process import WorkerProcess
from .worker_start import Conditions


class WorkerSupply:
    """Starts workers."""

    def __init__(self, scratch: Path, memory_bytes: int | None, cpus: Sequence[int]) -> None:
        self._scratch = scratch
        self._memory_bytes = memory.worker_limit() if memory_bytes is None else memory_bytes or None
        self._cpus = cpus
        self._ahead: dict[tuple[str, int], WorkerProcess] = {}
        """Arm and hash seed of a round to come -> its worker."""

    def worker(
        self, arm: Arm, group: Group, plan: RoundPlan, keeper: WorkerPool | ExitStack
    ) -> tuple[WorkerProcess, Conditions]:
        """Return a worker, started now or ahead, or one that serves other groups too; and what it started with."""
        conditions = self.drawn(arm, group, plan)
        if isinstance(keeper, WorkerPool):
            file = group.sources[arm.name].problem.file
            like = file, *arm.case.variant, arm.again, group.threads, group.allocator
            return keeper.worker(like, conditions), conditions
        ahead = self._ahead.pop((arm.name, plan.hash_seed), None)
        return keeper.enter_context(ahead or WorkerProcess(conditions)), conditions

    def start_ahead(self, arm: Arm | None, group: Group, plan: RoundPlan | None) -> None:
        """Start a worker of the next round, to load what all load while another of this one is verified and ended."""
        if arm and plan:
            self._ahead[arm.name, plan.hash_seed] = WorkerProcess(self.drawn(arm, group, plan))

    def end_ahead(self) -> None:
        """End workers that were started for a round in which they take no part."""
        for worker in self._ahead.values():
            worker.kill()
        self._ahead.clear()

    def drawn(self, arm: Arm, group: Group, plan: RoundPlan) -> Conditions:
        """Return what a worker starts with; it is bound to the CPUs of its round later."""
        drawn = {"PYTHONHASHSEED": str(plan.hash_seed), "IMPLBENCH_PADDING": "x" * plan.padding}
        source = group.sources[arm.name]
        compiled = compile_caches.variables(self._scratch, source.problem.file, arm.case.contender, arm.again)
        environ = os.environ | threads.variables(group.threads, group.allocator) | drawn | compiled
        return self._conditions(source, environ, hardware.on_the_same_node(plan.cpus, self._cpus))

    def of_verifier(self, source: Source) -> Conditions:
        """Return what a process that makes inputs starts with: nothing is timed there."""
        return self._conditions(source, os.environ | threads.variables(1, "retain"), self._cpus)

    def _conditions(self, source: Source, environ: Mapping[str, str], cpus: Sequence[int]) -> Conditions:
        return Conditions(
            environment=source.environment.over(environ),
            cpus=cpus,
            folder=self._scratch,
            beside=source.beside,
            is_led=source.problem.is_led,
            own=source.own,
            memory_bytes=self._memory_bytes,
            python=source.environment.python,
        )
