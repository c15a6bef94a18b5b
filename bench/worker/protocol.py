"""What the parent and a worker exchange: length-prefixed JSON on a private pipe, and arrays as files in a folder."""

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


class Unsupported(TypeError):
    """A value that cannot be handed to a worker; the text says which, and what can."""


def save_values(folder: Path, values: Mapping[str, object]) -> None:
    """Write values into a new folder: arrays as NAME.npy, their order and plain numbers as values.json.

    Each keeps its type: an int stays an int, a ``numpy.float32`` one of these.

    Raises
    ------
    Unsupported
        If a value is neither an array of plain data nor a number; what a subclass of ndarray adds would be lost.
    """
    import numpy as np

    folder.mkdir(parents=True)
    written: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if isinstance(value, bool | int | float) and not isinstance(value, np.generic):
            written[name] = {"number": value}
            continue
        if isinstance(value, complex) and not isinstance(value, np.generic):
            written[name] = {"complex": [value.real, value.imag]}
            continue
        if not isinstance(value, np.ndarray | np.generic) or np.asarray(value).dtype.hasobject:
            kind = "an array of objects" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
            raise Unsupported(f"{name} is {kind}, expected an array of plain data, a number or a bool")
        if isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap):
            raise Unsupported(f"{name} is a {type(value).__name__}, expected a plain numpy.ndarray")
        np.save(folder / f"{name}.npy", value, allow_pickle=False)
        written[name] = {"array": isinstance(value, np.ndarray)}
    (folder / "values.json").write_text(json.dumps(written))


def load_values(folder: Path) -> dict[str, Any]:
    """Return what `save_values` wrote, the arrays mapped from their files, read-only."""
    import numpy as np

    def loaded(name: str, kind: dict[str, Any]) -> object:
        if "number" in kind:
            return kind["number"]
        if "complex" in kind:
            return complex(*kind["complex"])
        if kind["array"]:
            return np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return np.load(folder / f"{name}.npy", allow_pickle=False)[()]

    written = json.loads((folder / "values.json").read_text())
    return {name: loaded(name, kind) for name, kind in written.items()}
