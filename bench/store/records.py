"""What was measured: immutable records, nested as the measuring itself is.

Run > Round > Worker > Burst > sample. All times are integer nanoseconds of the monotonic clock, all sizes bytes;
``None`` is unknown. The document in results/ is a Run, field by field.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from ..machine.load import Activity, Load
from ..problems.case import Case
from ..stats.intervals import ALPHA
from ..stats.sequential import Stopping
from .checks import Check
from .quantities import Amount, Natural, Positive
from .worker_records import Outcome, Worker

#: Version of the document. 1: first. 2: an arm has a role, in place of `baseline` and `again` (see `upgrade`).
SCHEMA = 2


#: Why a round is not used that was not finished.
INTERRUPTED = "the run was interrupted in it"


class Round(Struct, frozen=True, kw_only=True):
    """One fresh worker for each arm of a group, and their interleaved bursts."""

    index: Natural
    group: str
    start_ns: Natural
    duration_ns: Natural
    hash_seed: Natural
    padding: Natural
    """Bytes of the padding variable in the environment of every arm."""
    passes: Natural
    load: Activity
    workers: tuple[Worker, ...]
    discarded: str | None = None
    """Why the round is not used, for a reason that was fixed beforehand."""

    @property
    def unfinished(self) -> bool:
        """Whether the run was interrupted in it: it has the passes done by then, and no last check of the answers."""
        return self.discarded == INTERRUPTED

    @property
    def counting_ns(self) -> int:
        """Of its duration, what it took to see what its workers do, untimed: that is done in a first round alone."""
        return sum(worker.spent.counting_ns for worker in self.workers if worker.spent)

    @property
    def ended(self) -> tuple[Worker, ...]:
        """The workers that ended otherwise than ok: where it is discarded, but for those that something else ended."""
        fine = (Outcome.OK, Outcome.NOT_MEASURED) if self.discarded else (Outcome.OK,)
        return tuple(one for one in self.workers if one.outcome not in fine)


class Role(StrEnum):
    """As what an arm takes part."""

    CASE = "case"
    """It is compared with the baseline: an implementation, HEAD of two versions, or the version now."""
    BASELINE = "baseline"
    """The others are compared with it."""
    AGAIN = "again"
    """The second, identical baseline, whose ratio is the noise floor."""
    BEFORE = "before"
    """The version of an implementation before the one now."""
    LIMIT = "limit"
    """A limit of the machine; no implementation of the problem."""


class Arm(Struct, frozen=True, kw_only=True):
    """A case as it takes part in a run: the baseline does so twice."""

    name: str
    case: Case
    title: str
    role: Role

    @property
    def baseline(self) -> bool:
        """Whether it is the baseline, be it the second one."""
        return self.role in (Role.BASELINE, Role.AGAIN)

    @property
    def again(self) -> bool:
        """Whether it is the second, identical baseline."""
        return self.role == Role.AGAIN


class Limit(Struct, frozen=True, kw_only=True):
    """A limit of the machine, measured in the rounds of a group as one more arm; no implementation of the problem."""

    group: str
    arm: Arm
    resource: str
    """Which number of `work` it limits: ``flops`` or ``bytes``."""
    applies: bool
    """Whether the group's implementations are held against it: not, where its arrays are larger than theirs."""
    work: dict[str, Amount]
    """{"flops": ..., "bytes": ...} of one call."""


class Left(Struct, frozen=True, kw_only=True):
    """A case that was not started, with the reason."""

    case: Case
    title: str
    outcome: Outcome
    reason: str


class Basis(Struct, frozen=True, kw_only=True):
    """What the plan of a run went by up to the end of a round, beside the rounds themselves; of each round its own."""

    clock_s: tuple[Amount, ...]
    """What the clock of the budget showed each time that it was read for the plan, since the round before."""
    end_s: Amount
    """What it showed when the round was kept."""
    start_ns: Natural
    """The time until the round's workers had warmed up."""
    bursts: dict[str, tuple[Positive, Positive, Positive]]
    """Arm that had warmed up -> of its bursts ns a call, calls in a sample, and samples, as they were expected."""


class Begun(Struct, frozen=True, kw_only=True):
    """What a run that was not finished has begun with; from this and its rounds it goes on (`--resume`)."""

    arms: tuple[Arm, ...]
    left: tuple[Left, ...]
    basis: tuple[Basis, ...]
    """One for each of its rounds."""


