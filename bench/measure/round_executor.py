"""One round: a fresh worker for each arm, started, timed in turns, checked again and ended."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ForeignCode, ImplbenchError
from ..machine import affinity, hardware, load, memory, suspension, threads
from ..problems.case import Case, MemoryOrder
from ..problems.implementation import Implementation, make_importable
from ..problems.problem import Problem
from ..store.records import Arm, Round
from ..store.worker_records import Outcome
from ..worker import protocol
from ..worker.origins import Own
from ..worker.protocol import Answer, CaseSpec, InputsWritten, Order, Untimed
from . import round_plan
from .recording import Active, counted, finished, paced, prepared, unmeasured, with_burst
from .round_plan import BurstSizes, RoundPlan
from .worker_pool import Crew
from .worker_process import Ended, WorkerProcess
from .worker_start import Conditions

#: What takes longer is not counted beside a run: counting slows it down some times, and calls it three times.
LONGEST_COUNTED_NS = 200_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the code of an arm comes from."""

    problem: Problem
    implementation: Implementation
    own: Own | None = None
    """All code of its version, where it is one of two."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Arms that are compared with one baseline, and what their workers need."""

    name: str
    arms: tuple[Arm, ...]
    sources: Mapping[str, Source]
    """Arm -> its code."""
    inputs: Mapping[str, Path]
    """Arm -> folder of its inputs."""
    orders: Mapping[str, dict[str, MemoryOrder]]
    """Arm -> memory order of each 2-D input."""
    limits: tuple[Arm, ...] = ()
    """Limits of the machine that are measured in the same rounds."""

    @property
    def problem(self) -> Problem:
        """The problem that makes the arms' inputs, and says how they are called; limits have their own."""
        return self.sources[self.arms[0].name].problem

    @property
    def threads(self) -> int:
        """Threads of each worker."""
        return self.arms[0].case.threads or 1

    @property
    def allocator(self) -> str:
        """Allocator policy of each worker."""
        return self.arms[0].case.allocator


#: From the time of one pass and the time so far, in ns, to the number of passes of the round.
PassChooser = Callable[[int, int], int]


