"""Runs made from other tools' files: what those do not say is None; `WARNING` is on every page that shows one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeGuard

from ..case import Case, Size
from ..document import plain
from ..errors import ImplbenchError
from ..machine import fingerprint
from ..measurement import SCHEMA, Arm, Burst, Load, Outcome, ProblemRecord, Round, Run, Settings, Worker
from ..report import file_name
from .timed import UNKNOWN

WARNING = (
    "imported from {tool}: nothing was verified, no two cases were timed side by side, so no ratio is formed; what its "
    "file does not say is unknown"
)

#: Longer samples than this (about 31 years) are no times.
_LONGEST_NS = 10**18

#: No count of anything is larger.
_MOST = 2**53

#: The parameters that tell a case apart; in this order they are a case's own.
_NAMED = ("implementation", "size", "dtype", "layout")


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a run comes from."""

    file: str
    """The file's name, without its folder."""
    sha256: str
    modified: str
    """When the file was written, in UTC: the run's own time where the file has none."""
    tool: str = UNKNOWN
    made: str | None = None
    """When the file says that it was measured, in UTC."""

    def made_by(self, tool: str, made: str | None) -> "Origin":
        """Return the origin with what the file itself says."""
        return replace(self, tool=tool, made=made)


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreign:
    """One foreign benchmark: a case and its samples, process by process."""

    case: Case
    title: str
    processes: Mapping[int, Sequence[tuple[int, Sequence[int]]]]
    """Round -> bursts, each the calls in a sample and the nanoseconds of each sample."""


def run(origin: Origin, problem: str, found: Sequence[Foreign], *, environment: Mapping[str, Any]) -> Run:
    """Return the run that these benchmarks make up; it is called `problem` where they are of several.

    Raises
    ------
    ImplbenchError
        If there is none, two are the same case, or a sample is no time.
    """
    if not found:
        raise ImplbenchError("holds no benchmark with a time")
    problems = {one.case.problem for one in found}
    names = [one.case.id for one in found]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ImplbenchError(f"holds two benchmarks of the name {plain(twice[0])!r}; expected one")
    for one in found:
        if not one.processes or not all(0 <= index < _MOST for index in one.processes):
            raise ImplbenchError(f"{plain(one.title)!r} has no rounds, or numbers that count none; expected 0, 1, ...")
    return Run(
        schema=SCHEMA,
        id="",
        created=origin.made or origin.modified,
        settings=Settings(
            seed=0,
            margin=0.03,
            rounds=None,
            budget_s=None,
            timeout_s=0.0,
            command=("implbench", "import", origin.file),
        ),
        problem=_problem(file_name(problems.pop() if len(problems) == 1 else problem), origin),
        environment={**environment, "imported": _imported(origin)},
        warnings=(WARNING.format(tool=origin.tool),),
        arms=tuple(Arm(name=one.case.id, case=one.case, title=plain(one.title), baseline=False) for one in found),
        left=(),
        rounds=tuple(_rounds(found)),
    )


def _problem(name: str, origin: Origin) -> ProblemRecord:
    return ProblemRecord(
        name=name, title=f"imported from {origin.tool}", formula="", digest="", outputs=(), data="", work={}
    )


def _imported(origin: Origin) -> dict[str, str | None]:
    return {"from": origin.tool, "file": plain(origin.file), "sha256": origin.sha256, "measured": origin.made}


def _rounds(found: Sequence[Foreign]) -> list[Round]:
    groups: dict[str, list[Foreign]] = {}
    for one in found:
        groups.setdefault(one.case.group, []).append(one)
    return [
        _round(index, group, [one for one in members if index in one.processes])
        for group, members in groups.items()
        for index in sorted({index for one in members for index in one.processes})
    ]


def _round(index: int, group: str, members: Sequence[Foreign]) -> Round:
    workers = tuple(_worker(index, place, one) for place, one in enumerate(members))
    return Round(
        index=index,
        group=group,
        start_ns=0,
        duration_ns=sum(ns for worker in workers for burst in worker.bursts for ns in burst.sample_ns),
        hash_seed=0,
        padding=0,
        passes=max(len(worker.bursts) for worker in workers),
        load=Load(load_before=None, load_after=None, busy=(), steal=(), frequency_hz=None),
        workers=workers,
    )


