"""Made-up runs with known numbers: what tests of verdicts, sections and reports read instead of measuring."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bench.machine.load import Activity
from bench.problems.case import Case, Size
from bench.store.journal import Journal
from bench.store.records import SCHEMA, Arm, Left, ProblemRecord, Role, Round, Run, Settings
from bench.store.worker_records import Burst, Outcome, Peak, Pool, Verification, Worker

SIZE_M = Size(name="M", values={"m": 10000, "n": 64, "p": 25})


class Spec(Struct, frozen=True, kw_only=True):
    """An arm to be made up."""

    name: str
    ms: float = 1.0
    """Milliseconds a call, about which the samples lie."""
    title: str = ""
    layout: str = "C"
    baseline: bool = False
    faults: int = 0
    """Minor page faults a call."""
    peak: int | str | None = None
    """Bytes of its peak of memory, about which the rounds lie, or why that is unknown; None where nobody looked."""
    noise: float = 0.002
    """Standard deviation of a burst's logarithm."""
    slow_rounds: tuple[int, ...] = ()
    """Rounds in which a call takes a quarter more: what makes a case bimodal."""
    outcome: Outcome = Outcome.OK
    reason: str | None = None
    error: float = 0.02
    """Error over tolerance."""
    blas: str = "openblas"
    """What the workers' pool is called."""
    own_clock: bool = False
    """Whether another program computes, and its clock is read."""
    started: bool = True
    """Whether workers were started for it; if not, it is among those left."""
    environment: str = ""
    law: Callable[[Case], float | None] | None = None
    """Milliseconds a call of a case, in place of `ms`; None for a case that was left out."""


#: The usual run: a slow baseline, two fast ones close to each other, one wrong and one that is not there.
USUAL = (
    Spec(name="loop_hoisted", ms=72.0, title="Per-sample loop, the rest hoisted out of it.", baseline=True),
    Spec(name="row_major", ms=3.0, title="Samples as rows, no transposes.", faults=900),
    Spec(name="inplace", ms=3.2, title="Preallocated buffers."),
    Spec(
        name="dropped", title="One dropped.", outcome=Outcome.WRONG, reason="grad_w1 is 3.2 tolerances off", error=3.2
    ),
    Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba", title="Compiled."),
)

#: For sizes that differ in m: the second is slower below m = 10 and faster above.
SWEPT = (
    Spec(name="loop", baseline=True, law=lambda case: 0.1 + 0.1 * case.size.values["m"], title="Sample by sample"),
    Spec(name="rows", law=lambda case: 0.99 + 0.011 * case.size.values["m"], title="Whole arrays"),
)


def make_sizes(*values: int) -> tuple[Size, ...]:
    """Return sizes that differ in m."""
    return tuple(Size(name=f"m={m},n=64,p=25", values={"m": m, "n": 64, "p": 25}) for m in values)


def make_case(
    spec: Spec, *, problem: str = "backprop", size: Size = SIZE_M, dtype: str = "float64", threads: int = 1
) -> Case:
    """Return the case of an arm."""
    return Case(
        problem=problem,
        implementation=spec.name,
        size=size,
        dtype=dtype,
        layout=spec.layout,
        threads=threads,
        allocator="default",
        environment=spec.environment,
    )


class _Plan(Struct, frozen=True, kw_only=True):
    """What the parts of a run share while it is made up."""

    specs: dict[str, Spec]
    """Name of an arm -> what it was made from."""
    passes: int
    random: Random


def make_run(
    arms: Sequence[Spec] = USUAL,
    *,
    rounds: int = 8,
    passes: int = 4,
    seed: int = 20130829,
    problem: str = "backprop",
    again: bool = True,
    sizes: Sequence[Size] = (SIZE_M,),
    dtypes: Sequence[str] = ("float64",),
    threads: Sequence[int] = (1,),
    discarded: Sequence[int] = (),
    **changes: Any,
) -> Run:
    """Return a run of `arms`, a group for each size, dtype and number of threads; the same arguments give the same run.

    Parameters
    ----------
    again
        Whether the baseline is measured twice.
    discarded
        Indices of the rounds that do not count.
    changes
        Fields of Run that are to be otherwise, as ``warnings=("...",)``.
    """
    conditions = tuple(product(sizes, dtypes, threads))
    made, left, specs = _arms(arms, problem, conditions, again=again)
    plan = _Plan(specs=specs, passes=passes, random=Random(seed))
    groups = dict.fromkeys(arm.case.group for arm in made)
    members = [[arm for arm in made if arm.case.group == group] for group in groups]
    made_rounds = [_round(index, arms_of_one, plan) for index in range(rounds) for arms_of_one in members]
    run = Run(
        schema=SCHEMA,
        id=f"20261123T120000Z-{problem}-0123abcd",
        created="2026-11-23T12:00:00Z",
        settings=Settings(
            seed=seed, margin=0.03, rounds=rounds, budget_s=None, timeout_s=60.0, command=("implbench", "run", problem)
        ),
        problem=_problem(problem, groups),
        environment={},
        warnings=(),
        arms=tuple(made),
        left=tuple(left),
        rounds=tuple(
            replace(one, discarded="the clock jumped by 3 s") if one.index in discarded else one for one in made_rounds
        ),
    )
    return replace(run, **changes)


