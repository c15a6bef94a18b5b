"""What the parent and a worker say to each other: orders one way, replies the other (`pipe` carries them).

Both ends decode into these types. What does not fit one of them, an unknown field or a number out of bounds, is no
message; the parent takes that for the outcome of the case.
"""

from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from ..problems.case import Case, FoundOrder, MemoryOrder
from ..problems.files import MODULE
from ..problems.origin import Origin
from ..store.checks import Check
from ..store.quantities import Natural, Positive
from ..store.worker_records import Burst, DiscardedBurst, Figure, Peak, Pool, Verification, WorkerOutcome

#: What is known of a numerical library.
Fact = str | Natural | list[str] | None

#: Names of contents: those that every worker begins with, those that are timed, and those that come last of all.
FIRST, TIMED, LAST = "first", "timed", "last"


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    """Tells a worker to do something."""


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    """Says what came of an order."""


class CaseSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case as a worker is told of it: its `data` is named, and where its code and its inputs are."""

    case: Case
    folder: Path
    """Of the problem, or of the file that is all of it."""
    module: str = MODULE
    """Name of that file, without its suffix."""
    arguments: tuple[str, ...] = ()
    """What the baseline calls its arguments, where one file is the whole problem."""
    importable: Path
    """Where that folder can be imported from, for processes that the implementation starts."""
    path: tuple[Path, ...] = ()
    """Folders that its code may import from where nothing installed has the name."""
    code: bytes = b""
    """The problem's functions, where they are of the program that measures (`problems.pickled`)."""
    origin: Origin | None = None
    """The entry of a collection, whose functions are made of it (`problems.sources`)."""
    inputs: Path
    outputs: tuple[str, ...]
    inout: tuple[str, ...] = ()
    """Inputs that an evaluation may overwrite."""

    @property
    def maker(self) -> str:
        """What makes the inputs, as the user calls it."""
        return "args= or setup=" if self.code else "inputs()"

    @property
    def is_one_file(self) -> bool:
        """Whether the implementations are functions, of that file or of what a collection has in the place of one."""
        return self.module != MODULE or self.origin is not None


