"""What one worker did: immutable records, which workers send and a round keeps.

All times are integer nanoseconds of the monotonic clock, all sizes bytes; ``None`` is unknown.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import fields

from ..machine.load import Share
from .profile_records import Functions, Lines
from .quantities import Amount, Natural, Positive


class Outcome(StrEnum):
    """How a case ended; only an ok case has a time. None of these says anything of a busy machine."""

    OK = "ok"
    WRONG = "wrong"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    UNAVAILABLE = "unavailable"
    UNSUPPORTED = "unsupported"
    NOT_MEASURED = "not measured"
    """The budget, an interruption or somebody outside ended it; nothing is known of its code."""


#: How a case may end by what its worker says; the other outcomes are seen from outside.
WorkerOutcome = Literal["wrong", "failed", "out-of-memory", "unavailable", "unsupported", "not measured"]

#: What is said beside the title of an implementation that copies its inputs.
ANEW = "prepared anew, untimed, for other inputs"

#: A number of the user's own, of which a mean can be taken.
Figure = Annotated[float, Meta(ge=-1e300, le=1e300)]


class Burst(Struct, frozen=True, kw_only=True):
    """Several samples in a row of one implementation."""

    pass_index: Natural
    position: Natural
    """Place within the pass, from 0."""
    start_ns: Natural
    number: Positive
    """Calls in each sample."""
    sample_ns: Annotated[tuple[Natural, ...], Meta(min_length=1)]
    """Duration of each sample: of `number` calls together."""
    cpu_ns: Natural | None
    """CPU time of the whole process over the burst."""
    minor_faults: Natural | None
    involuntary_switches: Natural | None


class DiscardedBurst(Struct, frozen=True, kw_only=True):
    """A burst that was timed again, and why."""

    burst: Burst
    reason: str


class Pool(Struct, frozen=True, kw_only=True):
    """A thread pool that threadpoolctl saw in the worker."""

    library: str
    """As in ``openblas`` or ``openmp``."""
    version: str | None
    kernel: str | None
    """The BLAS's own name of the kernels it chose for this CPU, as in ``SkylakeX``."""
    threads: Natural


class Verification(Struct, frozen=True, kw_only=True):
    """The error of one output against what is right, a reference or the result of the baseline."""

    output: str
    error_over_tolerance: Amount
    """Largest componentwise error divided by its tolerance; above 1 is wrong."""
    max_ulp: Amount
    """Largest componentwise error in units in the last place of what is right, in the dtype that it is kept in."""


def worst(*checks: Iterable[Verification]) -> tuple[Verification, ...]:
    """Return for each output the largest of either error over several checks."""
    found: dict[str, Verification] = {}
    for error in (error for errors in checks for error in errors):
        kept = found.setdefault(error.output, error)
        found[error.output] = Verification(
            output=error.output,
            error_over_tolerance=max(kept.error_over_tolerance, error.error_over_tolerance),
            max_ulp=max(kept.max_ulp, error.max_ulp),
        )
    return tuple(found.values())


class Counts(Struct, frozen=True, kw_only=True):
    """What one evaluation does, counted apart from the timing; the same on every call."""

    allocations: Natural | None
    """Of array data, by NumPy."""
    allocated_bytes: Natural | None
    """All that was allocated for arrays over the evaluation, whether or not it was given back meanwhile."""
    peak_bytes: Natural | None
    """The most at one time beyond what was there before, of array data and Python objects together."""
    python_calls: Natural | None
    """Calls of Python functions, those inside NumPy among them."""
    c_calls: Natural | None
    """Calls of built-in functions and methods; operators and ufuncs are no such calls."""


class Peak(Struct, frozen=True, kw_only=True):
    """The most memory that was resident in the process during a call, beyond what was before its first one."""

    resident_bytes: Natural | None
    reason: str | None = None
    """Why it is unknown."""


#: Ending of the name of calls that are told together.
OTHERS = " others"

#: How parts of an input are told from the whole of it.
PARTS_OF = "parts of "

#: What a result shares whose own elements lie in each other's memory, as windows of a sequence do.
ITS_OWN = "its own elements"


class CallKind(StrEnum):
    """What a call of NumPy does, as far as its cost goes."""

    PRODUCT = "product"
    """A product of matrices or vectors, done by BLAS."""
    ELEMENTWISE = "element-wise"
    FUNCTION = "function"
    """Element by element too, but arithmetic rather than memory takes its time: exp, log, tanh."""
    REDUCTION = "reduction"
    INDEX = "index"
    """An index or a slice, read or written."""
    OTHER = "other"


