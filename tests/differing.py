"""Made-up workers of two versions, of which it is known what each does."""

from msgspec.structs import replace

from bench.store.profile_records import Profiled
from bench.store.worker_records import OTHERS, Call, CallKind, Counts
from tests.builders import Spec, make_run
from tests.explained import COSTS

(_BLANK,) = make_run((Spec(name="one", ms=1.0, baseline=True),), rounds=1).rounds[0].workers[:1]


def call(name, *shapes, times=1, ns=1000, kind=CallKind.ELEMENTWISE):
    """Return calls on arrays of these shapes, in C order."""
    operands = tuple(f"{shape} C" for shape in shapes)
    return Call(name=name, kind=kind, operands=operands, mixed=False, times=times, flops=0.0, bytes=0, ns=ns)


def rest(number, *, ns=10):
    """Return calls that are told together."""
    return replace(call("add", ns=ns), name=f"{number}{OTHERS}", operands=())


def function(name, *, calls=1.0, own_us=100.0, file="rows.py"):
    """Return a function that takes so long itself in an evaluation."""
    return Profiled(name=name, file=file, calls=calls, own_ns=round(own_us * 1000))


def worker(*, calls=(), functions=(), allocations=1, allocated_bytes=800, peak_bytes=800, **changes):
    """Return a worker that was explained."""
    counts = Counts(
        allocations=allocations, allocated_bytes=allocated_bytes, peak_bytes=peak_bytes, python_calls=1, c_calls=1
    )
    return replace(_BLANK, counts=counts, calls=calls, functions=functions, costs=COSTS, **changes)


SQUARE = (64, 64)

#: A function is called twice as often; a shape has changed; a product has become a loop.
TWICE = (
    worker(calls=(call("add", SQUARE, SQUARE, times=100, ns=100_000),), functions=(function("pairs", calls=100),)),
    worker(
        calls=(call("add", SQUARE, SQUARE, times=200, ns=200_000),),
        functions=(function("pairs", calls=200, own_us=190.0),),
    ),
)
SHAPE = (worker(calls=(call("exp", (100, 10)),)), worker(calls=(call("exp", (1000, 10), ns=9000),)))
LOOP = (
    worker(
        calls=(call("matmul", SQUARE, SQUARE, ns=20_000, kind=CallKind.PRODUCT),),
        functions=(function("gram", own_us=30.0),),
    ),
    worker(
        calls=(
            call("matmul", SQUARE, (64,), times=64, ns=60_000, kind=CallKind.PRODUCT),
            call("getitem", SQUARE, times=64, kind=CallKind.INDEX),
        ),
        functions=(function("gram", own_us=90.0),),
        allocations=65,
    ),
)
