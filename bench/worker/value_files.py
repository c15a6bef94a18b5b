"""Inputs as files in a folder: arrays are mapped from them, numbers keep their type, all else has a digest."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .memory_order import is_strided, strided
from .values.digest import digest


def save_values(folder: Path, values: Mapping[str, object]) -> frozenset[str]:
    """Write values into a new folder: arrays as NAME.npy, their order and plain numbers as values.json.

    Each keeps its type: an int stays an int, a ``numpy.float32`` one of these.

    Returns
    -------
    frozenset
        Names of the values that are neither arrays of plain data nor numbers: only their digests are written.
    """
    folder.mkdir(parents=True)
    written: dict[str, dict[str, Any]] = {}
    for place, (name, value) in enumerate(values.items()):
        if isinstance(value, bool | int | float) and not isinstance(value, np.generic):
            written[name] = {"number": value} if type(value) in (bool, int, float) else {"made": digest(value)}
        elif isinstance(value, complex) and not isinstance(value, np.generic):
            written[name] = {"complex": [value.real, value.imag]}
        elif type(value) in (np.ndarray, np.memmap) or isinstance(value, np.generic):
            written[name] = _saved(folder / f"{place}.npy", value)
        else:
            written[name] = {"made": digest(value)}
    (folder / "values.json").write_text(json.dumps(written))
    return frozenset(name for name, kind in written.items() if "made" in kind)


def _saved(file: Path, value: Any) -> dict[str, Any]:
    """Write an array or one of NumPy's numbers, if it is of plain data; return what is noted of it."""
    if np.asarray(value).dtype.hasobject:
        return {"made": digest(value)}
    np.save(file, value, allow_pickle=False)
    written: dict[str, Any] = {"array": isinstance(value, np.ndarray), "file": file.name}
    return written | ({"strides": value.strides} if is_strided(value) else {})


def load_values(folder: Path, make: Callable[[], Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Return what `save_values` wrote, the arrays mapped from their files, read-only.

    Parameters
    ----------
    folder
        Where it was written.
    make
        Makes the inputs anew, in this process, where not all of them are in files; None: only what is there.

    Raises
    ------
    ValueError
        If what is made here is not what was made there.
    """
    written = json.loads((folder / "values.json").read_text())
    made = make() if make and any("made" in kind for kind in written.values()) else {}

    def loaded(name: str, kind: dict[str, Any]) -> object:
        if "number" in kind:
            return kind["number"]
        if "complex" in kind:
            return complex(*kind["complex"])
        if "made" in kind:
            return _proved(name, made, kind["made"])
        if kind["array"]:
            found = np.load(folder / kind["file"], mmap_mode="r", allow_pickle=False)
            return strided(found, kind["strides"]) if "strides" in kind else found
        return np.load(folder / kind["file"], allow_pickle=False)[()]

    return {name: loaded(name, kind) for name, kind in written.items() if make or "made" not in kind}


def _proved(name: str, made: Mapping[str, Any], known: str) -> Any:
    """Return a value that was made here, once it is shown to be the one that was made there."""
    if name not in made or digest(made[name]) != known:
        raise ValueError(differs(name))
    return made[name]


def differs(name: str) -> str:
    """Return what is said of an input that is not the same in every process."""
    return (
        f"inputs() gave another {name} in another process: let it depend on the seed alone, not on unseeded random "
        "numbers, the time, or the order of a set"
    )
