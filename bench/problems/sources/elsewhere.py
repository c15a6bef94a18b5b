"""What a collection says only when it is run, asked of a process of its own: nothing is imported here."""

import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ...errors import ImplbenchError, Unavailable
from .needs import distribution

#: Whoever does not answer within so many seconds hangs.
LONGEST_S = 300

#: Starts as any Python does; this package alone is found where it lies, and nothing that lies beside it.
_START = """
import sys
sys.path[:] = [sys.argv[1], *filter(None, sys.path)]
from importlib import import_module
tell = import_module(sys.argv[2]).tell
sys.path.remove(sys.argv[1])
tell(*sys.argv[3:])
"""

_PACKAGE = __name__.split(".")
_ABOVE = Path(__file__).resolve().parents[len(_PACKAGE) - 1]

Told = TypeVar("Told")


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    value: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
    absent: str = ""
    """What is imported and is not there."""


def asked(module: str, *words: str, kind: type[Told], folder: Path) -> Told:
    """Return what the function `seen` of a module returns for some words, in another process.

    Parameters
    ----------
    module
        Full name of a module of this package.
    words
        What `seen` is called with.
    kind
        What it returns, which is sent as JSON.
    folder
        Where the process runs.

    Raises
    ------
    ImplbenchError
        If `seen` raises it, or the process ends without an answer; Unavailable, if it lacks a module.
    """
    with tempfile.TemporaryDirectory(prefix="implbench-") as place:
        file = Path(place, "answer.json")
        command = [sys.executable, "-c", _START, str(_ABOVE), __name__, str(file), module, *words]
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=LONGEST_S
            )
        except subprocess.TimeoutExpired as error:
            raise ImplbenchError(f"{words[0]}: did not say what is in it within {LONGEST_S} s") from error
        if not file.exists():
            raise ImplbenchError(f"{words[0]}: cannot be looked into: {_last_line(done)}")
        answer = msgspec.json.decode(file.read_bytes(), type=_Answer)
    if answer.absent:
        name = distribution(answer.absent)
        raise Unavailable(f"{words[0]}: needs {name}, not installed here (pip install {name})")
    if answer.error:
        raise ImplbenchError(answer.error)
    return msgspec.json.decode(answer.value, type=kind)


def _last_line(done: "subprocess.CompletedProcess[bytes]") -> str:
    lines = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"its process ended with code {done.returncode}"


def tell(file: str, module: str, *words: str) -> None:
    """Write what `seen` of a module returns to a file."""
    seen: Any = import_module(module).seen
    try:
        answer = _Answer(value=msgspec.Raw(msgspec.json.encode(seen(*words))))
    except ImplbenchError as error:
        cause = error.__cause__
        answer = _Answer(error=str(error), absent=(cause.name or "") if isinstance(cause, ModuleNotFoundError) else "")
    Path(file).write_bytes(msgspec.json.encode(answer))
    sys.stdout.flush()
    os._exit(0)  # whatever threads the code of others has left
