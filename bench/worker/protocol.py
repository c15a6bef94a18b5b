"""What the parent and a worker say to each other: orders one way, replies the other, as JSON on private pipes.

Both ends decode into these types. What does not fit one of them, an unknown field or a number out of bounds, is no
message; the parent takes that for the outcome of the case.
"""

import os
import struct
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from .. import reading
from ..problems.case import Case, MemoryOrder
from ..store.worker_records import Burst, Call, Costs, Counts, DiscardedBurst, Natural, Pool, Positive, Verification
from ..text import speakable

#: A longer message is a mistake or an attack, no reply.
LONGEST = 16 * 2**20

#: Characters that are sent of a reason.
LONGEST_REASON = 2000

#: How a case may end by what its worker says; the other outcomes are seen from outside.
WorkerOutcome = Literal["wrong", "failed", "out-of-memory", "unavailable", "unsupported"]

#: What a worker may be asked for after the last burst, untimed: to count what an evaluation does, or to explain it.
Untimed = Literal["count", "explain"]

#: What is known of a numerical library.
Fact = str | Natural | list[str] | None

#: Memory order of an array: of one row or column it is both.
FoundOrder = Literal["C", "F", "CF", "strided"]


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    """Tells a worker to do something."""


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    """Says what came of an order."""


class CaseSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case as a worker is told of it: its `data` is named, and where its code and its inputs are."""

    case: Case
    folder: Path
    """Of the problem."""
    importable: Path
    """Where that folder can be imported from, for processes that the implementation starts."""
    inputs: Path
    outputs: tuple[str, ...]
    inout: tuple[str, ...] = ()
    """Inputs that an evaluation may overwrite."""


class WriteInputs(Order, frozen=True, kw_only=True):
    """Make the inputs of a case, of two contents, and write them to its folder for the other workers."""

    spec: CaseSpec
    seed: int
    other_data: str
    """Kind of data of the second content."""


class Start(Order, frozen=True, kw_only=True):
    """Prepare the implementation, verify it and warm it up."""

    spec: CaseSpec
    implementation: str
    """Name of its module."""
    layout: dict[str, MemoryOrder]
    """Memory order of each 2-D input."""
    copies_inputs: bool = False
    filler: Path | None = None
    """A file to fill the caches with before each call; None: they stay as they are."""
    forks: bool = False
    """Whether to do this, and all up to `Leave`, in a fork of the worker."""


class TimeBurst(Order, frozen=True, kw_only=True):
    """Time so many samples in a row, of so many calls each."""

    pass_index: int
    position: int
    number: Positive
    samples: Positive


class Finish(Order, frozen=True, kw_only=True):
    """Verify the last result, and one on changed contents."""


class Count(Order, frozen=True, kw_only=True):
    """Count what an evaluation does."""

    explained: bool = False
    """Whether to see what NumPy is called for and to measure what that costs, too."""


class Leave(Order, frozen=True, kw_only=True):
    """End the fork."""


class InputsWritten(Reply, frozen=True, kw_only=True):
    """Inputs, references and tolerances are in their files."""

    matrices: tuple[str, ...]
    """Names of the 2-D inputs."""
    work: dict[str, float]
    """{"flops": ..., "bytes": ...} of one evaluation."""
    numeric_stack: dict[str, Fact | dict[str, Fact]]
    """As ``environment.numeric_stack`` gives it."""
    doubt: str | None = None
    """Why a remembered answer could not be told from a computed one, if so."""


class Started(Reply, frozen=True, kw_only=True):
    """The implementation is right so far, and warm."""

    pools: tuple[Pool, ...]
    layout: dict[str, FoundOrder]
    """Memory order of each 2-D input, read off the array itself."""
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


class BurstTimed(Reply, frozen=True, kw_only=True):
    """The burst that counts, and those before it that do not."""

    burst: Burst
    discarded: tuple[DiscardedBurst, ...]
    longer: Positive | None
    """How many calls a sample should have, where these were too few."""

    def __post_init__(self) -> None:
        """Raise ValueError for a burst that counts and took no time."""
        if self.longer is None and min(self.burst.sample_ns) == 0:
            raise ValueError("a sample took no time")


class Finished(Reply, frozen=True, kw_only=True):
    """The last results are right, too."""

    verification: tuple[Verification, ...]
    met_ns: Natural | None
    unmet_ns: Natural | None


class Counted(Reply, frozen=True, kw_only=True):
    """What an evaluation does; the other fields only where that was to be explained, and could be."""

    counts: Counts
    calls: tuple[Call, ...] | None = None
    costs: Costs | None = None
    smallest_ns: Natural | None = None


class Leaving(Reply, frozen=True, kw_only=True):
    """The fork ends now."""


class Failure(Reply, frozen=True, kw_only=True):
    """The case has ended with another outcome than ok."""

    outcome: WorkerOutcome
    reason: str


class Foreign(Reply, frozen=True, kw_only=True):
    """Code was loaded that is not of the worker's own side of a comparison."""

    reason: str