def _arms(
    arms: Sequence[Spec], problem: str, conditions: Sequence[tuple[Size, str, int]], *, again: bool
) -> tuple[list[Arm], list[Left], dict[str, Spec]]:
    made: list[Arm] = []
    left: list[Left] = []
    specs: dict[str, Spec] = {}
    for (size, dtype, threads), given in product(conditions, arms):
        case = make_case(given, problem=problem, size=size, dtype=dtype, threads=threads)
        ms = given.law(case) if given.law else given.ms
        spec = replace(given, ms=ms or 0.0)
        if not spec.started or ms is None:
            left.append(Left(case=case, title=spec.title, outcome=spec.outcome, reason=spec.reason or ""))
            continue
        for role in _roles(spec, again=again):
            made.append(Arm(name=case.id + " (again)" * (role == Role.AGAIN), case=case, title=spec.title, role=role))
            specs[made[-1].name] = spec
    return made, left, specs


def _roles(spec: Spec, *, again: bool) -> tuple[Role, ...]:
    if not spec.baseline:
        return (Role.CASE,)
    return (Role.BASELINE, Role.AGAIN) if again else (Role.BASELINE,)


def _problem(name: str, groups: Iterable[str]) -> ProblemRecord:
    return ProblemRecord(
        name=name,
        title="Gradient of a sparse autoencoder",
        formula="",
        digest="ab" * 32,
        outputs=("grad_w1",),
        data="patches",
        work={group: {"flops": 1.4e8, "bytes": 2.2e7} for group in groups},
    )


def _round(index: int, arms: Sequence[Arm], plan: _Plan) -> Round:
    return Round(
        index=index,
        group=arms[0].case.group,
        start_ns=index * 10**10,
        duration_ns=9 * 10**9,
        hash_seed=1,
        padding=100,
        passes=plan.passes,
        load=Activity(load_before=1.0, load_after=1.0, busy=(0.9, 0.05), steal=(0.0, 0.001), frequency_hz=2.4e9),
        workers=tuple(_worker(index, place, arm.name, plan=plan) for place, arm in enumerate(arms)),
    )


def disturbed(run: Run, implementation: str) -> Run:
    """Return a run in which all samples of an implementation but a burst's fastest waited for another program."""
    random = Random(4)
    arms = {arm.name for arm in run.arms if arm.case.implementation == implementation}

    def waited(burst: Burst) -> Burst:
        least = min(burst.sample_ns)
        samples = (ns if ns == least else round(ns * (2 + random.expovariate(1.0))) for ns in burst.sample_ns)
        return replace(burst, sample_ns=tuple(samples))

    def worker(one: Worker) -> Worker:
        return replace(one, bursts=tuple(map(waited, one.bursts))) if one.arm in arms else one

    return replace(run, rounds=tuple(replace(one, workers=tuple(map(worker, one.workers))) for one in run.rounds))


def _worker(index: int, place: int, arm: str, *, plan: _Plan) -> Worker:
    spec = plan.specs[arm]
    passes = range(plan.passes) if spec.outcome == Outcome.OK else ()
    return Worker(
        arm=arm,
        pid=1000 + place,
        spawn_position=place,
        position=place,
        outcome=spec.outcome,
        reason=spec.reason,
        affinity=(0,),
        pools=(Pool(library=spec.blas, version="0.3.31", kernel="SkylakeX", threads=1),),
        layout={"x": spec.layout[0]},
        malloc={},
        prepare_ns=10**6,
        first_call_ns=10**7,
        warmup_calls=5,
        verification=(Verification(output="grad_w1", error_over_tolerance=spec.error, max_ulp=3.0),),
        bursts=tuple(
            _burst(spec, slow=index in spec.slow_rounds, place=(index, one, place), random=plan.random)
            for one in passes
        ),
        output_tail="",
        own_clock=spec.own_clock,
        peak=_peak(index, spec),
    )


def _peak(index: int, spec: Spec) -> Peak | None:
    """Return the peak of memory in a round: a page more or less than in the one before."""
    if spec.peak is None:
        return None
    if isinstance(spec.peak, str):
        return Peak(resident_bytes=None, reason=spec.peak)
    return Peak(resident_bytes=spec.peak + 4096 * (index % 3))


def _burst(spec: Spec, *, slow: bool, place: tuple[int, int, int], random: Random) -> Burst:
    """Return the burst of a round, pass and position; its second sample is the fastest."""
    index, pass_index, position = place
    least_ns = spec.ms * (1.25 if slow else 1.0) * 1e6 * exp(random.gauss(0.0, spec.noise))
    samples = tuple(round(least_ns * (1 + 0.01 * extra)) for extra in (2, 0, 1, 3, 1))
    return Burst(
        pass_index=pass_index,
        position=position,
        start_ns=index * 10**10 + pass_index * 10**8 + position * 10**6,
        number=1,
        sample_ns=samples,
        cpu_ns=sum(samples),
        minor_faults=spec.faults * len(samples),
        involuntary_switches=0,
    )


def samples(run: Run, arm: Arm) -> list[float]:
    """Return the seconds per call of every sample of an arm, in the order in which they were taken."""
    return [
        ns * 1e-9 / burst.number
        for one in run.rounds
        if one.discarded is None
        for worker in one.workers
        if worker.arm == arm.name
        for burst in worker.bursts
        for ns in burst.sample_ns
    ]


def journal_of(run: Run, folder: Path) -> Journal:
    """Return the journal of a run while it is made, with all its rounds."""
    journal = Journal(folder, replace(run, rounds=(), id=""))
    for one in run.rounds:
        journal.append(one)
    return journal
