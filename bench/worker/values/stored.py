"""Leaves in files: their numbers one after the other in one file, and the rest as JSON.

Whoever reads them trusts nothing that is written there: it may be the work of code that is judged by it.
"""

import hashlib
import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from . import rows
from .leaves import Exact, Holder, Leaf, Leaves, Numbers

#: Numbers begin at multiples of so many bytes.
_ALIGNMENT = 64

_NUMBERS, _DESCRIBED = "numbers", "leaves.json"

#: Characters of a digest.
DIGEST = 32


def save_leaves(folder: Path, leaves: Leaves) -> str:
    """Write leaves to a new folder; return the digest of what was written."""
    folder.mkdir(parents=True)
    described: dict[str, dict[str, Any]] = {}
    total = hashlib.blake2b(digest_size=DIGEST // 2)
    with (folder / _NUMBERS).open("wb", buffering=0) as file:
        at = 0
        for path, leaf in leaves.items():
            match leaf:
                case Numbers():
                    data = _bytes_of(leaf.array)
                    described[path] = {
                        "dtype": leaf.array.dtype.str,
                        "shape": leaf.array.shape,
                        "at": at,
                        "typed": leaf.typed,
                    }
                    for piece in (data, b"\0" * (-len(data) % _ALIGNMENT)):
                        _write(file, piece)
                        total.update(piece)
                        at += len(piece)
                case Exact():
                    described[path] = {"kind": leaf.kind, "text": leaf.text}
                case Holder():
                    described[path] = {"kind": leaf.kind, "name": leaf.name, "paths": leaf.paths}
                    if leaf.usual:
                        described[path]["usual"] = leaf.usual
    text = json.dumps(described).encode()
    (folder / _DESCRIBED).write_bytes(text)
    total.update(text)
    return total.hexdigest()


def _bytes_of(array: np.ndarray) -> memoryview:
    """Return the bytes of an array in C order."""
    if array.nbytes == 0:
        return memoryview(b"")
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _write(file: Any, data: Any) -> None:
    """Write all of some bytes to a file without a buffer."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def load_leaves(folder: Path, known: str | None = None) -> dict[str, Leaf]:
    """Return what `save_leaves` wrote, in memory of its own.

    Parameters
    ----------
    folder
        Where it was written.
    known
        The digest that it had then; None: it is not looked at.

    Raises
    ------
    ValueError
        If it is not what was written, or cannot be read.
    """
    data, text = np.fromfile(folder / _NUMBERS, np.uint8), (folder / _DESCRIBED).read_bytes()
    total = hashlib.blake2b(data.data, digest_size=DIGEST // 2)
    total.update(text)
    if known is not None and total.hexdigest() != known:
        raise ValueError("the outputs were changed after the call that returned them")
    try:
        described: dict[str, dict[str, Any]] = json.loads(text)
        leaves = {path: _leaf(one, data) for path, one in described.items()}
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the outputs cannot be read: {type(error).__name__}: {error}") from error
    rows.require_whole(leaves)
    return leaves


def _leaf(described: Mapping[str, Any], data: np.ndarray) -> Leaf:
    if "text" in described:
        return Exact(kind=str(described["kind"]), text=str(described["text"]))
    if "paths" in described:
        return Holder(
            kind=str(described["kind"]),
            name=str(described["name"]),
            paths=tuple(map(str, described["paths"])),
            usual=tuple(map(str, described.get("usual", ()))),
        )
    dtype, shape = np.dtype(str(described["dtype"])), tuple(map(int, described["shape"]))
    if dtype.hasobject or min(shape, default=0) < 0:
        raise ValueError(f"the outputs cannot be read: {dtype} of shape {shape}")
    if 0 in shape or dtype.itemsize == 0:
        array = np.empty(shape, dtype)
    else:
        at, size = int(described["at"]), dtype.itemsize * prod(shape)
        array = np.ndarray.view(data[at : at + size].view(dtype).reshape(shape), np.ndarray)
    return Numbers(array=array, typed=bool(described["typed"]))
