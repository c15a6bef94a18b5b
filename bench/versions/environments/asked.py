"""Which environments are asked for: each combination of packages, interpreter and variables, with a name for people."""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from msgspec import Struct

from ...errors import ImplbenchError
from ...machine.threads import THREAD_VARIABLES

#: In the place of requirements: what the harness itself runs in.
HERE = "here"

#: What the harness sets in each worker by itself, and the option to set it by, if there is one.
_SET_BY_HARNESS = {
    **dict.fromkeys(THREAD_VARIABLES, "--threads sets it"),
    "PYTHONPATH": "implbench sets it, so that workers find what they should import",
    "PYTHONHASHSEED": "implbench draws another one for each round",
    "PYTHONPYCACHEPREFIX": "implbench sets it",
}


class EnvironmentOptions(Struct, frozen=True, kw_only=True):
    """The axes of environments; an empty one means what the harness itself has."""

    packages: tuple[tuple[str, ...], ...] = ()
    """Requirements as pip takes them, ``-r FILE`` among them: a list for each environment."""
    pythons: tuple[str, ...] = ()
    """Interpreters, as uv and pyenv name them, or by their paths."""
    variables: tuple[tuple[str, ...], ...] = ()
    """``NAME=VALUE``, several of them for each environment; without a value the variable is taken away."""

    @property
    def any(self) -> bool:
        """Whether an environment is asked for at all."""
        return bool(self.packages or self.pythons or self.variables)


#: None of them.
AS_HERE = EnvironmentOptions()


class Wanted(Struct, frozen=True, kw_only=True):
    """One environment as it is asked for."""

    label: str
    requirements: tuple[str, ...] = ()
    python: str | None = None
    """None: the interpreter of the harness."""
    variables: Mapping[str, str | None]
    here: bool = False
    """Whether the harness's own packages are meant."""


def wanted(asked: EnvironmentOptions) -> tuple[Wanted, ...]:
    """Return the environments, each once; none where none is asked for.

    Raises
    ------
    ImplbenchError
        If a variable cannot be set so.
    """
    if not asked.any:
        return ()
    axes = product(asked.pythons or (None,), asked.packages or ((),), asked.variables or ((),))
    found = {one.label: one for one in (_combined(*values) for values in axes)}
    return tuple(found.values())


def _combined(python: str | None, requirements: tuple[str, ...], texts: Sequence[str]) -> Wanted:
    folder = next((word for word in requirements if os.sep in word and Path(word).is_dir()), None)
    if folder:
        raise ImplbenchError(
            f"--env {folder}: is a folder, whose contents change; implbench compare --build builds versions of it"
        )
    variables = dict(map(_variable, texts))
    here = requirements in ((), (HERE,)) and python is None
    words = () if python is None else (_python_text(python),)
    parts = (*words, *_requirement_texts(requirements), *(_variable_text(*one) for one in variables.items()))
    asked = () if requirements == (HERE,) else requirements
    return Wanted(label=", ".join(parts), requirements=asked, python=python, variables=variables, here=here)


def _variable(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip()):
        raise ImplbenchError(f"--var {text}: expected NAME=VALUE, or NAME= to take a variable away")
    why = _SET_BY_HARNESS.get(name) or ("it is implbench's own" if name.startswith("IMPLBENCH_") else None)
    if why:
        raise ImplbenchError(f"--var {text}: is not for you to set, {why}")
    return name, value or None


def _variable_text(name: str, value: str | None) -> str:
    return f"no {name}" if value is None else f"{name}={value}"


def _python_text(name: str) -> str:
    """Return as in ``Python 3.13``, of a path its last two parts that tell something."""
    if os.sep not in name:
        return f"Python {name}" if name[:1].isdigit() else name
    path = Path(name)
    return path.parent.parent.name if path.parent.name == "bin" else path.name


def _requirement_texts(requirements: Sequence[str]) -> Iterator[str]:
    """Yield as in ``numpy 2.3.5``; of a file its name."""
    words = iter(requirements)
    for word in words:
        yield Path(next(words)).name if word == "-r" else word.replace("==", " ")
