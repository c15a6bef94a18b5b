"""Made-up runs in which was counted what each implementation does."""

from msgspec import Struct
from msgspec.structs import replace

from bench.store.profile_records import Line
from bench.store.worker_records import Call, CallKind, Costs, Counts
from tests.builders import Spec, make_run

#: A call takes 0.25 us, a fault 1 us; 100 GFLOP/s, 30 GB/s.
COSTS = Costs(call_ns=dict.fromkeys(CallKind, 250.0), fault_ns=1000.0, product_flops_per_s=100e9, pass_bytes_per_s=30e9)


class Does(Struct, frozen=True, kw_only=True):
    """What an implementation does in one evaluation."""

    calls: tuple[Call, ...] | None = ()
    allocated_bytes: int | None = 27_000
    smallest_ns: int | None = 12_000
    lines: tuple[Line, ...] | None = None
    lines_watched: float = 1.0


def passes(times, *, moved, ns=0, mixed=False):
    """Return element-wise calls that move so many bytes together."""
    operands = ("(25, 10000) C", "(25, 10000) F" if mixed else "(25, 10000) C")
    return Call(
        name="multiply",
        kind=CallKind.ELEMENTWISE,
        operands=operands,
        mixed=mixed,
        times=times,
        flops=moved / 24,
        bytes=moved,
        ns=ns,
    )


def products(times, *, flops=9.6e7, ns):
    """Return matrix products of so many operations together."""
    operands = ("(25, 10000) F", "(10000, 64) C")
    return Call(
        name="dot", kind=CallKind.PRODUCT, operands=operands, mixed=True, times=times, flops=flops, bytes=0, ns=ns
    )


#: A loop, whole arrays with page faults, the same in place, compiled code, and one that stands no observed arrays.
USUAL = (
    Spec(name="loop_hoisted", ms=72.0, baseline=True),
    Spec(name="vectorized", ms=6.0, faults=935),
    Spec(name="inplace", ms=4.0),
    Spec(name="c_fused", ms=1.5),
    Spec(name="torch_eager", ms=3.0),
    Spec(name="octave", ms=10.0, own_clock=True),
)

DOES = {
    "loop_hoisted": Does(
        calls=(passes(110_000, moved=80_000_000, ns=90_000_000), products(30_000, ns=50_000_000)),
        allocated_bytes=276_000_000,
    ),
    "vectorized": Does(
        calls=(passes(14, moved=80_000_000, ns=2_500_000, mixed=True), products(3, ns=1_500_000)),
        allocated_bytes=16_000_000,
    ),
    "inplace": Does(calls=(passes(13, moved=80_000_000, ns=1_500_000), products(5, ns=2_400_000))),
    "c_fused": Does(calls=()),
    "torch_eager": Does(calls=None),
    "octave": Does(calls=()),
}


def make_explained(arms=USUAL, does=DOES, ladder=("loop_hoisted", "vectorized", "inplace", "c_fused"), **changes):
    """Return a run whose first round holds the counts of those implementations that are in `does`."""
    run = make_run(arms, **changes)
    names = {arm.name: arm.case.implementation for arm in run.arms}

    def counted(worker):
        found = does.get(names[worker.arm])
        if found is None:
            return worker
        counts = Counts(
            allocations=17,
            allocated_bytes=found.allocated_bytes,
            peak_bytes=11_000_000,
            python_calls=6,
            c_calls=4,
        )
        return replace(
            worker,
            counts=counts,
            calls=found.calls,
            lines=found.lines,
            lines_watched=found.lines_watched,
            costs=COSTS,
            smallest_ns=found.smallest_ns,
        )

    first = replace(run.rounds[0], workers=tuple(counted(worker) for worker in run.rounds[0].workers))
    problem = replace(run.problem, ladder=ladder)
    return replace(run, problem=problem, rounds=(first, *run.rounds[1:]))