def _worker(index: int, place: int, one: Foreign) -> Worker:
    return Worker(
        arm=one.case.id,
        pid=0,
        spawn_position=place,
        position=place,
        outcome=Outcome.OK,
        reason=None,
        affinity=(),
        pools=(),
        layout={},
        malloc={},
        prepare_ns=None,
        first_call_ns=None,
        warmup_calls=0,
        verification=(),
        bursts=_bursts(one, place, one.processes[index]),
        output_tail="",
    )


def _bursts(one: Foreign, place: int, bursts: Sequence[tuple[int, Sequence[int]]]) -> tuple[Burst, ...]:
    """Return the bursts of one process, checked."""
    name = plain(one.title)
    if not any(samples for _calls, samples in bursts):
        raise ImplbenchError(f"{name!r} has a process without a sample; expected one or more")
    for calls, samples in bursts:
        _check_calls(calls, name)
        wrong = next((ns for ns in samples if not 0 < ns <= _LONGEST_NS), None)
        if wrong is not None:
            raise ImplbenchError(f"{name!r} has a sample of {wrong} ns; expected a time above 0 and below 31 years")
    return tuple(
        Burst(
            pass_index=index,
            position=place,
            start_ns=0,
            number=calls,
            sample_ns=tuple(samples),
            cpu_ns=None,
            minor_faults=None,
            involuntary_switches=None,
        )
        for index, (calls, samples) in enumerate(bursts)
        if samples
    )


def nanoseconds(seconds: Sequence[float], calls: int, name: str) -> tuple[int, ...]:
    """Return samples, in seconds per call, as nanoseconds of `calls` calls together.

    Raises
    ------
    ImplbenchError
        If one is no time.
    """
    _check_calls(calls, plain(name))
    wrong = next((value for value in seconds if not 0 < value * calls < _LONGEST_NS * 1e-9), None)
    if wrong is not None:
        raise ImplbenchError(
            f"{plain(name)!r} has a sample of {wrong} s in {calls} calls; expected a time above 0 and below 31 years"
        )
    return tuple(round(value * calls * 1e9) for value in seconds)


def _check_calls(calls: int, name: str) -> None:
    if not 0 < calls < _MOST:
        raise ImplbenchError(f"{name!r} has samples of {calls} calls; expected a whole number of at least 1")


def case(name: str, problem: str) -> Case:
    """Return the case of a foreign benchmark, of which its name is all that is known."""
    return Case(
        problem=problem,
        implementation=name,
        size=Size(name=UNKNOWN, values={}),
        dtype=UNKNOWN,
        layout=UNKNOWN,
        threads=None,
        allocator="default",
    )


def restored(identity: str, parameters: Mapping[str, Any]) -> Case | None:
    """Return the case that implbench exported, None where `identity` is not the id that its parameters make.

    Parameters
    ----------
    identity
        What may be a case's id, as ``backprop[vectorized-M-float64-C-1t]``.
    parameters
        What stands beside it; whole numbers that are no part of the name are those of the size.
    """
    named = {name: parameters.get(name) for name in _NAMED}
    threads = parameters.get("threads")
    if not all(isinstance(value, str) for value in named.values()) or not _is_count(threads):
        return None
    values = {name: value for name, value in parameters.items() if _is_count(value) and name != "threads"}
    found = Case(
        problem=identity.partition("[")[0],
        implementation=str(named["implementation"]),
        size=Size(name=str(named["size"]), values=values),
        dtype=str(named["dtype"]),
        layout=str(named["layout"]),
        threads=threads,
        allocator=str(parameters.get("allocator", "default")),
        cache=str(parameters.get("cache", "warm")),
        data=str(parameters.get("data", "")),
    )
    return found if found.id == identity else None


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST


def environment(**parts: Mapping[str, object]) -> dict[str, Any]:
    """Return an environment's record of what is known, as `environment.capture` lays it out.

    The fingerprint is that of the few things that foreign files tell: equal for files of one machine, never that of a
    run which implbench measured there.
    """
    record: dict[str, Any] = {name: _scalars(part) for name, part in parts.items()}
    if record["commit"].get("id") is None:
        record["commit"] = None
    cpu, system = record["cpu"], record["system"]
    named = f"{system.get('os')} {system.get('architecture')}"
    return {"fingerprint": fingerprint(cpu, None, named) if cpu.get("model") else None, **record}


def _scalars(part: Mapping[str, object]) -> dict[str, object]:
    """Return what is text, a truth value or a count; all else is unknown."""
    return {name: value if isinstance(value, str | bool) or _is_count(value) else None for name, value in part.items()}


def utc(text: str) -> str | None:
    """Return an ISO time in the form of a run's own, None where it cannot be read; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
