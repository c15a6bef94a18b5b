"""One round: a fresh worker for each arm, started, timed in turns, checked again and ended."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ForeignCode, ImplbenchError
from ..machine import environment, hardware, suspension, threads
from ..problems.case import Case
from ..problems.implementation import Implementation, make_importable
from ..problems.problem import Problem
from ..store.records import Arm, Load, Outcome, Round
from ..worker.origins import Own
from ..worker.protocol import Message
from . import round_plan
from .recording import Active, counted, finished, paced, prepared, unmeasured, with_burst
from .round_plan import BurstSizes, RoundPlan
from .worker_pool import Crew
from .worker_process import Conditions, Ended, WorkerProcess

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
    orders: Mapping[str, Mapping[str, str]]
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
        self, *, scratch: Path, timeout_s: float, tell: Callable[[str], None], untimed: str | None = None
    ) -> None:
        """Take `untimed`, what each worker of a first round is asked for behind its bursts: to count, to explain."""
        self._untimed = untimed
        self._scratch = scratch
        self._timeout_s = timeout_s
        self._tell = tell
        self._cpus = environment.allowed_cpus()
        self._sizes = BurstSizes()
        self._writers: list[WorkerProcess] = []
        self._killed: set[str] = set()

    def round(
        self, index: int, group: Group, plan: RoundPlan, choose_passes: PassChooser, *, crew: Crew | None = None
    ) -> Round:
        """Hold one round of the arms in the plan and return its record; a crew's workers serve other groups too."""
        self._move_away(plan.cpus)
        before, asleep, started = environment.snapshot(), suspension.Watch(), time.monotonic_ns()
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
        activity = environment.load_between(before, environment.snapshot())
        return Round(
            index=index,
            group=group.name,
            start_ns=started,
            duration_ns=duration_ns,
            hash_seed=plan.hash_seed,
            padding=plan.padding,
            passes=passes,
            load=Load(
                load_before=activity.load_before,
                load_after=activity.load_after,
                busy=activity.busy,
                steal=activity.steal,
                frequency_hz=activity.frequency_hz,
            ),
            workers=tuple(one.record for one in active),
            discarded=next((one.lost for one in active if one.lost), None) or asleep.told(),
        )

    def write_inputs(self, case: Case, source: Source, folder: Path, *, seed: int) -> Message:
        """Have a worker make inputs, reference and tolerance of a case; return its reply, whatever the outcome."""
        order = {**self._order(case, source, folder, problem=source.problem), "do": "write-inputs", "seed": seed}
        environ = os.environ | threads.variables(1, "retain")  # nothing is timed there
        conditions = Conditions(environment=environ, cpus=self._cpus, folder=self._scratch, own=source.own)
        with WorkerProcess(conditions) as worker:
            self._writers.append(worker)
            try:
                return _own(worker.ask(order, 10 * self._timeout_s), case.problem)
            except Ended as ended:
                return {"outcome": ended.outcome, "reason": ended.reason}

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
        conditions = Conditions(environment=environ, cpus=plan.cpus, folder=self._scratch, own=source.own)
        if isinstance(keeper, Crew):
            case = arm.case
            like = source.problem.folder, case.implementation, case.layout, arm.again, group.threads, group.allocator
            process = keeper.worker(like, conditions)
        else:
            process = keeper.enter_context(WorkerProcess(conditions))
        active = Active(arm=arm, process=process, record=unmeasured(arm, process.pid, plan, environ))
        order = {
            **self._order(arm.case, source, group.inputs[arm.name], problem=problem),
            "do": "start",
            "forks": isinstance(keeper, Crew),
            "implementation": source.implementation.name,
            "copies_inputs": source.implementation.copies_inputs,
            "layout": group.orders[arm.name],
            "dtype": arm.case.dtype,
            "threads": group.threads,
            "filler": str(self._filler()) if arm.case.cache == "cold" else None,
        }
        reply = self._ask(active, order)
        if reply:
            active.record = prepared(active.record, reply)
            active.call_ns, active.number = reply["call_ns"], reply["number"]
            process.pause()
        return active

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

    def _ask(self, active: Active, order: Message) -> Message | None:
        """Return the worker's reply; None when its case ended with another outcome than ok, which is recorded."""
        try:
            reply = _own(active.process.ask(order, self._timeout_s), active.arm.name)
            outcome, reason = Outcome(reply["outcome"]), reply.get("reason")
        except Ended as ended:
            outcome, reason = ended.outcome, ended.reason
            if ended.from_outside and active.arm.name not in self._killed:
                self._killed.add(active.arm.name)
                active.lost = f"the worker of {active.arm.name} was ended ({reason}) and measured again once"
                outcome = Outcome.NOT_MEASURED
        if outcome == Outcome.OK:
            return reply
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
            reply = self._ask(one, {"do": "burst", "number": one.number, "samples": one.samples})
            if reply is None:
                return
            one.process.pause()
            here = {"pass_index": pass_index, "position": position, "number": one.number}
            one.record, longer = with_burst(one.record, reply, here), reply["longer"]
            if longer is not None:
                for name, number in self._sizes.lengthen(one.arm.name, longer, paced(active)).items():
                    active[name].number = number

    def _finish(self, one: Active, untimed: str | None, *, kept: bool) -> None:
        """Have the worker verify its last result and a changed one, and end it, or its fork where it is kept."""
        if one.record.outcome != Outcome.OK:
            return
        one.process.resume()
        reply = self._ask(one, {"do": "finish"})
        if reply:
            one.record = finished(one.record, reply)
            alive = True
            if untimed == "explain" or (untimed and one.call_ns <= LONGEST_COUNTED_NS):
                alive = self._count(one, untimed)
            if not (kept and alive and self._ask(one, {"do": "leave"})):
                one.process.kill()
            one.record = replace(one.record, output_tail=one.process.output_tail)

    def _count(self, one: Active, untimed: str) -> bool:
        """Have the worker count what an evaluation does, and return whether it lives; the case is ok in any case."""
        self._tell(f"counting what {one.arm.name} does")
        try:
            reply = one.process.ask({"do": untimed}, self._timeout_s)
        except Ended:
            return False
        if reply["outcome"] == Outcome.OK:
            one.record = counted(one.record, reply)
        return True

    def _order(self, case: Case, source: Source, inputs: Path, *, problem: Problem) -> Message:
        """Return what each order to a worker says of the case: the code of `source`, asked as `problem` says."""
        return {
            "folder": str(source.problem.folder),
            "importable": str(make_importable(source.problem.folder, self._scratch)),
            "inputs": str(inputs),
            "inout": problem.inout,
            "outputs": problem.outputs,
            "other_data": problem.data[-1],
            "case": {
                "problem": case.problem,
                "implementation": case.implementation,
                "size": case.size.values,
                "dtype": case.dtype,
                "layout": case.layout,
                "threads": case.threads,
                "data": case.data or problem.data[0],
            },
        }

    def _move_away(self, cpus: Sequence[int]) -> None:
        """Keep this process off the CPUs of the workers, where there are others."""
        others = [cpu for cpu in self._cpus if cpu not in cpus]
        threads.pin(0, others or self._cpus)


def _own(reply: Message, name: str) -> Message:
    """Return a worker's reply; ForeignCode where the worker has loaded other code than that of its side."""
    if reply.get("foreign"):
        raise ForeignCode(f"{name}: {reply['foreign']}")
    return reply
