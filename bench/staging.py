"""What is ready before the first round: a scratch folder, and in it the inputs of each group."""

import compileall
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import case, environment, limiting, pinning
from .case import Case
from .conductor import Conductor, Group, Source
from .errors import NothingMeasured
from .exchange import Message
from .measurement import Arm, Limit, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Groups that are ready to be measured, and what making their inputs told."""

    conductor: Conductor
    groups: tuple[Group, ...]
    work: dict[str, dict[str, float]]
    """Group -> {"flops": ..., "bytes": ...} of one evaluation."""
    numeric_stack: dict[str, Any]
    limits: tuple[Limit, ...] = ()
    """Limits of the machine that are measured in the groups' rounds, with the work of each."""
    doubts: dict[str, str] = field(default_factory=dict)
    """Group -> why a remembered answer could not be told from a computed one, if so."""


@contextmanager
def staged(
    members: Mapping[str, Sequence[Arm]],
    sources: Mapping[str, Source],
    *,
    seed: int,
    timeout_s: float,
    tell: Callable[[str], None],
    roofline: bool = False,
    untimed: str | None = None,
) -> Iterator[Stage]:
    """Make the inputs of each group, one after the other; clean up at the end.

    Parameters
    ----------
    members
        Group -> its arms, which have their size, dtype and data in common.
    sources
        Arm -> its code; the inputs are made by the problem of a group's first arm.
    roofline
        Whether the limits of the machine are to be measured beside each group.
    untimed
        What each arm is asked for in its first round, behind its bursts: to ``count`` or ``explain`` what it does.

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
            conductor = Conductor(scratch=place, timeout_s=timeout_s, tell=tell, untimed=untimed)
            yield _stage(members, sources, _Inputs(conductor, place, seed), roofline=roofline)
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
    members: Mapping[str, Sequence[Arm]],
    sources: Mapping[str, Source],
    inputs: "_Inputs",
    *,
    roofline: bool,
) -> Stage:
    groups, work, limits, doubts = [], {}, [], {}
    inputs.write_all([(arms[0].case, sources[arms[0].name]) for arms in members.values()])
    for name, arms in members.items():
        first = arms[0]
        folder, reply = inputs.of(first.case, sources[first.name])
        work[name] = reply["work"]
        if reply["doubt"]:
            doubts[name] = reply["doubt"]
        own = {arm.name: sources[arm.name] for arm in arms}
        folders = dict.fromkeys(own, folder)
        orders = {arm.name: case.orders(arm.case.layout, reply["matrices"]) for arm in arms}
        beside = []
        for limit, source in limiting.beside(name, first.case, work[name]) if roofline else ():
            arm = limit.arm
            own[arm.name] = source
            folders[arm.name], told = inputs.of(arm.case, source)
            orders[arm.name] = case.orders(arm.case.layout, told["matrices"])
            beside.append(replace(limit, work=told["work"]))
        limits += beside
        groups.append(
            Group(
                name=name,
                arms=tuple(arms),
                sources=own,
                inputs=folders,
                orders=orders,
                limits=tuple(limit.arm for limit in beside),
            )
        )
    return Stage(
        conductor=inputs.conductor,
        groups=tuple(groups),
        work=work,
        numeric_stack=reply["numeric_stack"],
        limits=tuple(limits),
        doubts=doubts,
    )


#: What inputs depend on: problem, size, dtype and data.
_Key = tuple[Any, ...]


class _Inputs:
    """The inputs of a run, written once for all cases that have them in common."""

    def __init__(self, conductor: Conductor, place: Path, seed: int) -> None:
        self.conductor = conductor
        self._place = place
        self._seed = seed
        self._written: dict[_Key, tuple[Path, Message]] = {}

    def of(self, one: Case, source: Source) -> tuple[Path, Message]:
        """Return the folder of a case's inputs, and what making them told."""
        key = _key(one, source)
        if key not in self._written:
            folder = self._place / f"inputs-{len(self._written)}"
            reply = self.conductor.write_inputs(one, source, folder, seed=self._seed)
            if reply["outcome"] != Outcome.OK:
                raise NothingMeasured(f"{one.problem}: its problem.py gave no inputs: {reply['reason']}")
            self._written[key] = folder, reply
        return self._written[key]

    def write_all(self, wanted: Sequence[tuple[Case, Source]]) -> None:
        """Have the inputs of several cases made, as many at once as there are CPUs; the largest sizes first.

        Their references take longest, and of a sweep the largest takes about as long as all others together.
        """
        each = {_key(one, source): (one, source) for one, source in wanted}
        order = sorted(each, key=lambda key: math.prod(each[key][0].size.values.values()), reverse=True)
        folders = {key: self._place / f"inputs-{place}" for place, key in enumerate(order)}
        if len(order) == 1:
            return

        def write(key: _Key) -> Message:
            return self.conductor.write_inputs(*each[key], folders[key], seed=self._seed)

        with ThreadPoolExecutor(max_workers=len(environment.allowed_cpus())) as pool:
            try:
                replies = list(pool.map(write, order))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.conductor.abandon_inputs()
                raise
        for key, reply in zip(order, replies, strict=True):
            if reply["outcome"] != Outcome.OK:
                raise NothingMeasured(f"{each[key][0].problem}: its problem.py gave no inputs: {reply['reason']}")
            self._written[key] = folders[key], reply


def _key(one: Case, source: Source) -> _Key:
    return (source.problem.folder, *one.size.values.items(), one.dtype, one.data)