class Content(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contents of a case's inputs: where they are, and how they are made."""

    folder: Path
    data: str
    seed: int


class Kept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a call has returned, as it was written to a folder at once."""

    folder: Path
    digest: str


class WriteInputs(Order, frozen=True, kw_only=True):
    """Make the inputs of a case, write its first contents for the other workers, and know what is right for all."""

    spec: CaseSpec
    seed: int
    other_data: str
    """Kind of data of the last contents."""
    baseline: str = ""
    """Name of the implementation that stands in for a reference, where the problem has none."""
    drawn: Natural = 0
    """Is added to the seeds of contents that no worker is to know beforehand."""


class HandOut(Order, frozen=True, kw_only=True):
    """Write contents for workers, who have not had them so far."""

    name: str
    folder: Path


class Returned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a call has returned, and on which contents; where it is known."""

    kept: Kept
    content: str
    """Name of the contents."""
    first: bool = False
    """Whether it is the first call on these contents."""


class Verify(Order, frozen=True, kw_only=True):
    """Hold what calls of one worker have returned against what is right, in the order of the calls."""

    returned: tuple[Returned, ...]
    implementation: str = ""
    """Whose they are."""
    other_version: bool = False
    """Whether they are of another version of the code than the baseline that is at hand."""


class Start(Order, frozen=True, kw_only=True):
    """Prepare the implementation, verify it and warm it up."""

    spec: CaseSpec
    implementation: str
    """Name of its module, or of its function."""
    apart: tuple[Path, str] | None = None
    """Folder and name of its module, where that is none of the problem's own: a candidate that is judged."""
    layout: dict[str, MemoryOrder]
    """Memory order of each 2-D input."""
    kept: Path | None = None
    """A new folder for what the first call returns; None: it is not kept."""
    own_clock: bool = False
    """Whether it may bring a clock of its own."""
    copies_inputs: bool = False
    filler: Path | None = None
    """A file to fill the caches with before each call; None: they stay as they are."""
    forks: bool = False
    """Whether to do this, and all up to `Leave`, in a fork of the worker."""
    own_pages: bool = False
    """Whether to copy the libraries of its environment: others have theirs elsewhere."""


class Wake(Order, frozen=True, kw_only=True):
    """Say so once everything is loaded that every worker loads."""


class TimeBurst(Order, frozen=True, kw_only=True):
    """Time so many samples in a row, of so many calls each."""

    pass_index: int
    position: int
    number: Positive
    samples: Positive
    kept: Path | None = None
    """A new folder for what one of its calls returns; None: nothing is kept."""


class Change(Order, frozen=True, kw_only=True):
    """Make a first call on other contents, which take the place of those so far."""

    content: Content
    kept: Path  # a new folder for what the calls return
    timed: bool = False
    """Whether bursts were timed on the contents so far: a last call on these is made and kept before, and its memory
    watched, which leaves another heap. Nothing is timed behind it."""


class Leave(Order, frozen=True, kw_only=True):
    """End the fork."""


class Awake(Reply, frozen=True, kw_only=True):
    """The worker waits for its case."""


class InputsWritten(Reply, frozen=True, kw_only=True):
    """Inputs, references and tolerances are in their files."""

    matrices: tuple[str, ...]
    """Names of the 2-D inputs."""
    given: dict[str, FoundOrder] = {}
    """Name -> memory order of each array that `inputs` gave in another than C order."""
    dtype: str | None = None
    """That of its floating-point arrays, or of all where none is; empty where they have several, None without any."""
    work: dict[str, float]
    """{"flops": ..., "bytes": ...} of one evaluation."""
    numeric_stack: dict[str, Fact | dict[str, Fact]]
    """As ``environment.numeric_stack`` gives it."""
    check: Check = Check()
    """How results are checked."""
    doubt: str | None = None
    """Why a remembered answer could not be told from a computed one, if so."""
    outside: tuple[Path, ...] = ()
    """Files that the code of a side has made elsewhere than in its own folders (`outside.Outside`)."""
    replaceable: bool = False
    """Whether there are contents to time on, which can take the place of the first in the hands of who holds them."""


class Started(Reply, frozen=True, kw_only=True):
    """The implementation is right so far, and warm."""

    pools: tuple[Pool, ...]
    layout: dict[str, FoundOrder]
    """Memory order of each array among the inputs, read off the array itself."""
    prepare_ns: Natural
    transfer_ns: Natural | None
    own_clock: bool
    first_call_ns: Natural
    warmup_calls: Natural
    call_ns: Natural
    """Of the shortest call, with what is done beside it."""
    number: Positive
    """Calls that make a sample."""
    accepted: bool
    """Whether the problem's own test has accepted the outputs."""
    consumed: str | None = None
    """What is done so that a call computes, where its result is made only when it is looked at, or is kept."""
    preparing_ns: Natural
    """Until the first call had returned."""
    warming_ns: Natural
    kept: str | None = None
    """Digest of what the first call returned, as it was kept."""
    returns: dict[str, str] = {}  # output -> name of the type that it came in
    shares: tuple[str, ...] = ()
    """Of which inputs what was returned is a part, or lies in the memory: ``x``, ``parts of x``."""


class BurstTimed(Reply, frozen=True, kw_only=True):
    """The burst that counts, and those before it that do not."""

    burst: Burst
    discarded: tuple[DiscardedBurst, ...]
    longer: Positive | None
    """How many calls a sample should have, where these were too few."""
    took_ns: Natural = 0
    """By its own clock, from the order to the reply."""
    kept: str | None = None
    """Digest of what one of its calls returned. It is in the folder of the order, in that of its number of attempts."""

    def __post_init__(self) -> None:
        """Raise ValueError for a burst that counts and took no time."""
        if self.longer is None and min(self.burst.sample_ns) == 0:
            raise ValueError("a sample took no time")


class Changed(Reply, frozen=True, kw_only=True):
    """The calls were made."""

    last: str | None
    """Digest of what the last call on the contents so far returned, where one was made: in a folder of this name."""
    first: str
    """The same of the first call on the others."""
    met_ns: Natural | None
    """Time of a call on the contents so far, just written anew; None of long calls, or where it is unknown."""
    unmet_ns: Natural | None
    """The same of the first call on the other contents; with what it took to prepare anew who `copies`."""
    anew_ns: Natural | None = None
    """What it took to prepare anew on the other contents and to call, of who says that it copies its inputs."""
    copies: bool = False  # whether it was prepared anew because its prepare() keeps copies of the inputs
    peak: Peak | None = None  # memory of the last call on the contents so far, where one was made
    shares: tuple[str, ...] = ()  # as of the start, of all calls by now that were looked at


class HandedOut(Reply, frozen=True, kw_only=True):
    """The contents are in their files."""

    content: Content


class Verified(Reply, frozen=True, kw_only=True):
    """All that was returned is right."""

    verification: tuple[Verification, ...]
    quality: Figure | None = None
    """Of what the first call returned, where the problem says how good a right result is."""
    doubt: str | None = None
    """Why the problem's own test tells little; of the baseline's first call alone."""


class Leaving(Reply, frozen=True, kw_only=True):
    """The fork ends now."""


class Failure(Reply, frozen=True, kw_only=True):
    """The case has ended with another outcome than ok."""

    outcome: WorkerOutcome
    reason: str


class Foreign(Reply, frozen=True, kw_only=True):
    """Code was loaded that is not of the worker's own side of a comparison."""

    reason: str


Answer = TypeVar("Answer", bound=Reply)
