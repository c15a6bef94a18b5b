"""Interpreters of Python, found as uv and pyenv name them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from ...errors import ImplbenchError

#: What the modules of a worker are written for.
OLDEST = (3, 11)

#: Asks an interpreter for its version, its kind, and what virtual environments are made of it.
_QUESTION = (
    "import json, platform, sys;"
    "base = getattr(sys, '_base_executable', sys.executable);"
    "print(json.dumps([platform.python_version(), platform.python_implementation(), base]))"
)

#: An interpreter that takes longer to say what it is does not work.
_PATIENCE_S = 30.0


class Interpreter(Struct, frozen=True, kw_only=True):
    """An interpreter that is here."""

    path: Path
    """What virtual environments are made of."""
    version: str
    implementation: str

    @property
    def text(self) -> str:
        """As in ``CPython 3.12.1``."""
        return f"{self.implementation} {self.version}"


def find(name: str | None) -> Interpreter:
    """Return the interpreter of that name or path, None for that of the harness.

    Raises
    ------
    ImplbenchError
        If there is none, it does not start, or it is too old for a worker.
    """
    path = next(_candidates(name), None)
    if path is None:
        there = [one for one in {*_pyenv_versions(), *_on_path()} if _order(one)[:2] >= list(OLDEST)]
        known = ", ".join(sorted(there, key=_order)) or "none"
        raise ImplbenchError(
            f"--python {name}: there is no such interpreter here; there are {known} (uv python install {name} adds it)"
        )
    found = _asked(path, name)
    if _order(found.version)[:2] < list(OLDEST):
        oldest = ".".join(map(str, OLDEST))
        raise ImplbenchError(f"--python {name}: is {found.text}, and a worker needs Python {oldest} or newer")
    return found


def uv() -> str | None:
    """Return the program uv, if it is here: on the path, or beside the harness's own interpreter."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


def _candidates(name: str | None) -> Iterator[Path]:
    if name is None:
        yield Path(sys.executable)
    elif os.sep in name:
        path = Path(name).expanduser().absolute()
        yield from [path] if os.access(path, os.X_OK) and path.is_file() else []
    else:
        versions = _pyenv_versions()
        alike = [one for one in versions if one == name or one.startswith(f"{name}.")]
        yield from (versions[one] for one in sorted(alike, key=_order, reverse=True))
        places = (shutil.which(command) for command in (f"python{name}", name))
        yield from (Path(place) for place in places if place)
        yield from _of_uv(name)


def _of_uv(name: str) -> Iterator[Path]:
    """Yield what uv finds, which downloads nothing."""
    program = uv()
    if program:
        command = [program, "python", "find", "--system", "--no-python-downloads", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        place = done.stdout.strip()
        yield from [Path(place)] if done.returncode == 0 and place else []


def _pyenv_versions() -> dict[str, Path]:
    """Return name -> interpreter of what pyenv has installed."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    if not root.is_dir():
        return {}
    found = {place.name: place / "bin" / "python" for place in root.iterdir()}
    return {name: path for name, path in found.items() if path.is_file()}


def _on_path() -> set[str]:
    """Return the versions of the interpreters on the path that say theirs in their names."""
    folders = map(Path, os.environ.get("PATH", "").split(os.pathsep))
    names = (file.name for folder in folders if folder.is_dir() for file in folder.glob("python3.*"))
    return {match.group(1) for match in (re.fullmatch(r"python(3\.\d+)", name) for name in names) if match}


def _order(version: str) -> list[int]:
    """Return a key that puts versions in order."""
    return [int(part) for part in re.findall(r"\d+", version)]


def _asked(path: Path, name: str | None) -> Interpreter:
    command = [str(path), "-I", "-S", "-c", _QUESTION]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_PATIENCE_S)
        version, implementation, base = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ImplbenchError(f"--python {name}: {path} does not start as an interpreter of Python does") from error
    return Interpreter(path=Path(base), version=version, implementation=implementation)