class Resumed(Struct, frozen=True, kw_only=True):
    """That a run was ended from outside, and went on later."""

    at: str
    """UTC, ISO 8601."""
    rounds: Natural
    """It had so many by then."""
    load: Load | None
    """Load average of the last minute, when it went on."""


class ProblemRecord(Struct, frozen=True, kw_only=True):
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
    work: dict[str, dict[str, Amount]]
    """Group -> {"flops": ..., "bytes": ...} of one evaluation."""
    dtypes: dict[str, str] = field(default_factory=dict)
    """Group -> dtype of its inputs, where that is not the cases'; empty where they have several."""
    ladder: tuple[str, ...] = ()
    """Implementations in the order in which each improves on the one before it; empty where the problem names none."""


class EnvironmentRecord(Struct, frozen=True, kw_only=True):
    """What the workers of some cases ran in, where another environment than the harness's was asked for."""

    label: str
    """As the cases call it."""
    asked: tuple[str, ...]
    """The requirements, as the user wrote them."""
    python: str
    """Implementation and version, as in ``CPython 3.12.1``."""
    packages: dict[str, str]
    """Distribution -> version, of all that are installed."""
    variables: dict[str, str | None]
    """What was put over the harness's own variables; None: what was taken out of them."""
    numeric_stack: dict[str, Any]
    """NumPy, its BLAS and kernel, as ``environment.numeric_stack`` gives them."""


class MachineRecord(Struct, frozen=True, kw_only=True):
    """One of the machines whose runs were merged."""

    label: str
    """As the cases call it where there are several."""
    run: str
    """Id of the run that was made there."""
    created: str
    """UTC, ISO 8601."""
    environment: dict[str, Any]
    """What environment.capture() returned there."""


#: Smallest relative difference that matters, where the user names no other.
DEFAULT_MARGIN = 0.03


class Settings(Struct, frozen=True, kw_only=True):
    """What the user asked for."""

    seed: Natural
    margin: Amount
    rounds: Natural | None
    budget_s: Amount | None
    timeout_s: Amount
    command: tuple[str, ...]
    looks: tuple[Natural, ...] = ()
    """Numbers of rounds after which decided pairs are measured no longer; empty: all have the same rounds."""
    roofline: bool = False
    """Whether the machine's limits are measured beside the implementations."""
    explains: bool = False
    """Whether it is counted, behind the first round, what each implementation does."""
    sweep: str | None = None
    """The number of the size that takes several values, where the user asked for that."""
    memory_bytes: Natural | None = None
    """The most that a worker's process may take; 0: no limit. None: a part of what was free (`memory.worker_limit`)."""
    precision: Amount | None = None
    """Half-width of every ratio, as a fraction, that the user asked for; None where decisions end the rounds."""
    level: Amount | None = None
    """One-sided, of all looks together; None: the usual one. Of a candidate it depends on how many came before."""
    accept_at: Amount | None = None
    """By how much faster a candidate has to be, where one is judged."""
    best: Amount | None = None
    """Probability that the best is not among those that are named, where the run looks for it alone."""
    shard: tuple[Positive, Positive] | None = None
    """Which part of the groups it measured, as (2, 3) of ``--shard 2/3``; None of all, and of a merged run."""

    @property
    def stopping(self) -> Stopping:
        """What ends the rounds of a pair, on which the level of its interval depends."""
        return Stopping(looks=self.looks, precision=self.precision, alpha=self.level or ALPHA)


class Run(Struct, frozen=True, kw_only=True):
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
    limits: tuple[Limit, ...] = ()
    """Empty where the run was not asked for a roofline."""
    doubts: dict[str, str] = field(default_factory=dict)
    """Group -> why a remembered answer could not have been told from a computed one, if so."""
    checks: dict[str, Check] = field(default_factory=dict)
    """Group -> how its results were checked; empty of runs from before that was recorded."""
    stopped: dict[str, str] = field(default_factory=dict)
    """Arm -> why it was measured no further, though it was well: the time did not pay for it."""
    spent_s: dict[str, float] = field(default_factory=dict)
    """What -> seconds beside the rounds: ``inputs and reference``, ``judging``; empty where that is unknown."""
    environments: tuple[EnvironmentRecord, ...] = ()
    """Those that the cases name; empty where all ran in the harness's own, which `environment` describes."""
    begun: Begun | None = None
    """None of a run that is finished, or cannot go on."""
    resumed: tuple[Resumed, ...] = ()
    machines: tuple[MachineRecord, ...] = ()
    """Those whose runs were merged (see `merging`); empty where it was made on one."""
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    """Implementation -> file, relative to the problem's folder -> its text, as it was when the run was made."""
