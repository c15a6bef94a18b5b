"""What is ready before the first round: a scratch folder, and in it the inputs of each group."""

import compileall
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import case, environment, pinning
from .conductor import Conductor, Group
from .errors import NothingMeasured
from .implementation import chosen
from .measurement import Arm, Left, Outcome
from .problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Groups that are ready to be measured, and what making their inputs told."""

    conductor: Conductor
    groups: tuple[Group, ...]
    work: dict[str, dict[str, float]]
    """Group -> {"flops": ..., "bytes": ...} of one evaluation."""
    numeric_stack: dict[str, Any]


@contextmanager
def staged(
    problem: Problem,
    arms: Sequence[Arm],
    left: Sequence[Left],
    *,
    seed: int,
    timeout_s: float,
    tell: Callable[[str], None],
) -> Iterator[Stage]:
    """Make the inputs of each group, one after the other; clean up at the end.

    Raises
    ------
    ImplbenchError
        If a layout does not fit the problem.
    NothingMeasured
        If no case can be started, or the problem itself fails to give its inputs.
    """
    if not arms:
        reasons = "; ".join(f"{one.case.name}: {one.outcome}, {one.reason}" for one in left)
        raise NothingMeasured(f"nothing to measure: {reasons}")
    if not sys.dont_write_bytecode:
        compileall.compile_dir(problem.folder, maxlevels=1, quiet=2)
    cpus = environment.allowed_cpus()
    folder = Path(tempfile.mkdtemp(prefix="implbench-", dir=_memory()))
    try:
        conductor = Conductor(problem, chosen(problem, ()), scratch=folder, timeout_s=timeout_s, tell=tell)
        yield _stage(problem, conductor, arms, folder=folder, seed=seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        pinning.pin(0, cpus)


def _memory() -> Path | None:
    """Return a folder that lies in memory, None where there is none."""
    memory = Path("/dev/shm")  # noqa: S108  # the folder below it is made by mkdtemp
    return memory if os.access(memory, os.W_OK) else None


def _stage(problem: Problem, conductor: Conductor, arms: Sequence[Arm], *, folder: Path, seed: int) -> Stage:
    members: dict[str, list[Arm]] = {}
    for arm in arms:
        members.setdefault(arm.case.group, []).append(arm)
    written: dict[tuple[Any, ...], tuple[Path, dict[str, Any]]] = {}
    groups, work = [], {}
    for name, those in members.items():
        one = those[0].case
        key = (*one.size.values.items(), one.dtype)
        if key not in written:
            inputs = folder / f"inputs-{len(written)}"
            reply = conductor.write_inputs(one, inputs, seed)
            if reply["outcome"] != Outcome.OK:
                raise NothingMeasured(f"{problem.name}: its problem.py gave no inputs: {reply['reason']}")
            written[key] = inputs, reply
        inputs, reply = written[key]
        orders = {arm.name: case.orders(arm.case.layout, reply["matrices"]) for arm in those}
        groups.append(Group(name=name, arms=tuple(those), inputs=inputs, orders=orders))
        work[name] = reply["work"]
    return Stage(conductor=conductor, groups=tuple(groups), work=work, numeric_stack=reply["numeric_stack"])