class Call(Struct, frozen=True, kw_only=True):
    """What one evaluation calls NumPy for, with the same operands: all these calls together."""

    name: str
    """As in ``add``, ``add.reduce``, ``dot``, ``getitem``; of short ones together as in ``12 others``."""
    kind: CallKind
    operands: tuple[str, ...]
    """Shape and memory order of each array that is read, as in ``(25, 10000) F``."""
    mixed: bool
    """Whether two of these, of more than one axis, lie in different memory orders."""
    times: Natural
    flops: Amount
    bytes: Natural
    """Read and written, of operands and results."""
    ns: Natural
    """Time inside NumPy, on the actual arrays, page faults among it."""

    @property
    def is_rest(self) -> bool:
        """Whether it is several that were too short to be told one by one."""
        return not self.operands and self.name.endswith(OTHERS)


class Costs(Struct, frozen=True, kw_only=True):
    """What things cost in a worker, measured there on the same CPU; in the case's dtype."""

    call_ns: dict[CallKind, Amount]
    """Of a call on arrays of one number: what a call takes whatever it does."""
    fault_ns: Amount | None
    """Of a minor page fault: a page mapped, touched and given back."""
    product_flops_per_s: Amount
    """Of a product of square matrices that fit the cache."""
    pass_bytes_per_s: Amount
    """Of an element-wise sum of arrays as large as the largest input."""


class Spent(Struct, frozen=True, kw_only=True):
    """Where the time went that a round spent on one worker."""

    starting_ns: Natural = 0
    """Until its interpreter and NumPy were loaded, and ending it."""
    preparing_ns: Natural = 0
    """Loading the implementation and its inputs, preparing it and its first call: whatever is compiled, is so there."""
    warming_ns: Natural = 0
    verifying_ns: Natural = 0
    timed_ns: Natural = 0
    counting_ns: Natural = 0
    """What it does, beside the timing, and explaining that."""

    @property
    def total_ns(self) -> int:
        """All together."""
        return sum(getattr(self, field.name) for field in fields(self))


class Worker(Struct, frozen=True, kw_only=True):
    """One implementation in one round: a fresh process."""

    arm: str
    """Name of the arm: the case's id, with a mark behind it where the case takes part in several roles."""
    pid: Natural
    spawn_position: Natural
    position: Natural
    """Place in the first pass."""
    outcome: Outcome
    reason: str | None
    affinity: tuple[int, ...]
    pools: tuple[Pool, ...]
    layout: dict[str, str]
    """The order of each array among its inputs, as the worker found it in the arrays themselves."""
    malloc: dict[str, str]
    prepare_ns: Natural | None
    first_call_ns: Natural | None
    warmup_calls: Natural
    verification: tuple[Verification, ...]
    bursts: tuple[Burst, ...]
    output_tail: str
    """The last of what the worker wrote to stdout and stderr, where it did not end ok; secrets are left out."""
    transfer_ns: Natural | None = None
    """Of `prepare_ns`, what moving the inputs to a device took, where the implementation says so."""
    counts: Counts | None = None
    """None where nothing was counted."""
    calls: tuple[Call, ...] | None = None
    """What it calls NumPy for on its inputs and what comes of them; None where that was not, or could not be, seen."""
    functions: Functions | None = None
    """Python functions that it spends time in, the largest first; None where nobody looked, or it could not be seen."""
    lines: Lines | None = None
    """The lines of the user's own code that it does, likewise."""
    lines_watched: Share = 1.0
    """For which part of its time, the first, these were watched: less than 1 of an evaluation that takes very long."""
    costs: Costs | None = None
    smallest_ns: Natural | None = None
    """Time of an evaluation with 1 in the place of the largest number of the size (`Size.smallest`)."""
    met_ns: Natural | None = None
    """Time of one of its last calls, on contents that it has met before; None of long calls, or where it is unknown."""
    unmet_ns: Natural | None = None
    """The same of its first call on contents that it has not met."""
    anew_ns: Natural | None = None
    """Of who says that it copies its inputs: what it took to prepare anew on other contents and to call."""
    own_clock: bool = False
    """Whether the samples are read off the implementation's own clock, that of another program."""
    discarded_bursts: tuple[DiscardedBurst, ...] = ()
    accepted: bool = False
    """Whether its outputs had to be accepted by the problem's own test too: ``accept(inputs, outputs)``."""
    quality: Figure | None = None
    """How good its first result is, by the problem's own ``quality(inputs, outputs)``."""
    doubt: str | None = None
    """Why the problem's own test tells little, as its results have shown: those of the baseline."""
    peak: Peak | None = None
    """None where nobody looked."""
    consumed: str | None = None
    """What was done so that a call computes, where its result is made only when it is looked at, or was kept."""
    returns: dict[str, str] = field(default_factory=dict)
    """Output -> name of the type that it came in, as ``ndarray``."""
    shares: tuple[str, ...] = ()
    """Of which inputs its results were a part, or lay in the memory: ``x``, ``parts of x``."""
    spent: Spent | None = None