class Conductor:
    """Knows how to hold a round."""

    def __init__(
        self,
        *,
        scratch: Path,
        timeout_s: float,
        memory_bytes: int | None = None,
        tell: Callable[[str], None],
        untimed: Untimed | None = None,
    ) -> None:
        """Take `untimed`, what each worker of a first round is asked for behind its bursts: to count, to explain."""
        self._untimed = untimed
        self._scratch = scratch
        self._timeout_s = timeout_s
        self._memory_bytes = memory.worker_limit() if memory_bytes is None else memory_bytes or None
        self._tell = tell
        self._cpus = hardware.allowed_cpus()
        self._sizes = BurstSizes()
        self._writers: list[WorkerProcess] = []
        self._killed: set[str] = set()

    def round(
        self, index: int, group: Group, plan: RoundPlan, choose_passes: PassChooser, *, crew: Crew | None = None
    ) -> Round:
        """Hold one round of the arms in the plan and return its record; a crew's workers serve other groups too."""
        self._move_away(plan.cpus)
        before, asleep, started = load.snapshot(), suspension.Watch(), time.monotonic_ns()
        arms = {arm.name: arm for arm in (*group.arms, *group.limits)}
        with ExitStack() as stack:
            active = [self._start(arms[name], group, plan, crew or stack) for name in plan.spawn_order]
            self._size_bursts(active)
            passes = choose_passes(sum(one.burst_ns for one in active), time.monotonic_ns() - started)
            self._interleave({one.arm.name: one for one in active}, plan, passes, name=group.name)
            for one in active:
                untimed = self._untimed if index == 0 and one.arm not in group.limits else None
                self._finish(one, untimed, kept=crew is not None)
        duration_ns = time.monotonic_ns() - started
        activity = load.load_between(before, load.snapshot())
        return Round(
            index=index,
            group=group.name,
            start_ns=started,
            duration_ns=duration_ns,
            hash_seed=plan.hash_seed,
            padding=plan.padding,
            passes=passes,
            load=activity,
            workers=tuple(one.record for one in active),
            discarded=next((one.lost for one in active if one.lost), None) or asleep.told(),
        )

    def write_inputs(self, case: Case, source: Source, folder: Path, *, seed: int) -> InputsWritten | Ended:
        """Have a worker make inputs, reference and tolerance of a case; return its reply, or how that ended."""
        spec = self._spec(case, source, folder, problem=source.problem)
        order = protocol.WriteInputs(spec=spec, seed=seed, other_data=source.problem.data[-1])
        environ = os.environ | threads.variables(1, "retain")  # nothing is timed there
        conditions = self._conditions(environ, self._cpus, source)
        with WorkerProcess(conditions) as worker:
            self._writers.append(worker)
            try:
                return _asked(worker, case.problem, order, InputsWritten, 10 * self._timeout_s)
            except Ended as ended:
                return ended

    def abandon_inputs(self) -> None:
        """End the workers that make inputs, from another thread than those that wait for them."""
        for worker in self._writers:
            worker.kill()

    def _start(self, arm: Arm, group: Group, plan: RoundPlan, keeper: Crew | ExitStack) -> Active:
        """Start a worker, let it prepare, verify and warm up, and stop it."""
        self._tell(f"starting {arm.name}")
        source = group.sources[arm.name]
        problem = source.problem if arm in group.limits else group.problem
        drawn = {"PYTHONHASHSEED": str(plan.hash_seed), "IMPLBENCH_PADDING": "x" * plan.padding}
        environ = os.environ | threads.variables(group.threads, group.allocator) | drawn
        conditions = self._conditions(environ, plan.cpus, source)
        if isinstance(keeper, Crew):
            case = arm.case
            like = source.problem.folder, case.implementation, case.layout, arm.again, group.threads, group.allocator
            process = keeper.worker(like, conditions)
        else:
            process = keeper.enter_context(WorkerProcess(conditions))
        active = Active(arm=arm, process=process, record=unmeasured(arm, process.pid, plan, environ))
        order = protocol.Start(
            spec=self._spec(arm.case, source, group.inputs[arm.name], problem=problem),
            implementation=source.implementation.name,
            copies_inputs=source.implementation.copies_inputs,
            layout=group.orders[arm.name],
            filler=self._filler() if arm.case.cache == "cold" else None,
            forks=isinstance(keeper, Crew),
        )
        reply = self._ask(active, order, protocol.Started)
        if reply:
            active.record = prepared(active.record, reply)
            active.call_ns, active.number = reply.call_ns, reply.number
            process.pause()
        return active

    def _conditions(self, environment: Mapping[str, str], cpus: Sequence[int], source: Source) -> Conditions:
        return Conditions(
            environment=environment,
            cpus=cpus,
            folder=self._scratch,
            own=source.own,
            memory_bytes=self._memory_bytes,
        )

    def _filler(self) -> Path:
        """Return a file that all workers read to fill the caches with, in memory and larger than they are."""
        path = self._scratch / "filler"
        if not path.exists():
            size = hardware.beyond_caches(hardware.caches(), hardware.memory_bytes())
            try:
                path.write_bytes(b"\1" * size)  # not zeros: of a hole all pages are one
            except OSError as error:
                raise ImplbenchError(
                    f"{path.parent}: --cache cold needs {size} bytes there: {error.strerror}"
                ) from error
        return path

    def _size_bursts(self, active: Sequence[Active]) -> None:
        """Give the arms that have warmed up the sizes of their bursts."""
        started = {one.arm.name: one for one in active if one.call_ns}
        for name, size in self._sizes.of(paced(started)).items():
            started[name].number, started[name].samples = size

    def _ask(self, active: Active, order: Order, expected: type[Answer]) -> Answer | None:
        """Return the worker's reply; None when its case ended with another outcome than ok, which is recorded."""
        try:
            return _asked(active.process, active.arm.name, order, expected, self._timeout_s)
        except Ended as ended:
            outcome, reason = ended.outcome, ended.reason
            if ended.from_outside and active.arm.name not in self._killed:
                self._killed.add(active.arm.name)
                active.lost = f"the worker of {active.arm.name} was ended ({reason}) and measured again once"
                outcome = Outcome.NOT_MEASURED
        active.process.kill()
        active.record = replace(active.record, outcome=outcome, reason=reason, output_tail=active.process.output_tail)
        return None

    def _interleave(self, active: Mapping[str, Active], plan: RoundPlan, passes: int, *, name: str) -> None:
        """Time one burst of each arm of group `name` in each pass; all but the one that is timed are stopped."""
        for index in range(passes):
            self._tell(f"pass {index + 1} of {passes}, {name}")
            for position, arm in enumerate(round_plan.order_of_pass(plan.positions, index)):
                one = active[arm]
                if one.record.outcome != Outcome.OK:
                    continue
                self._time(one, active, pass_index=index, position=position)

    def _time(self, one: Active, active: Mapping[str, Active], *, pass_index: int, position: int) -> None:
        """Time a burst; where its samples are too short for the clock, again with more calls in each."""
        longer: int | None = one.number
        while longer is not None:
            one.process.resume()
            order = protocol.TimeBurst(pass_index=pass_index, position=position, number=one.number, samples=one.samples)
            reply = self._ask(one, order, protocol.BurstTimed)
            if reply is None:
                return
            one.process.pause()
            one.record, longer = with_burst(one.record, reply), reply.longer
            if longer is not None:
                for name, number in self._sizes.lengthen(one.arm.name, longer, paced(active)).items():
                    active[name].number = number

    def _finish(self, one: Active, untimed: Untimed | None, *, kept: bool) -> None:
        """Have the worker verify its last result and a changed one, and end it, or its fork where it is kept."""
        if one.record.outcome != Outcome.OK:
            return
        one.process.resume()
        reply = self._ask(one, protocol.Finish(), protocol.Finished)
        if reply:
            one.record = finished(one.record, reply)
            if untimed == "explain" or (untimed and one.call_ns <= LONGEST_COUNTED_NS):
                self._count(one, explained=untimed == "explain")
            if not (kept and not one.process.ended and self._ask(one, protocol.Leave(), protocol.Leaving)):
                one.process.kill()

    def _count(self, one: Active, *, explained: bool) -> None:
        """Have the worker count what an evaluation does; the case is ok whatever comes of that."""
        self._tell(f"counting what {one.arm.name} does")
        order = protocol.Count(explained=explained)
        with suppress(Ended):
            reply = _asked(one.process, one.arm.name, order, protocol.Counted, self._timeout_s)
            one.record = counted(one.record, reply)

    def _spec(self, case: Case, source: Source, inputs: Path, *, problem: Problem) -> CaseSpec:
        """Return what a worker is told of a case: the code of `source`, asked as `problem` says."""
        folder = source.problem.folder
        return CaseSpec(
            case=replace(case, data=case.data or problem.data[0]),
            folder=folder,
            importable=make_importable(folder, self._scratch),
            inputs=inputs,
            outputs=problem.outputs,
            inout=problem.inout,
        )

    def _move_away(self, cpus: Sequence[int]) -> None:
        """Keep this process off the CPUs of the workers, where there are others."""
        others = [cpu for cpu in self._cpus if cpu not in cpus]
        affinity.pin(0, others or self._cpus)


def _asked(process: WorkerProcess, name: str, order: Order, expected: type[Answer], timeout_s: float) -> Answer:
    """Return what a worker replies; ForeignCode, with the name of its case, where it has loaded that."""
    try:
        return process.ask(order, expected, timeout_s)
    except ForeignCode as error:
        raise ForeignCode(f"{name}: {error}") from error
