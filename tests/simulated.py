"""A machine that is made up: rounds of known truth, without a process and on a clock of their own.

    simulation = Simulation(truth=lambda arm, source, index: 0.002)
    Runner(problem, settings, listener, decided=decided, backend=simulation.backend()).run(arms, left, results)

gives the records that real workers would give if a call took 2 ms, bent by the noise that is asked for. Budgets run out
in simulated seconds. `Simulation.everywhere(monkeypatch)` has the commands and the pytest plugin measure on it, too.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from bench.machine.load import Activity
from bench.measure import backends, recording, selection
from bench.measure.backends import Backend
from bench.measure.counting import UNCOUNTED, Untimed
from bench.measure.ended import Ended
from bench.measure.group import Group, Source
from bench.measure.recording import Past
from bench.measure.round_plan import BurstSize, Paced, RoundPlan, TurnChooser, Turns, order_of_pass
from bench.measure.worker_pool import WorkerPool
from bench.problems.case import Case
from bench.store.records import Arm, Round
from bench.store.worker_records import Burst, Outcome, Pool, Spent, Verification, Worker
from bench.worker.protocol import InputsWritten
from bench.worker.untimed import Tracked
from tests import noise
from tests.noise import Noise
from tests.truth import Law, Truth, written

#: The least time of a sample, and its least length in steps of the clock.
SHORTEST_SAMPLE_NS, SHORTEST_SAMPLE_STEPS = 100_000, 1000


class Clock:
    """Shows simulated seconds; it goes on only when something takes time."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def __call__(self) -> float:
        """Return seconds, as time.monotonic does."""
        return self.now_ns * 1e-9

    def spend(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ns += round(seconds * 1e9)


@dataclass(kw_only=True)
class Simulation:
    """What is true, what bends it, and the machine that it is measured on."""

    truth: Law = written
    noise: Noise = noise.NONE
    seed: int = 20090401
    step_ns: int = 100
    """Smallest step of the clock that samples are timed with."""
    times_slower: float = 1.0
    """How much longer everything takes than the truth says: another CPU."""
    cpus: tuple[int, ...] = (0, 1)
    start_s: float = 0.25
    """Time to start one worker."""
    prepare_s: Callable[[Case], float] = lambda case: 0.0
    """What preparing a case takes: compiling, if it is long."""
    discarded: Mapping[int, str] = field(default_factory=dict)
    """Place among all rounds of the simulation, from 0 -> why it is discarded."""
    matrices: Sequence[str] = ("x", "y")
    work: Callable[[Case], Mapping[str, float]] = lambda case: {"flops": 1e6, "bytes": 1e6}
    inputs_reason: str | None = None
    """Why the problem gives no inputs."""
    doubt: str | None = None
    """Why a remembered answer cannot be told from a computed one, as making inputs tells."""
    blas: str | None = "openblas"
    """The library of the workers' thread pool; None where there is none."""
    kernel: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    activity: Activity = field(
        default_factory=lambda: Activity(load_before=None, load_after=None, busy=(), steal=(), frequency_hz=None)
    )
    clock: Clock = field(default_factory=Clock)
    held: list[Round] = field(default_factory=list)
    """Every round that was held, those of inputs that were only checked among them."""
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.pids = count(1000)

    def backend(self) -> Backend:
        """Return what Runner, check, Comparer and Remeasurer take."""

        def made(
            *,
            scratch: Path,
            timeout_s: float,
            memory_bytes: int | None = None,
            tell: Callable[[str], None],
            untimed: Untimed | None = None,
        ) -> SimulatedExecutor:
            return SimulatedExecutor(self, timeout_s=timeout_s, tell=tell, untimed=untimed)

        return Backend(
            executor=made,
            monotonic_s=self.clock,
            cpus=lambda: self.cpus,
            watch=lambda: self.activity,
            facts=lambda folder: self.facts,
        )

    def say(self, doing: str) -> None:
        """Take note of what is being done, before the listener is told."""
        self.told.append(doing)

    def everywhere(self, monkeypatch: Any) -> "Simulation":
        """Have all commands, and the pytest plugin, measure here."""
        monkeypatch.setattr(backends, "usual", self.backend)
        monkeypatch.setattr(selection, "allowed_cpus", lambda: self.cpus)
        return self


@dataclass(frozen=True, kw_only=True)
class _Start:
    """What the workers of a round start with."""

    group: Group
    plan: RoundPlan
    index: int
    common: float
    """Factor on the times of all of them."""
    pool: WorkerPool | None


@dataclass(kw_only=True)
class _Active:
    """A worker in a round, while the round lasts."""

    arm: Arm
    truth: Truth
    record: Worker
    call_ns: float
    """Of this process: the truth, bent by what befell the process and the round."""
    number: int
    samples: int = 1
    starting_ns: int = 0
    spent_ns: int = 0
    """Beside starting it."""
    counting_ns: int = 0

    @property
    def spent(self) -> Spent:
        """Where the time went."""
        return Spent(starting_ns=self.starting_ns, timed_ns=self.spent_ns, counting_ns=self.counting_ns)

    def ends(self, done: int) -> bool:
        """Return whether it ends otherwise than ok once it has given so many bursts."""
        return self.truth.outcome != Outcome.OK and done >= self.truth.after_bursts


class SimulatedExecutor:
    """Holds rounds as the real one does, in its order, with workers that are made up."""

    def __init__(
        self, machine: Simulation, *, timeout_s: float, tell: Callable[[str], None], untimed: Untimed | None
    ) -> None:
        self._machine = machine
        self._timeout_s = timeout_s
        self._tell = tell
        self._untimed = untimed
        self.past = Past()
        self._pool: WorkerPool | None = None
        self._served: set[str] = set()
        self._begun: Callable[[], Round] | None = None
        self._passes = 0

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
        """Hold one round of the arms in the plan and return its record."""
        machine, started = self._machine, self._machine.clock.now_ns
        arms = {arm.name: arm for arm in (*group.arms, *group.limits)}
        common = machine.noise.of_round(machine.random)
        start = _Start(group=group, plan=plan, index=index, common=common, pool=pool)
        active: dict[str, _Active] = {}
        self._begun = lambda: self._record(start, active, started)
        self._passes = 0
        for name in plan.spawn_order:
            active[name] = self._start(arms[name], start)
        turns = self._turns(active, choose_turns, machine.clock.now_ns - started)
        passes = max((one.passes for one in turns.values()), default=0)
        for place in range(passes):
            self._say(f"pass {place + 1} of {passes}, {group.name}")
            self._pass(place, active, plan, turns)
            self._passes = place + 1
        for one in active.values():
            self._finish(one, counted=index == 0 and one.arm.role not in UNCOUNTED)
        held = replace(self._begun(), discarded=machine.discarded.get(len(machine.held)))
        self._begun = None
        machine.held.append(held)
        return held

    def _record(self, start: _Start, active: Mapping[str, _Active], started_ns: int) -> Round:
        """Return the record of a round as it is now."""
        return Round(
            index=start.index,
            group=start.group.name,
            start_ns=started_ns,
            duration_ns=self._machine.clock.now_ns - started_ns,
            hash_seed=start.plan.hash_seed,
            padding=start.plan.padding,
            passes=self._passes,
            load=Activity(load_before=None, load_after=None, busy=(), steal=(), frequency_hz=None),
            workers=tuple(replace(one.record, spent=one.spent) for one in active.values()),
        )

    def unfinished(self) -> Round | None:
        """Return what is known of the round that is being held; None where none is."""
        return recording.unfinished(self._begun()) if self._begun else None

    def write_inputs(self, case: Case, source: Source, folder: Path, *, seed: int) -> InputsWritten | Ended:
        """Return what making inputs tells; none are made."""
        machine = self._machine
        machine.clock.spend(machine.start_s)
        if machine.inputs_reason:
            return Ended(Outcome.FAILED, machine.inputs_reason)
        return InputsWritten(
            matrices=tuple(machine.matrices), work=dict(machine.work(case)), numeric_stack={}, doubt=machine.doubt
        )

    @property
    def start_s(self) -> float | None:
        """What starting a process takes."""
        return self._machine.start_s

    def abandon_inputs(self) -> None:
        """Do nothing: there is never anything in the making."""

    def close(self) -> None:
        """Do nothing: no worker is started before its round."""

    def _start(self, arm: Arm, start: _Start) -> _Active:
        """Start a worker, unless one of the pool serves this code already, and let it warm up."""
        machine, group, pool = self._machine, start.group, start.pool
        self._say(f"starting {arm.name}")
        before_ns = machine.clock.now_ns
        source = group.sources[arm.name]
        if pool is not self._pool:
            self._pool, self._served = pool, set()
        like = f"{source.problem.file} {arm.case.variant} {arm.again} {group.threads}"
        machine.clock.spend(0.0 if pool and like in self._served else machine.start_s)
        starting_ns = machine.clock.now_ns - before_ns
        machine.clock.spend(machine.prepare_s(arm.case) + (machine.start_s / 10 if pool else 0.0))
        self._served.add(like)
        found = machine.truth(arm, source, start.index)
        truth = found if isinstance(found, Truth) else Truth(seconds=found)
        call_ns = truth.seconds * 1e9 * machine.times_slower * start.common * machine.noise.of_process(machine.random)
        number = 1
        while number * call_ns < max(SHORTEST_SAMPLE_NS, SHORTEST_SAMPLE_STEPS * machine.step_ns):
            number *= 2
        record = replace(_record(arm, start, machine), peak=truth.peak)
        active = _Active(arm=arm, truth=truth, record=record, call_ns=call_ns, number=number)
        machine.clock.spend(7 * call_ns * 1e-9)
        self._end(active, 0)
        active.starting_ns = starting_ns
        active.spent_ns = machine.clock.now_ns - before_ns - starting_ns
        return active

    def _turns(self, active: Mapping[str, _Active], choose_turns: TurnChooser, took_ns: int) -> Mapping[str, Turns]:
        paced = [
            Paced(name=name, case=one.arm.case, number=one.number, call_ns=max(1, round(one.call_ns)))
            for name, one in active.items()
            if one.record.outcome == Outcome.OK
        ]
        known = {
            one.name: BurstSize(call_ns=one.call_ns, number=number, samples=samples)
            for (number, samples), one in zip(self.past.sizes.of(paced).values(), paced, strict=True)
        }
        turns = choose_turns(known, took_ns)
        for name, size in known.items():
            active[name].number, active[name].samples = size.number, turns[name].samples
        return turns

    def _pass(self, place: int, active: Mapping[str, _Active], plan: RoundPlan, turns: Mapping[str, Turns]) -> None:
        for position, name in enumerate(order_of_pass(plan.positions, place)):
            one = active[name]
            if one.record.outcome == Outcome.OK and place < turns[name].passes:
                before_ns = self._machine.clock.now_ns
                one.record = replace(one.record, bursts=(*one.record.bursts, self._burst(one, place, position)))
                self._end(one, len(one.record.bursts))
                one.spent_ns += self._machine.clock.now_ns - before_ns

    def _burst(self, one: _Active, place: int, position: int) -> Burst:
        machine = self._machine
        start_ns, step = machine.clock.now_ns, machine.step_ns
        least = one.call_ns * one.number * machine.noise.of_burst(machine.random, machine.clock())
        sample_ns = tuple(
            max(step, round(least * machine.noise.of_sample(machine.random) / step) * step) for _ in range(one.samples)
        )
        machine.clock.spend(sum(sample_ns) * 1e-9)
        calls = one.number * one.samples
        return Burst(
            pass_index=place,
            position=position,
            start_ns=start_ns,
            number=one.number,
            sample_ns=sample_ns,
            cpu_ns=sum(sample_ns) * (one.arm.case.threads or 1),
            minor_faults=None if one.truth.faults is None else one.truth.faults * calls,
            involuntary_switches=0,
        )

    def _end(self, one: _Active, bursts: int) -> None:
        """End a worker whose time has come otherwise than ok."""
        if one.ends(bursts):
            if one.truth.outcome == Outcome.TIMEOUT:
                self._machine.clock.spend(self._timeout_s)
            one.record = replace(one.record, outcome=one.truth.outcome, reason=one.truth.reason, verification=())

    def _finish(self, one: _Active, *, counted: bool) -> None:
        if one.truth.outcome != Outcome.OK:  # it has given all its bursts, and its last result is checked
            one.record = replace(one.record, outcome=one.truth.outcome, reason=one.truth.reason)
        elif self._untimed and counted:
            self._say(f"counting what {one.arm.name} does")
            seen = ("calls", "functions", "costs") if self._untimed.explains else ()
            more = {name: getattr(one.truth, name) for name in seen}
            one.record = replace(one.record, counts=one.truth.counts, **more)
            one.counting_ns = round(one.truth.counting_s * 1e9)
            self._machine.clock.spend(one.truth.counting_s)
            if self._untimed.pages:
                peak_bytes = one.truth.counts.peak_bytes if one.truth.counts else None
                pages, found = self._untimed.pages, Tracked(peak_bytes=peak_bytes)
                pages.draw(one.arm.case, Path("allocations"), found, python=sys.executable)

    def _say(self, doing: str) -> None:
        self._machine.say(doing)
        self._tell(doing)


def _record(arm: Arm, start: _Start, machine: Simulation) -> Worker:
    """Return the record of a worker that has warmed up."""
    group, plan = start.group, start.plan
    output = next(iter(group.sources[arm.name].problem.outputs), "result")
    error = Verification(output=output, error_over_tolerance=0.02, max_ulp=1.0)
    pool = Pool(library=machine.blas or "", version=None, kernel=machine.kernel, threads=group.threads)
    return Worker(
        arm=arm.name,
        pid=next(machine.pids),
        spawn_position=plan.spawn_order.index(arm.name),
        position=plan.positions.index(arm.name),
        outcome=Outcome.OK,
        reason=None,
        affinity=plan.cpus,
        pools=(pool,) if machine.blas else (),
        layout=dict(group.orders[arm.name]) or {"x": "C"},
        malloc={},
        prepare_ns=1000,
        first_call_ns=1000,
        warmup_calls=5,
        verification=(error,),
        bursts=(),
        output_tail="",
    )
