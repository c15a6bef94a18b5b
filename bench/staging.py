"""What is ready before the first round: a scratch folder, and in it the inputs of each group."""

import compileall
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import case, environment, pinning
from .conductor import Conductor, Group, Source
from .errors import NothingMeasured
from .measurement import Arm, Outcome


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
    members: Mapping[str, Sequence[Arm]],
    sources: Mapping[str, Source],
    *,
    seed: int,
    timeout_s: float,
    tell: Callable[[str], None],
) -> Iterator[Stage]:
    """Make the inputs of each group, one after the other; clean up at the end.

    Parameters
    ----------
    members
        Group -> its arms, which have their size, dtype and data in common.
    sources
        Arm -> its code; the inputs are made by the problem of a group's first arm.

    Raises
    ------
    ImplbenchError
        If a layout does not fit the problem.
    NothingMeasured
        If there is no arm, or a problem fails to give its inputs.
    """
    if not sys.dont_write_bytecode:
        for folder in {source.problem.folder for source in sources.values()}:
            compileall.compile_dir(folder, maxlevels=1, quiet=2)
    cpus = environment.allowed_cpus()
    with scratch() as place:
        try:
            conductor = Conductor(scratch=place, timeout_s=timeout_s, tell=tell)
            yield _stage(conductor, members, sources, place=place, seed=seed)
        finally:
            pinning.pin(0, cpus)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that lies in memory, where there is such a place, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="implbench-", dir=_memory()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """Return a folder that lies in memory, None where there is none."""
    memory = Path("/dev/shm")  # noqa: S108  # the folder below it is made by mkdtemp
    return memory if os.access(memory, os.W_OK) else None


def _stage(
    conductor: Conductor,
    members: Mapping[str, Sequence[Arm]],
    sources: Mapping[str, Source],
    *,
    place: Path,
    seed: int,
) -> Stage:
    written: dict[tuple[Any, ...], tuple[Path, dict[str, Any]]] = {}
    groups, work = [], {}
    for name, arms in members.items():
        one = arms[0].case
        key = (one.problem, *one.size.values.items(), one.dtype, one.data)
        if key not in written:
            inputs = place / f"inputs-{len(written)}"
            reply = conductor.write_inputs(one, sources[arms[0].name], inputs, seed=seed)
            if reply["outcome"] != Outcome.OK:
                raise NothingMeasured(f"{one.problem}: its problem.py gave no inputs: {reply['reason']}")
            written[key] = inputs, reply
        inputs, reply = written[key]
        orders = {arm.name: case.orders(arm.case.layout, reply["matrices"]) for arm in arms}
        own = {arm.name: sources[arm.name] for arm in arms}
        groups.append(Group(name=name, arms=tuple(arms), sources=own, inputs=inputs, orders=orders))
        work[name] = reply["work"]
    return Stage(conductor=conductor, groups=tuple(groups), work=work, numeric_stack=reply["numeric_stack"])
