"""What was measured: immutable records, nested as the measuring itself is.

Run > Round > Worker > Burst > sample. All times are integer nanoseconds of the monotonic clock, all sizes bytes;
``None`` is unknown. The document in results/ is a Run, field by field.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .case import Case

#: Version of the document. 1: first.
SCHEMA = 1


class Outcome(StrEnum):
    """How a case ended; only an ok case has a time."""

    OK = "ok"
    WRONG = "wrong"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    UNAVAILABLE = "unavailable"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, kw_only=True, slots=True)
class Burst:
    """Several samples in a row of one implementation."""

    pass_index: int
    position: int
    """Place within the pass, from 0."""
    start_ns: int
    number: int
    """Calls in each sample."""
    sample_ns: tuple[int, ...]
    """Duration of each sample: of `number` calls together."""
    cpu_ns: int | None
    """CPU time of the whole process over the burst."""
    minor_faults: int | None
    involuntary_switches: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """A thread pool that threadpoolctl saw in the worker."""

    library: str
    """As in ``openblas`` or ``openmp``."""
    version: str | None
    kernel: str | None
    """The BLAS's own name of the kernels it chose for this CPU, as in ``SkylakeX``."""
    threads: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The error of one output against the extended-precision reference."""

    output: str
    error_over_tolerance: float
    """Largest componentwise error divided by its tolerance; above 1 is wrong."""
    max_ulp: float
    """Largest componentwise error in units in the last place of the reference, in the case's dtype."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """One implementation in one round: a fresh process."""

    arm: str
    """Name of the arm: the case's id, for the second baseline with a mark behind it."""
    pid: int
    spawn_position: int
    position: int
    """Place in the first pass."""
    outcome: Outcome
    reason: str | None
    affinity: tuple[int, ...]
    pools: tuple[Pool, ...]
    layout: dict[str, str]
    """The order of each 2-D input, as the worker found it in the arrays themselves."""
    malloc: dict[str, str]
    prepare_ns: int | None
    first_call_ns: int | None
    warmup_calls: int
    verification: tuple[Verification, ...]
    bursts: tuple[Burst, ...]
    output_tail: str
    """The last of what the worker wrote to stdout and stderr."""
    transfer_ns: int | None = None
    """Of `prepare_ns`, what moving the inputs to a device took, where the implementation says so."""
    own_clock: bool = False
    """Whether the samples are read off the implementation's own clock, that of another program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """How busy the machine was over a round."""

    load_before: float | None
    load_after: float | None
    busy: tuple[float, ...]
    """Share of the round for which each CPU was busy, 0 to 1."""
    steal: tuple[float, ...]
    """Share of the round that the hypervisor took from each CPU, 0 to 1."""
    frequency_hz: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """One fresh worker for each arm of a group, and their interleaved bursts."""

    index: int
    group: str
    start_ns: int
    duration_ns: int
    hash_seed: int
    padding: int
    """Bytes of the padding variable in the environment of every arm."""
    passes: int
    load: Load
    workers: tuple[Worker, ...]
    discarded: str | None = None
    """Why the round is not used, for a reason that was fixed beforehand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """A case as it takes part in a run: the baseline does so twice."""

    name: str
    case: Case
    title: str
    baseline: bool
    again: bool = False
    """Whether this is the second, identical baseline, whose ratio is the noise floor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A case that was not started, with the reason."""

    case: Case
    title: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemRecord:
    """The problem, as it was when the run was made."""

    name: str
    title: str
    formula: str
    """Its docstring below the title."""
    digest: str
    """SHA-256 of its files."""
    outputs: tuple[str, ...]
    data: str
    """The kind of data that a case without one used."""
    work: dict[str, dict[str, float]]
    """Group -> {"flops": ..., "bytes": ...} of one evaluation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the user asked for."""

    seed: int
    margin: float
    rounds: int | None
    budget_s: float | None
    timeout_s: float
    command: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Everything about one run; immutable once written."""

    schema: int
    id: str
    created: str
    """UTC, ISO 8601."""
    settings: Settings
    problem: ProblemRecord
    environment: dict[str, Any]
    """What environment.capture() returned."""
    warnings: tuple[str, ...]
    arms: tuple[Arm, ...]
    left: tuple[Left, ...]
    rounds: tuple[Round, ...] = field(default=())
    interrupted: bool = False
