"""One round: a fresh worker for each arm, started, timed in turns, checked again and ended."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from ..errors import ForeignCode
from ..machine import affinity, hardware, load, memory, suspension, threads
from ..problems.case import Case
from ..store.records import Arm, Role, Round
from ..store.worker_records import Outcome
from ..worker import protocol
from ..worker.protocol import Answer, InputsWritten, Order, Untimed
from . import compile_caches, round_plan
from .case_spec import case_spec
from .filler import filler
from .group import Group, Source
from .recording import Active, OpenRound, Past, counted, finished, paced, prepared, unfinished, unmeasured, with_burst
from .round_plan import RoundPlan, TurnChooser, Turns
from .worker_pool import Crew
from .worker_process import Ended, WorkerProcess
from .worker_start import Conditions

#: Arms of which nothing is counted: what the baseline does, its second arm does too.
UNCOUNTED = (Role.AGAIN, Role.LIMIT)

#: What takes longer is not counted beside a run: counting slows it down some times, and calls it three times.
LONGEST_COUNTED_NS = 20_000_000


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
        self._listen = tell
        self._doing = ""
        self._cpus = hardware.allowed_cpus()
        self.past = Past()
        self._writers: list[WorkerProcess] = []
        self._open: OpenRound | None = None
        self._ahead: dict[tuple[str, int], WorkerProcess] = {}
        """Arm and hash seed of a round to come -> its worker."""

    def round(
        self,
        index: int,
        group: Group,
        plan: RoundPlan,
        choose_turns: TurnChooser,
        *,
        crew: Crew | None = None,
        following: RoundPlan | None = None,
    ) -> Round:
        """Hold one round of the arms in the plan and return its record; a crew's workers serve other groups too.

        The workers of the `following` round are started once nothing is timed any more.
        """
        affinity.keep_off(plan.cpus, self._cpus)
        asleep = suspension.Watch()
        held = self._open = OpenRound(
            index=index, group=group.name, plan=plan, before=load.snapshot(), started_ns=time.monotonic_ns()
        )
        arms = {arm.name: arm for arm in (*group.arms, *group.limits)}
        with ExitStack() as stack:
            for name in plan.spawn_order:
                held.active.append(self._spawned(arms[name], group, plan, crew or stack))
            self.close()
            self._bind(held.active, plan.cpus)
            for one in held.active:
                self._start(one, group, forks=crew is not None)
            warm = {one.arm.name: one for one in held.active if one.call_ns}
            turns = self._turns(warm, choose_turns, time.monotonic_ns() - held.started_ns)
            self._interleave(held, warm, turns)
            explains = index == 0 and self._untimed == "explain"  # it times, too: nothing is started beside it
            coming = iter(following.spawn_order if following and not explains else ())
            for one in held.active:
                untimed = self._untimed if index == 0 and one.arm.role not in UNCOUNTED else None
                self._finish(one, untimed, kept=crew is not None)
                self._start_ahead(next((arms[name] for name in coming if name in warm), None), group, following)
        self._open = None
        return held.so_far(next((one.lost for one in held.active if one.lost), None) or asleep.told())

    def unfinished(self) -> Round | None:
        """Return what is known of the round that is being held, or was when it was interrupted; None where none is."""
        return unfinished(self._open.so_far()) if self._open else None

    def _tell(self, doing: str) -> None:
        """Tell what is being done."""
        self._doing = doing
        self._listen(doing)

    def write_inputs(self, case: Case, source: Source, folder: Path, *, seed: int) -> InputsWritten | Ended:
        """Have a worker make inputs, reference and tolerance of a case; return its reply, or how that ended."""
        spec = case_spec(case, source, folder, problem=source.problem, scratch=self._scratch)
        order = protocol.WriteInputs(
            spec=spec, seed=seed, other_data=source.problem.data[-1], baseline=source.problem.baseline
        )
        environ = os.environ | threads.variables(1, "retain")  # nothing is timed there
        conditions = self._conditions(source, environ, self._cpus)
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

    def _spawned(self, arm: Arm, group: Group, plan: RoundPlan, keeper: Crew | ExitStack) -> Active:
        """Start a worker, or take one that serves other groups too."""
        started = time.monotonic_ns()
        conditions = self._drawn(arm, group, plan)
        if isinstance(keeper, Crew):
            file = group.sources[arm.name].problem.file
            process = keeper.worker((file, *arm.case.variant, arm.again, group.threads, group.allocator), conditions)
        else:
            ahead = self._ahead.pop((arm.name, plan.hash_seed), None)
            process = keeper.enter_context(ahead or WorkerProcess(conditions))
        active = Active(arm=arm, process=process, record=unmeasured(arm, process.pid, plan, conditions.environment))
        active.spent_ns["starting_ns"] = time.monotonic_ns() - started
        return active

    def _drawn(self, arm: Arm, group: Group, plan: RoundPlan) -> Conditions:
        """Return what a worker starts with; it is bound to the CPUs of its round later."""
        drawn = {"PYTHONHASHSEED": str(plan.hash_seed), "IMPLBENCH_PADDING": "x" * plan.padding}
        source = group.sources[arm.name]
        compiled = compile_caches.variables(self._scratch, source.problem.file, arm.case.contender, arm.again)
        environ = os.environ | threads.variables(group.threads, group.allocator) | drawn | compiled
        return self._conditions(source, environ, hardware.on_the_same_node(plan.cpus, self._cpus))

    def _start_ahead(self, arm: Arm | None, group: Group, plan: RoundPlan | None) -> None:
        """Start a worker of the next round, to load what all load while another of this one is verified and ended."""
        if arm and plan:
            self._ahead[arm.name, plan.hash_seed] = WorkerProcess(self._drawn(arm, group, plan))

    def close(self) -> None:
        """End workers that were started for a round in which they take no part."""
        for worker in self._ahead.values():
            worker.kill()
        self._ahead.clear()

    def _bind(self, active: Sequence[Active], cpus: Sequence[int]) -> None:
        """Wait until new workers have loaded what they all load, on whatever CPUs, and bind them to those of the round.

        Nothing is timed meanwhile, and nothing of their cases is loaded before.
        """
        for one in (one for one in active if one.process.is_new):
            self._tell(f"starting {one.arm.name}")
            with one.spending("starting_ns"):
                if self._ask(one, protocol.Wake(), protocol.Awake):
                    one.process.bind(cpus)

    def _start(self, active: Active, group: Group, *, forks: bool) -> None:
        """Let a worker prepare, verify and warm up, and stop it."""
        if active.record.outcome != Outcome.OK:
            return
        arm = active.arm
        self._tell(f"preparing {arm.name}")
        source = group.sources[arm.name]
        problem = source.problem if arm in group.limits else group.problem
        order = protocol.Start(
            spec=case_spec(arm.case, source, group.inputs[arm.name], problem=problem, scratch=self._scratch),
            implementation=source.implementation.function or source.implementation.name,
            apart=(source.folder, source.implementation.module) if source.implementation.apart else None,
            copies_inputs=source.implementation.copies_inputs,
            layout=group.orders[arm.name],
            filler=filler(self._scratch) if arm.case.cache == "cold" else None,
            forks=forks,
        )
        with active.spending("verifying_ns"):
            reply = self._ask(active, order, protocol.Started)
        if reply:
            active.record = prepared(active.record, reply)
            active.spent_ns.update(preparing_ns=reply.preparing_ns, warming_ns=reply.warming_ns)
            active.spent_ns["verifying_ns"] -= reply.preparing_ns + reply.warming_ns
            active.call_ns, active.number = reply.call_ns, reply.number
            active.process.pause()

    def _turns(self, warm: Mapping[str, Active], choose_turns: TurnChooser, took_ns: int) -> Mapping[str, Turns]:
        """Give the arms that have warmed up the sizes of their bursts, and return the turns of each."""
        for name, size in self.past.sizes.of(paced(warm)).items():
            warm[name].number, warm[name].samples = size
        turns = choose_turns({name: one.size for name, one in warm.items()}, took_ns)
        for name, one in warm.items():
            one.samples = turns[name].samples
        return turns

    def _ask(self, active: Active, order: Order, expected: type[Answer]) -> Answer | None:
        """Return the worker's reply; None when its case ended with another outcome than ok, which is recorded."""
        still = None if isinstance(order, protocol.TimeBurst) else lambda: self._listen(self._doing)
        try:
            return _asked(active.process, active.arm.name, order, expected, self._timeout_s, meanwhile=still)
        except Ended as ended:
            outcome, reason = ended.outcome, ended.reason
            if ended.from_outside and active.arm.name not in self.past.killed:
                self.past.killed.add(active.arm.name)
                active.lost = f"the worker of {active.arm.name} was ended ({reason}) and measured again once"
                outcome = Outcome.NOT_MEASURED
        active.process.kill()
        active.record = replace(active.record, outcome=outcome, reason=reason, output_tail=active.process.output_tail)
        return None

    def _interleave(self, held: OpenRound, active: Mapping[str, Active], turns: Mapping[str, Turns]) -> None:
        """Time one burst of each arm that is warm in each of its passes; all but who is timed are stopped."""
        passes = max((one.passes for one in turns.values()), default=0)
        for index in range(passes):
            self._tell(f"pass {index + 1} of {passes}, {held.group}")
            for position, arm in enumerate(round_plan.order_of_pass(held.plan.positions, index)):
                one = active.get(arm)
                if one and one.record.outcome == Outcome.OK and index < turns[arm].passes:
                    with one.spending("timed_ns"):
                        self._time(one, active, pass_index=index, position=position)
            held.passes = index + 1

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
                for name, number in self.past.sizes.lengthen(one.arm.name, longer, paced(active)).items():
                    active[name].number = number

    def _finish(self, one: Active, untimed: Untimed | None, *, kept: bool) -> None:
        """Have the worker verify its last result and a changed one, and end it, or its fork where it is kept."""
        if one.record.outcome != Outcome.OK:
            return
        self._tell(f"verifying the last results of {one.arm.name}")
        one.process.resume()
        with one.spending("verifying_ns"):
            reply = self._ask(one, protocol.Finish(), protocol.Finished)
        if not reply:
            return
        one.record = finished(one.record, reply)
        if untimed == "explain" or (untimed and one.call_ns <= LONGEST_COUNTED_NS):
            self._count(one, protocol.Count(explained=untimed == "explain"))
        with one.spending("starting_ns"):
            if not (kept and not one.process.ended and self._ask(one, protocol.Leave(), protocol.Leaving)):
                one.process.end()

    def _count(self, one: Active, order: protocol.Count) -> None:
        """Have the worker count what an evaluation does; the case is ok whatever comes of that."""
        self._tell(f"counting what {one.arm.name} does")
        with suppress(Ended), one.spending("counting_ns"):
            reply = _asked(one.process, one.arm.name, order, protocol.Counted, self._timeout_s)
            one.record = counted(one.record, reply)

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


def _asked(
    process: WorkerProcess,
    name: str,
    order: Order,
    expected: type[Answer],
    timeout_s: float,
    *,
    meanwhile: Callable[[], None] | None = None,
) -> Answer:
    """Return what a worker replies; ForeignCode, with the name of its case, where it has loaded that."""
    try:
        return process.ask(order, expected, timeout_s, meanwhile=meanwhile)
    except ForeignCode as error:
        raise ForeignCode(f"{name}: {error}") from error
