"""What is ready before the first round: a scratch folder, and in it the inputs of each group."""

import compileall
import errno
import math
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from ..errors import NO_ROOM, OWN_ERROR, NothingMeasured
from ..machine import affinity, hardware
from ..problems import case
from ..problems.case import Case, MemoryOrder
from ..problems.problem import Problem
from ..store.checks import Check
from ..store.records import Arm, Limit
from ..store.worker_records import Outcome
from ..worker.origins import has_regular
from ..worker.protocol import InputsWritten
from . import importable, probes, strides
from .backends import Backend, RoundExecutor
from .counting import Untimed
from .ended import Ended
from .group import Group, Source
from .scratch import scratch
from .worker_process import MEANWHILE_S

#: How making inputs ends where others beside it may be the reason.
FOR_WANT_OF_ROOM = frozenset({Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT})


#: A module that could not be imported, in a reason.
_ABSENT = re.compile(r"No module named '([A-Za-z0-9_]+)")


class Stage(Struct, frozen=True, kw_only=True):
    """Groups that are ready to be measured, and what making their inputs told."""

    executor: RoundExecutor
    groups: tuple[Group, ...]
    work: dict[str, dict[str, float]]
    """Group -> {"flops": ..., "bytes": ...} of one evaluation."""
    numeric_stack: dict[str, Any]
    dtypes: dict[str, str] = field(default_factory=dict)
    """Group -> dtype of its inputs, where that is not the case's; empty where they have several."""
    limits: tuple[Limit, ...] = ()
    """Limits of the machine that are measured in the groups' rounds, with the work of each."""
    refused: dict[str, str] = field(default_factory=dict)
    """Group -> why there are no inputs, or nothing is known to be right; such groups are not among `groups`."""
    checks: dict[str, Check] = field(default_factory=dict)
    """Group -> how its results are checked."""
    doubts: dict[str, str] = field(default_factory=dict)
    """Group -> why a remembered answer could not be told from a computed one, if so."""
    outside: frozenset[Path] = frozenset()
    """Files that the code of a version has made outside its folders, while inputs were made."""
    relaid: dict[str, str] = field(default_factory=dict)
    """Group -> which inputs lie in memory otherwise than they were given, if some do."""


@contextmanager
def staged(
    members: Mapping[str, Sequence[Arm]],
    sources: Mapping[str, Source],
    *,
    seed: int,
    timeout_s: float,
    memory_bytes: int | None = None,
    tell: Callable[[str], None],
    backend: Backend,
    roofline: bool = False,
    untimed: Untimed | None = None,
    partly: bool = False,
) -> Iterator[Stage]:
    """Make the inputs of each group, one after the other; clean up at the end.

    Parameters
    ----------
    members
        Group -> its arms, which have their size, dtype and data in common.
    sources
        Arm -> its code; the inputs are made by the problem of a group's first arm.
    backend
        What gives the executor.
    roofline
        Whether the limits of the machine are to be measured beside each group.
    untimed
        What each arm is asked for in its first round, after its bursts.
    partly
        Whether groups whose problem gives no inputs are left out, with the reason; else they are an error.

    Raises
    ------
    ImplbenchError
        If a layout does not fit the problem.
    NothingMeasured
        If there is no arm, or a problem fails to give its inputs.
    """
    if not sys.dont_write_bytecode:
        for place in {source.problem.place for source in sources.values()}:
            _compile(place)
    cpus = hardware.allowed_cpus()
    with scratch() as place:
        executor = backend.executor(
            scratch=place, timeout_s=timeout_s, memory_bytes=memory_bytes, tell=tell, untimed=untimed
        )
        try:
            yield _stage(members, sources, _Inputs(executor, place, seed, tell=tell), roofline=roofline, partly=partly)
        finally:
            executor.close()
            affinity.pin(0, cpus)


def _compile(place: Path) -> None:
    """Compile the modules of a problem, so that no worker does it."""
    if place.is_dir():
        compileall.compile_dir(place, maxlevels=1, quiet=2)
    else:
        compileall.compile_file(place, quiet=2)


def _stage(
    members: Mapping[str, Sequence[Arm]],
    sources: Mapping[str, Source],
    inputs: "_Inputs",
    *,
    roofline: bool,
    partly: bool,
) -> Stage:
    groups, limits, refused, relaid = [], [], {}, {}
    told: dict[str, InputsWritten] = {}
    inputs.write_all([(arms[0].case, sources[arms[0].name]) for arms in members.values()])
    for name, arms in members.items():
        first = arms[0]
        try:
            written = inputs.of(first.case, sources[first.name], [sources[arm.name] for arm in arms])
        except NothingMeasured as error:
            if not partly:
                raise
            refused[name] = str(error)
            continue
        reply = told[name] = written[1]
        beside = probes.beside(name, first.case, reply.work) if roofline and reply.work else ()
        group, more = _grouped(name, [(arm, sources[arm.name]) for arm in arms], written, (inputs, beside))
        groups.append(group)
        limits += more
        relaid[name] = strides.told(reply.given, [group.orders[arm.name] for arm in arms])
    return Stage(
        executor=inputs.executor,
        groups=tuple(groups),
        work={name: reply.work for name, reply in told.items()},
        dtypes=_dtypes(groups, told),
        numeric_stack=dict(next(reversed(told.values())).numeric_stack) if told else {},
        limits=tuple(limits),
        refused=refused,
        checks={name: reply.check for name, reply in told.items()},
        doubts={name: reply.doubt for name, reply in told.items() if reply.doubt},
        relaid={name: said for name, said in relaid.items() if said},
        outside=frozenset(file for reply in told.values() for file in reply.outside),
    )


