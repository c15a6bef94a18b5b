"""How messages get from the parent to a worker and back: as JSON on private pipes, under the numbers of the orders."""

import os
import struct
from pathlib import Path
from typing import Any

import msgspec

from .. import reading
from ..text import speakable
from .describing import Describe
from .protocol import (
    Answer,
    Change,
    Failure,
    Foreign,
    HandOut,
    Leave,
    Order,
    Reply,
    Start,
    TimeBurst,
    Verify,
    Wake,
    WriteInputs,
)
from .steps import Calling
from .untimed import Count, Track

#: A longer message is a mistake or an attack, no reply.
LONGEST = 16 * 2**20

#: Characters that are sent of a reason.
LONGEST_REASON = 2000

#: Big-endian: the number of an order, which its reply repeats, and how many bytes of JSON follow.
_HEADER = struct.Struct(">II")


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
    kind: Any = Wake | Describe | WriteInputs | HandOut | Verify | Start | TimeBurst | Change | Count | Track | Leave
    return message[0], reading.decoded(message[1], kind, hook=_path_of_text)


def decode_reply(body: bytes, expected: type[Answer]) -> Answer | Failure | Foreign:
    """Return the reply to an order that asks for the `expected` one; Unreadable if it is none of the three."""
    kind: Any = expected | Failure | Foreign
    found: Answer | Failure | Foreign = reading.decoded(body, kind, hook=_path_of_text)
    return found


def step_of(body: bytes) -> Calling | None:
    """Return the step that a message tells of, before the reply; None where it is no such message."""
    try:
        found: Calling = reading.decoded(body, Calling)
    except reading.Unreadable:
        return None
    return found


def _path_as_text(value: object) -> str:
    """Return a path with a character for each byte of its name, which need not be UTF-8."""
    if isinstance(value, Path):
        return os.fsencode(value).decode("latin-1")
    raise TypeError(f"a {type(value).__name__} is no part of a message")


def _path_of_text(_kind: type, text: str) -> Path:
    return Path(os.fsdecode(text.encode("latin-1")))
