"""Made-up runs beside which the limits of a machine were measured, with known rates."""

from random import Random

from msgspec.structs import replace

from bench.problems.case import Case, Size
from bench.store.records import Arm, Limit, Role
from bench.store.worker_records import Burst, Outcome, Worker
from tests.builders import make_run

#: Problem, bytes of the arrays (for gemm the side of the matrices), resource, whether it applies, and rate a second.
USUAL = (
    ("gemm", 1024, "flops", True, 100e9),
    ("read", 22_000_000, "bytes", True, 30e9),
    ("add", 22_000_000, "bytes", True, 25e9),
    ("read", 268_435_456, "bytes", False, 15e9),
)


def limited(run=None, limits=USUAL, *, failed=(), noise=0.002):
    """Return a run with limits of those rates in each of its rounds; of the problems in `failed` none was measured."""
    run = make_run() if run is None else run
    random = Random(20090401)
    made = {group: [_limit(group, *one) for one in limits] for group in run.problem.work}
    rates = {_limit(group, *one).arm.name: one[-1] for group in made for one in limits}

    def worker(one, like):
        bad = one.arm.case.problem in failed
        ns = one.work[one.resource] / rates[one.arm.name] * 1e9
        bursts = tuple(
            Burst(
                pass_index=burst.pass_index,
                position=burst.position,
                start_ns=burst.start_ns,
                number=1,
                sample_ns=tuple(round(ns * (1 + abs(random.gauss(0, noise)))) for _ in range(5)),
                cpu_ns=None,
                minor_faults=None,
                involuntary_switches=None,
            )
            for burst in like.bursts
        )
        told = {"outcome": Outcome.UNSUPPORTED, "reason": "it computes in one thread"} if bad else {}
        return replace(like, arm=one.arm.name, bursts=() if bad else bursts, **told)

    rounds = tuple(
        replace(one, workers=(*one.workers, *(worker(limit, _timed(one.workers)) for limit in made[one.group])))
        for one in run.rounds
    )
    return replace(run, rounds=rounds, limits=tuple(limit for found in made.values() for limit in found))


def working(run, flops, moved):
    """Return a run whose problem has so many flops and bytes a call."""
    work = {group: {"flops": flops, "bytes": moved} for group in run.problem.work}
    return replace(run, problem=replace(run.problem, work=work))


def _timed(workers) -> Worker:
    return next(worker for worker in workers if worker.bursts)


def _limit(group, problem, size, resource, applies, _rate):
    key = "n" if problem == "gemm" else "bytes"
    case = Case(
        problem=problem,
        implementation="dot",
        size=Size(name=f"{key}={size}", values={key: size}),
        dtype="float64",
        layout="C",
        threads=1,
        allocator="default",
    )
    arm = Arm(name=f"{case.id} beside {group}", case=case, title="np.dot", role=Role.LIMIT)
    work = (
        {"flops": 2.0 * size**3, "bytes": 24.0 * size**2} if problem == "gemm" else {"flops": size / 8, "bytes": size}
    )
    return Limit(group=group, arm=arm, resource=resource, applies=applies, work=work)
