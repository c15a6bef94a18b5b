"""One round: a fresh worker for each arm, started, timed in turns, checked again and ended."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from ..machine import affinity, hardware, load, suspension
from ..problems.case import Case
from ..store.records import Arm, Round
from ..store.worker_records import Outcome
from ..worker import protocol
from ..worker.protocol import InputsWritten
from . import round_plan, seen
from .asking import Asking
from .case_spec import case_spec
from .counting import Counting, Untimed
from .ended import Ended
from .filler import filler
from .group import Group, Source
from .recording import (
    Active,
    OpenRound,
    Past,
    changed,
    discarded,
    paced,
    prepared,
    unfinished,
    unmeasured,
    with_burst,
)
from .round_plan import RoundPlan, TurnChooser, Turns
from .verifiers import Verifiers
from .verifying import Verifying, contradicted
from .worker_pool import WorkerPool
from .worker_supply import WorkerSupply


class ProcessRoundExecutor:
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
        """Take `untimed`, what each worker of a first round is asked for behind its bursts."""
        self._scratch = scratch
        self._cpus = hardware.allowed_cpus()
        self.past = Past()
        self._asking = Asking(timeout_s, tell, self.past)
        self._counting = Counting(untimed, self._asking, scratch)
        self._supply = WorkerSupply(scratch, memory_bytes, self._cpus)
        self._verifiers = Verifiers(timeout_s)
        self._scheduling = affinity.scheduling([os.getpid()])
        self._open: OpenRound | None = None

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
        """Hold one round of the arms in the plan and return its record; a pool's workers serve other groups too.

        The workers of the `following` round are started once nothing is timed any more.
        """
        affinity.keep_off(plan.cpus, self._cpus)
        asleep = suspension.Watch()
        self._verifying = Verifying(self._verifiers, group, self._scratch)
        held = self._open = OpenRound(
            index=index, group=group.name, plan=plan, before=load.snapshot(), started_ns=time.monotonic_ns()
        )
        arms = {arm.name: arm for arm in (*group.arms, *group.limits)}
        with ExitStack() as stack:
            stack.callback(self._verifying.close)
            for name in plan.spawn_order:
                held.active.append(self._spawned(arms[name], group, plan, pool or stack))
            self._supply.end_ahead()
            self._bind(held.active, plan.cpus)
            for one in held.active:
                self._start(one, group, forks=pool is not None)
            warm = {one.arm.name: one for one in held.active if one.call_ns}
            turns = self._turns(warm, choose_turns, time.monotonic_ns() - held.started_ns)
            for name, one in warm.items():
                self._time_on(one, group, turns[name].passes)
            self._interleave(held, warm, turns)
            explains = index == 0 and self._counting.explains  # it times, too: nothing is started beside it
            names = following.spawn_order if following and not explains else ()
            coming = (arms[name] for name in names if name in warm)
            for one in held.active:
                self._supply.start_ahead(next(coming, None), group, following)
                self._finish(one, group, counts=index == 0, stays=pool is not None)
            self._verifying.require_untouched()
        self._open = None
        return held.so_far(next((one.lost for one in held.active if one.lost), None) or asleep.told())

    def unfinished(self) -> Round | None:
        """Return what is known of the round that is being held, or was when it was interrupted; None where none is."""
        return unfinished(self._open.so_far()) if self._open else None

    def write_inputs(self, case: Case, source: Source, folder: Path, *, seed: int) -> InputsWritten | Ended:
        """Have a worker make inputs, reference and tolerance of a case; return its reply, or how that ended."""
        spec = case_spec(case, source, folder, problem=source.problem, scratch=self._scratch)
        try:
            return self._verifiers.make(spec, source, self._supply.of_verifier(source), seed=seed)
        except Ended as ended:
            return ended

    @property
    def start_s(self) -> float | None:
        """The shortest time in which a process was started that made inputs; None before there was one."""
        return self._verifiers.start_s

    def abandon_inputs(self) -> None:
        """End the workers that make inputs, from another thread than those that wait for them."""
        self._verifiers.abandon()

    def _spawned(self, arm: Arm, group: Group, plan: RoundPlan, keeper: WorkerPool | ExitStack) -> Active:
        """Start a worker, or take one that serves other groups too."""
        started = time.monotonic_ns()
        self._verifiers.untouched.add_interpreter(group.sources[arm.name].environment.python)
        process, conditions = self._supply.worker(arm, group, plan, keeper)
        active = Active(arm=arm, process=process, record=unmeasured(arm, process.pid, plan, conditions.environment))
        active.spent_ns["starting_ns"] = time.monotonic_ns() - started
        return active

    def close(self) -> None:
        """End all workers that are left: those that know what is right, and those of a round that was never held."""
        self._supply.end_ahead()
        self._verifiers.close()

    def _bind(self, active: Sequence[Active], cpus: Sequence[int]) -> None:
        """Wait until new workers have loaded what they all load, on whatever CPUs, and bind them to those of the round.

        Nothing is timed meanwhile, and nothing of their cases is loaded before.
        """
        for one in (one for one in active if one.process.is_new):
            self._asking.tell(f"starting {one.arm.name}")
            with one.spending("starting_ns"):
                if self._asking.ask(one, protocol.Wake(), protocol.Awake):
                    one.process.bind(cpus)

    def _start(self, active: Active, group: Group, *, forks: bool) -> None:
        """Let a worker prepare and warm up, stop it, and have the result of its first call verified."""
        if active.record.outcome != Outcome.OK:
            return
        arm, place = active.arm, self._verifying.place()
        self._asking.tell(f"preparing {arm.name}")
        source, inputs = group.sources[arm.name], group.inputs[arm.name]
        problem = source.problem if arm in group.limits else group.problem
        order = protocol.Start(
            spec=case_spec(arm.case, source, inputs, problem=problem, scratch=self._scratch),
            implementation=source.implementation.function or source.implementation.name,
            apart=(source.folder, source.implementation.module) if source.implementation.apart else None,
            kept=place,
            own_clock=source.implementation.name in problem.clocks,
            copies_inputs=source.implementation.copies_inputs,
            layout=group.orders[arm.name],
            filler=filler(self._scratch) if arm.case.cache == "cold" else None,
            forks=forks,
            own_pages=source.environment.record is not None,
        )
        with active.spending("verifying_ns"):
            reply = self._asking.ask(active, order, protocol.Started)
            if reply:
                active.process.pause()
                self._asking.unless_ended(active, lambda: self._verifying.first(active, inputs, place, reply.kept))
        if reply and active.record.outcome == Outcome.OK:
            active.record = prepared(active.record, reply, copies=order.copies_inputs)
            active.spent_ns.update(preparing_ns=reply.preparing_ns, warming_ns=reply.warming_ns)
            active.spent_ns["verifying_ns"] -= reply.preparing_ns + reply.warming_ns
            active.call_ns, active.number = reply.call_ns, reply.number

    def _turns(self, warm: Mapping[str, Active], choose_turns: TurnChooser, took_ns: int) -> Mapping[str, Turns]:
        """Give the arms that have warmed up the sizes of their bursts, and return the turns of each."""
        for name, size in self.past.sizes.of(paced(warm)).items():
            warm[name].number, warm[name].samples = size
        turns = choose_turns({name: one.size for name, one in warm.items()}, took_ns)
        for name, one in warm.items():
            one.samples = turns[name].samples
        return turns

    def _time_on(self, one: Active, group: Group, passes: int) -> None:
        """Give a worker that is warm other contents than it was prepared on, to be timed on."""
        copies = group.sources[one.arm.name].implementation.copies_inputs
        self._verifying.draw(one, passes)
        if passes and self._verifying.wants_others(one, group.inputs[one.arm.name], copies=copies):
            with one.spending("verifying_ns"):
                self._change(one, group, protocol.TIMED)

    def _change(self, one: Active, group: Group, name: str) -> protocol.Changed | None:
        """Have a worker change to other contents, and stop it; None when its case ended with that."""

        def ask(order: protocol.Change) -> protocol.Changed:
            one.process.resume()
            return self._asking.answer(one, order, protocol.Changed)

        inputs = group.inputs[one.arm.name]
        reply = self._asking.unless_ended(one, lambda: self._verifying.change(one, inputs, name, ask))
        if reply:
            one.process.pause()
            one.record = changed(one.record, reply)
        return reply

    def _interleave(self, held: OpenRound, active: Mapping[str, Active], turns: Mapping[str, Turns]) -> None:
        """Time one burst of each arm that is warm in each of its passes; all but who is timed are stopped."""
        passes = max((one.passes for one in turns.values()), default=0)
        for index in range(passes):
            self._asking.tell(f"pass {index + 1} of {passes}, {held.group}")
            for position, arm in enumerate(round_plan.order_of_pass(held.plan.positions, index)):
                one = active.get(arm)
                if one and one.record.outcome == Outcome.OK and index < turns[arm].passes:
                    with one.spending("timed_ns"):
                        self._time(one, active, pass_index=index, position=position)
            held.passes = index + 1

    def _time(self, one: Active, active: Mapping[str, Active], *, pass_index: int, position: int) -> None:
        """Time a burst; where its samples are too short for the clock, again with more calls in each."""
        longer: int | None = one.number
        said: list[seen.Contradiction] = []
        while longer is not None and len(said) < seen.MOST_CONTRADICTIONS:
            place = self._verifying.place() if pass_index in one.keeps else None
            order = protocol.TimeBurst(
                pass_index=pass_index, position=position, number=one.number, samples=one.samples, kept=place
            )
            reply, contradiction = self._timed(one, order)
            if reply is None:
                return
            if contradiction:
                said.append(contradiction)
                one.record = discarded(one.record, reply, contradiction.reason)
                continue
            one.record, longer = with_burst(one.record, reply), reply.longer
            if place:
                self._asking.unless_ended(one, partial(one.keep, place / str(len(reply.discarded)), reply.kept))
            if longer is not None:
                for name, number in self.past.sizes.lengthen(one.arm.name, longer, paced(active)).items():
                    active[name].number = number
        if longer is not None:
            self._asking.unless_ended(one, partial(contradicted, said))

    def _timed(
        self, one: Active, order: protocol.TimeBurst
    ) -> tuple[protocol.BurstTimed | None, seen.Contradiction | None]:
        """Have a worker time a burst; return its reply, and how what is seen of the worker contradicts that."""
        one.process.resume()
        before = one.process.seen()
        reply = self._asking.ask(one, order, protocol.BurstTimed)
        if reply is None:
            return None, None
        after = one.process.seen()
        one.process.pause()
        earlier, left = (seen.moved(look, one.record.affinity, self._scheduling) for look in (before, after))
        if earlier and one.stayed:
            return reply, seen.by_others(earlier)
        one.stayed = left is None
        return reply, left or seen.contradiction(
            before, after, told_ns=reply.took_ns, threads=one.arm.case.threads or 1
        )

    def _finish(self, one: Active, group: Group, *, counts: bool, stays: bool) -> None:
        """Have a worker's results verified, and one on contents new to it; end it, or its fork where it stays.

        The baseline, when it is measured again, has done all that in its first worker.
        """
        if one.record.outcome != Outcome.OK:
            return
        self._asking.tell(f"verifying the last results of {one.arm.name}")
        with one.spending("verifying_ns"):
            if one.arm.again or self._change(one, group, protocol.LAST):
                self._asking.unless_ended(one, lambda: self._verifying.all_of(one, group.inputs[one.arm.name]))
        if one.record.outcome != Outcome.OK:
            return
        one.process.resume()
        if counts:
            self._counting.ask(one, group.sources[one.arm.name].environment.python)
        with one.spending("starting_ns"):
            if not (stays and not one.process.ended and self._asking.ask(one, protocol.Leave(), protocol.Leaving)):
                one.process.end()
