"""Leaves in files: their numbers one after the other in one file, mapped when they are read, and the rest as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .comparison import Expected
from .leaves import Exact, Holder, Leaf, Leaves, Numbers

#: Numbers begin at multiples of so many bytes.
_ALIGNMENT = 64


def save_expected(folder: Path, expected: Expected) -> None:
    """Write what is right to a new folder."""
    folder.mkdir(parents=True)
    save_leaves(folder / "leaves", expected.leaves)
    save_leaves(folder / "tolerance", {path: Numbers(array=array) for path, array in expected.tolerance.items()})
    (folder / "dtypes.json").write_text(json.dumps({"dtypes": dict(expected.dtypes), "strict": expected.strict}))


def load_expected(folder: Path) -> Expected:
    """Return what `save_expected` wrote."""
    tolerance = load_leaves(folder / "tolerance")
    return Expected(
        leaves=load_leaves(folder / "leaves"),
        tolerance={path: leaf.array for path, leaf in tolerance.items() if isinstance(leaf, Numbers)},
        **json.loads((folder / "dtypes.json").read_text()),
    )


def save_leaves(folder: Path, leaves: Leaves) -> None:
    """Write leaves to a new folder."""
    folder.mkdir(parents=True)
    described: dict[str, dict[str, Any]] = {}
    with (folder / "numbers").open("wb") as file:
        for path, leaf in leaves.items():
            match leaf:
                case Numbers():
                    file.write(b"\0" * (-file.tell() % _ALIGNMENT))
                    described[path] = {
                        "dtype": leaf.array.dtype.str,
                        "shape": leaf.array.shape,
                        "at": file.tell(),
                        "typed": leaf.typed,
                    }
                    np.ascontiguousarray(leaf.array).tofile(file)
                case Exact():
                    described[path] = {"kind": leaf.kind, "text": leaf.text}
                case Holder():
                    described[path] = {"kind": leaf.kind, "name": leaf.name, "paths": leaf.paths}
    (folder / "leaves.json").write_text(json.dumps(described))


def load_leaves(folder: Path) -> dict[str, Leaf]:
    """Return what `save_leaves` wrote; numbers are mapped from their file, read-only."""
    described: dict[str, dict[str, Any]] = json.loads((folder / "leaves.json").read_text())
    file = folder / "numbers"
    data = np.memmap(file, np.uint8, mode="r") if file.stat().st_size else np.empty(0, np.uint8)
    return {path: _leaf(one, data) for path, one in described.items()}


def _leaf(described: Mapping[str, Any], data: np.ndarray) -> Leaf:
    if "text" in described:
        return Exact(kind=described["kind"], text=described["text"])
    if "paths" in described:
        return Holder(kind=described["kind"], name=described["name"], paths=tuple(described["paths"]))
    dtype, shape = np.dtype(described["dtype"]), tuple(described["shape"])
    if 0 in shape or dtype.itemsize == 0:
        array = np.empty(shape, dtype)
    else:
        size = dtype.itemsize * int(np.prod(shape, dtype=object))
        array = np.ndarray.view(data[described["at"] : described["at"] + size].view(dtype).reshape(shape), np.ndarray)
    return Numbers(array=array, typed=described["typed"])
