"""Environments that are ready to be measured in: each made where it was not, and shown to start a worker."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ...errors import ImplbenchError
from ...machine import threads
from ...machine.privacy import masked
from ...measure.ended import Ended
from ...measure.environments import HERE, Environment, levelled
from ...measure.worker_process import WorkerProcess
from ...measure.worker_start import Conditions
from ...store.records import EnvironmentRecord
from ...worker.describing import Describe, Described
from . import installing, making
from .asked import EnvironmentOptions, Wanted, wanted

#: A worker that takes longer to say what it runs in does not work.
_PATIENCE_S = 60.0

#: What a line has in it that says why an interpreter has ended.
_TELLING = "rror"


def ready(asked: EnvironmentOptions, tell: Callable[[str], None]) -> tuple[Environment, ...]:
    """Return the environments; one that cannot be had has its reason. That of the harness where none is asked for.

    Raises
    ------
    ImplbenchError
        If a variable cannot be set so.
    """
    found = tuple(_ready(one, tell) for one in wanted(asked))
    return levelled(found, os.environ) if found else (HERE,)


def _ready(one: Wanted, tell: Callable[[str], None]) -> Environment:
    try:
        python = HERE.python if one.here else _made(one, tell)
        return described(Environment(label=one.label, python=python, variables=one.variables), one.requirements)
    except ImplbenchError as error:
        return Environment(label=one.label, variables=one.variables, broken=str(error))


def _made(one: Wanted, tell: Callable[[str], None]) -> str:
    """Return the interpreter of an environment that is kept."""
    return str(installing.python_of(making.made(one.label, one.python, one.requirements, tell=tell)))


def described(one: Environment, asked: tuple[str, ...]) -> Environment:
    """Return an environment with its record, as a worker in it tells; `asked` are its requirements.

    Raises
    ------
    ImplbenchError
        If no worker starts in it.
    """
    found = _described(one)
    record = EnvironmentRecord(
        label=one.label,
        asked=asked,
        python=found.python,
        packages=found.packages,
        variables={name: _shown(value) for name, value in one.variables.items()},
        numeric_stack=dict(found.numeric_stack),
    )
    return Environment(label=one.label, python=one.python, variables=one.variables, record=record)


def _described(one: Environment) -> Described:
    environment: Mapping[str, str] = one.over(os.environ | threads.variables(1, "default"))
    with tempfile.TemporaryDirectory(prefix="implbench-") as folder:
        conditions = Conditions(environment=environment, cpus=(), folder=Path(folder), python=one.python)
        with WorkerProcess(conditions) as worker:
            try:
                return worker.ask(Describe(), Described, _PATIENCE_S)
            except Ended as ended:
                raise ImplbenchError(f"no worker starts in it: {_last(worker.output_tail) or ended.reason}") from ended


def _last(output: str) -> str:
    """Return the line of an output that says why it is the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if _TELLING in line), lines[-1] if lines else "")


def _shown(value: str | None) -> str | None:
    return None if value is None else masked(value, os.environ)
