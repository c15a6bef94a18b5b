"""What the parent and a worker exchange: length-prefixed JSON on a private pipe, and arrays as files in a folder."""

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

#: Four bytes, big-endian: the number of bytes of JSON that follow.
_LENGTH = struct.Struct(">I")

#: A longer message is a mistake or an attack, not a reply.
LONGEST = 16 * 2**20

Message = dict[str, Any]


def send(descriptor: int, message: Message) -> None:
    """Write one message to a pipe; OSError (BrokenPipeError) if nobody reads it."""
    body = json.dumps(message, allow_nan=False).encode()
    data = memoryview(_LENGTH.pack(len(body)) + body)
    while data:
        data = data[os.write(descriptor, data) :]


class Received:
    """Bytes that have come so far, and the message once it is whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, data: bytes) -> None:
        """Take in more bytes."""
        self._bytes += data

    def message(self) -> Message | None:
        """Return the next whole message, None while it is not whole; ValueError if it is no message."""
        if len(self._bytes) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._bytes)
        if length > LONGEST:
            raise ValueError(f"a message of {length} bytes, at most {LONGEST} were expected")
        end = _LENGTH.size + length
        if len(self._bytes) < end:
            return None
        message = json.loads(self._bytes[_LENGTH.size : end])
        del self._bytes[:end]
        if not isinstance(message, dict):
            raise ValueError(f"a message that is no object: {message!r:.80}")
        return message


def receive(descriptor: int) -> Message | None:
    """Wait for one message; None when the other side has closed the pipe."""
    received = Received()
    while (message := received.message()) is None:
        data = os.read(descriptor, 65536)
        if not data:
            return None
        received.add(data)
    return message


def save_values(folder: Path, values: Mapping[str, "np.ndarray | float"]) -> None:
    """Write arrays as NAME.npy, and order and scalars as values.json, into a new folder."""
    import numpy as np

    folder.mkdir(parents=True)
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    scalars = {name: None if name in arrays else float(value) for name, value in values.items()}
    (folder / "values.json").write_text(json.dumps(scalars))


def load_values(folder: Path) -> dict[str, "np.ndarray | float"]:
    """Return what `save_values` wrote, the arrays mapped from their files, read-only."""
    import numpy as np

    scalars = json.loads((folder / "values.json").read_text())
    return {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) if value is None else value
        for name, value in scalars.items()
    }
