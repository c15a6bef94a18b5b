"""Inputs, references and tolerances as files in a folder: arrays are mapped from them, numbers keep their type."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


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
