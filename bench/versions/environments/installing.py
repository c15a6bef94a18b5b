"""How a virtual environment is resolved, made and filled: by uv where it is here, else by venv and pip."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from ...errors import ImplbenchError
from ...machine.distributions import project_of
from ...machine.environment import version
from ...machine.privacy import masked
from . import interpreters
from .interpreters import Interpreter

#: What a worker imports beside the standard library and its own modules.
NEEDED = ("numpy", "threadpoolctl", "msgspec")

#: So much is told of what a resolver says.
_LONGEST = 400

#: What uv draws around its sentences.
_DRAWN = re.compile(r"[\u00d7\u2500-\u257f\u25b6]")


class Installer(Protocol):
    """Makes virtual environments."""

    def resolve(self, interpreter: Interpreter, requirements: Path, constraints: Path) -> tuple[str, ...]:
        """Return every distribution that requirements ask for, each at one version; both are files for pip."""
        ...

    def make(self, interpreter: Interpreter, place: Path) -> None:
        """Make an empty virtual environment in a folder."""
        ...

    def install(self, place: Path, requirements: Path) -> None:
        """Install what a file for pip names, and nothing else."""
        ...


class Uv(Struct, frozen=True, kw_only=True):
    """By uv."""

    program: str

    def resolve(self, interpreter: Interpreter, requirements: Path, constraints: Path) -> tuple[str, ...]:
        """Return what `uv pip compile` gives."""
        how = ("--quiet", "--no-header", "--no-annotate", "--python", str(interpreter.path))
        said = _done([self.program, "pip", "compile", *how, "--constraint", str(constraints), str(requirements)])
        lines = (line.strip() for line in said.splitlines())
        return tuple(sorted(line for line in lines if line and not line.startswith(("#", "-"))))

    def make(self, interpreter: Interpreter, place: Path) -> None:
        """Have uv make it."""
        _done([self.program, "venv", "--quiet", "--no-project", "--python", str(interpreter.path), str(place)])

    def install(self, place: Path, requirements: Path) -> None:
        """Have uv install them, from its own cache where they are there."""
        how = ("--quiet", "--no-deps", "--python", str(python_of(place)))
        _done([self.program, "pip", "install", *how, "--requirement", str(requirements)])


class Pip(Struct, frozen=True, kw_only=True):
    """By venv and pip, which the interpreter brings."""

    def resolve(self, interpreter: Interpreter, requirements: Path, constraints: Path) -> tuple[str, ...]:
        """Return what pip would install into an environment of this interpreter."""
        with tempfile.TemporaryDirectory(prefix="implbench-") as folder:
            self.make(interpreter, Path(folder))
            how = ("--dry-run", "--ignore-installed", "--report", "-", "--constraint", str(constraints))
            said = _done([*_pip(Path(folder)), "install", "--quiet", *how, "--requirement", str(requirements)])
        return tuple(sorted(_pin(one) for one in json.loads(said)["install"]))

    def make(self, interpreter: Interpreter, place: Path) -> None:
        """Have the interpreter make it."""
        _done([str(interpreter.path), "-m", "venv", str(place)])

    def install(self, place: Path, requirements: Path) -> None:
        """Have pip install them."""
        _done([*_pip(place), "install", "--quiet", "--no-deps", "--requirement", str(requirements)])


def installer() -> Installer:
    """Return what makes virtual environments here."""
    program = interpreters.uv()
    return Uv(program=program) if program else Pip()


def python_of(place: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return place / "bin" / "python"


def lines_of(requirements: Sequence[str], more: Iterable[str]) -> str:
    """Return requirements as the text of a file for pip: of those that files hold, the files by their whole paths."""
    words = iter(requirements)
    lines = [f"-r {Path(next(words)).absolute()}" if word == "-r" else word for word in words]
    return "\n".join([*lines, *more, ""])


def as_here(needed: Iterable[str], requirements: Sequence[str]) -> tuple[str, ...]:
    """Return what is needed and not named, at the versions that the harness has: so that only the named differs."""
    named = set(map(project_of, requirements))
    return tuple(f"{name}=={found}" for name in needed if name not in named and (found := version(name)))


def _pip(place: Path) -> list[str]:
    return [str(python_of(place)), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def _pin(reported: Mapping[str, Any]) -> str:
    """Return one distribution of pip's report as a requirement: by its address where it was named by that."""
    about = reported["metadata"]
    if reported.get("is_direct"):
        return f"{about['name']} @ {reported['download_info']['url']}"
    return f"{about['name'].lower()}=={about['version']}"


def _done(command: Sequence[str]) -> str:
    """Return what a command prints; ImplbenchError with what it says if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise ImplbenchError(f"{command[0]} cannot be started ({error.strerror})") from error
    if done.returncode:
        raise ImplbenchError(sentence(done.stderr or done.stdout) or f"exit code {done.returncode}")
    return done.stdout


def sentence(said: str) -> str:
    """Return what pip or uv says of a failure, in one line."""
    errors = [line for line in said.splitlines() if line.lstrip().startswith("ERROR:")]
    text = " ".join(_DRAWN.sub(" ", "\n".join(errors[-1:]) or said).split())
    return masked(text, os.environ)[:_LONGEST].rstrip(". ")