#: Big-endian: the number of an order, which its reply repeats, and how many bytes of JSON follow.
_HEADER = struct.Struct(">II")

Answer = TypeVar("Answer", bound=Reply)


def send(descriptor: int, number: int, message: Order | Reply) -> None:
    """Write an order, or the reply to it, to a pipe under the number of the order.

    Raises
    ------
    OSError
        If nobody reads it (BrokenPipeError).
    ValueError, TypeError, RecursionError
        If something in it has no place in JSON, or it is too long; nothing has been written then.
    """
    body = msgspec.json.encode(message, enc_hook=_path_as_text)
    if len(body) > LONGEST:
        raise ValueError(f"a message of {len(body)} bytes, at most {LONGEST} are allowed")
    data = memoryview(_HEADER.pack(number, len(body)) + body)
    while data:
        data = data[os.write(descriptor, data) :]


def reply(descriptor: int, number: int, message: Reply) -> None:
    """Send a reply; one that cannot be sent, for what an implementation has put into it, is that one's failure."""
    try:
        send(descriptor, number, message)
    except (ValueError, TypeError, RecursionError) as error:
        said = message.reason if isinstance(message, Failure) else f"told what cannot be sent: {error}"
        send(descriptor, number, Failure(outcome="failed", reason=plain(said)))


def plain(text: str) -> str:
    """Return text that can be sent: not too long, and what is no character as an escape."""
    return speakable(text[:LONGEST_REASON])


class Received:
    """Bytes that have come so far, and the message once it is whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, data: bytes) -> None:
        """Take in more bytes."""
        self._bytes += data

    def message(self) -> tuple[int, bytes] | None:
        """Return number and JSON of the next message, None while it is not whole; ValueError if it is too long."""
        if len(self._bytes) < _HEADER.size:
            return None
        number, length = _HEADER.unpack_from(self._bytes)
        if length > LONGEST:
            raise ValueError(f"a message of {length} bytes, at most {LONGEST} are allowed")
        end = _HEADER.size + length
        if len(self._bytes) < end:
            return None
        body = bytes(self._bytes[_HEADER.size : end])
        del self._bytes[:end]
        return number, body


def receive(descriptor: int) -> tuple[int, Order] | None:
    """Wait for an order and return it with its number; None when the other side has closed the pipe."""
    received = Received()
    while (message := received.message()) is None:
        data = os.read(descriptor, 65536)
        if not data:
            return None
        received.add(data)
    kind: Any = WriteInputs | Start | TimeBurst | Finish | Count | Leave
    return message[0], reading.decoded(message[1], kind, hook=_path_of_text)


def decode_reply(body: bytes, expected: type[Answer]) -> Answer | Failure | Foreign:
    """Return the reply to an order that asks for the `expected` one; Unreadable if it is none of the three."""
    kind: Any = expected | Failure | Foreign
    found: Answer | Failure | Foreign = reading.decoded(body, kind, hook=_path_of_text)
    return found


def _path_as_text(value: object) -> str:
    """Return a path with a character for each byte of its name, which need not be UTF-8."""
    if isinstance(value, Path):
        return os.fsencode(value).decode("latin-1")
    raise TypeError(f"a {type(value).__name__} is no part of a message")


def _path_of_text(_kind: type, text: str) -> Path:
    return Path(os.fsdecode(text.encode("latin-1")))