def _dtypes(groups: Iterable[Group], told: Mapping[str, InputsWritten]) -> dict[str, str]:
    """Return group -> dtype of its inputs, where they have another than the case."""
    found = {group.name: (told[group.name].dtype, group.arms[0].case.dtype) for group in groups}
    return {name: dtype for name, (dtype, of_case) in found.items() if dtype not in (None, of_case)}


def _grouped(
    name: str,
    members: Sequence[tuple[Arm, Source]],
    written: tuple[Path, InputsWritten],
    limited: tuple["_Inputs", Iterable[tuple[Limit, Source]]],
) -> tuple[Group, list[Limit]]:
    """Return a group of arms whose inputs are written, with the limits that are measured beside them."""
    folder, reply = written
    own = {arm.name: source for arm, source in members}
    folders = dict.fromkeys(own, folder)
    orders = {arm.name: _orders(arm.case.layout, source.problem, reply) for arm, source in members}
    inputs, beside = limited
    limits = []
    for limit, source in beside:
        arm = limit.arm
        own[arm.name] = source
        folders[arm.name], told = inputs.of(arm.case, source)
        orders[arm.name] = case.orders(arm.case.layout, told.matrices)
        limits.append(replace(limit, work=told.work))
    group = Group(
        name=name,
        arms=tuple(arm for arm, _ in members),
        sources=own,
        inputs=folders,
        orders=orders,
        limits=tuple(limit.arm for limit in limits),
    )
    return group, limits


def _orders(layout: str, problem: Problem, reply: InputsWritten) -> dict[str, MemoryOrder]:
    """Return the memory order of each 2-D input; of none where nobody asks for one: each is as it was given."""
    asked = problem.layouts or layout not in case.USUAL_LAYOUTS
    return case.orders(layout, reply.matrices) if asked else {}


#: What inputs depend on: problem, size, dtype and data.
_Key = tuple[Any, ...]


class _Inputs:
    """The inputs of a run, written once for all cases that have them in common."""

    def __init__(self, executor: RoundExecutor, place: Path, seed: int, *, tell: Callable[[str], None]) -> None:
        self.executor = executor
        self._tell = tell
        self._place = place
        self._seed = seed
        self._written: dict[_Key, tuple[Path, InputsWritten | Ended]] = {}

    def of(self, one: Case, source: Source, beside: Iterable[Source] = ()) -> tuple[Path, InputsWritten]:
        """Return the folder of a case's inputs, and what making them told; who is measured `beside` may have more."""
        key = _key(one, source)
        if key not in self._written:
            folder = self._place / f"inputs-{len(self._written)}"
            self._written[key] = folder, self.executor.write_inputs(one, source, folder, seed=self._seed)
        folder, reply = self._written[key]
        if isinstance(reply, Ended):
            if any(os.strerror(error) in reply.reason for error in NO_ROOM):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._place))
            raise _nothing(one.problem, source, reply, beside)
        return folder, reply

    def write_all(self, wanted: Sequence[tuple[Case, Source]]) -> None:
        """Have the inputs of several cases made, as many at once as there are CPUs; the largest sizes first.

        Their references take longest, and of a sweep the largest takes about as long as all others together. What ended
        because others took memory or time beside it is made again, alone.
        """
        each = {_key(one, source): (one, source) for one, source in wanted}
        order = sorted(each, key=lambda key: math.prod(each[key][0].size.values.values()), reverse=True)
        folders = {key: self._place / f"inputs-{place}" for place, key in enumerate(order)}

        def write(key: _Key) -> InputsWritten | Ended:
            return self.executor.write_inputs(*each[key], folders[key], seed=self._seed)

        at_once = min(len(order), len(hardware.allowed_cpus()))
        with ThreadPoolExecutor(max_workers=at_once or 1) as pool:
            try:
                futures = [pool.submit(write, key) for key in order]
                while (made := len(wait(futures, timeout=MEANWHILE_S).done)) < len(futures):
                    self._tell(f"inputs and reference, {made} of {len(futures)}")
                replies = [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.executor.abandon_inputs()
                raise
        for place, key in enumerate(order):
            reply = replies[place]
            if isinstance(reply, Ended) and reply.outcome in FOR_WANT_OF_ROOM and at_once > 1:
                shutil.rmtree(folders[key], ignore_errors=True)
                replies[place] = write(key)
        self._written |= {key: (folders[key], reply) for key, reply in zip(order, replies, strict=True)}


def _nothing(name: str, source: Source, ended: Ended, beside: Iterable[Source] = ()) -> NothingMeasured:
    """Return that a problem cannot be verified, why, and what to do where that is known."""
    told, is_own = f"{name}: cannot be verified: {ended.reason}", ended.reason.startswith(OWN_ERROR)
    may_miss = is_own or ended.outcome == Outcome.CRASHED
    other = importable.needed_in(source.problem.beside) if may_miss else None
    if other:
        needed = f"the installed {importable.name_of(other.name)}, which implbench needs itself"
        told += f"; {other} comes before {needed}: rename it"
    else:
        told += _remedy(ended.reason, beside)
    return NothingMeasured(told, written=ended.written, own=is_own and not other)


def _remedy(reason: str, beside: Iterable[Source]) -> str:
    """Return what to do about a module that could not be imported, empty where that is not the reason."""
    absent = _ABSENT.search(reason)
    if absent is None:
        return ""
    name = absent[1]
    if any(source.own and has_regular(source.own, name) for source in beside):
        return f"; {name} is among the files of the other version, BASE, and not of HEAD"
    return f"; if {name} is a package, install it where implbench is"


def _key(one: Case, source: Source) -> _Key:
    return (source.problem.file, *one.size.values.items(), one.dtype, one.data)
