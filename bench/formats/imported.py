"""Runs made from other tools' files: what those do not say is None; `WARNING` is on every page that shows one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ..errors import ImplbenchError
from ..machine.load import Activity
from ..problems.case import Case
from ..report.parts import file_name, plain
from ..store.records import DEFAULT_MARGIN, SCHEMA, Arm, Left, ProblemRecord, Role, Round, Run, Settings
from ..store.worker_records import Burst, Outcome, Worker
from .identifying import MOST
from .timed_cases import UNKNOWN

WARNING = (
    "imported from {tool}: nothing was verified, no two cases were timed side by side, so no ratio is formed; what its "
    "file does not say is unknown"
)

#: The statistic that stands for samples which a file does not hold: what a time is here, over the samples of a process.
STATISTIC = "median"

_ONE_VALUE = (
    "{count} of {all} times are the {statistic} that {tool} stored in the place of its samples: one value has no "
    "interval, and its spread is not known"
)

#: Longer samples than this (about 31 years) are no times.
_LONGEST_NS = 10**18


class Origin(Struct, frozen=True, kw_only=True):
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


class Foreign(Struct, frozen=True, kw_only=True):
    """One foreign benchmark: a case and its samples, process by process."""

    case: Case
    title: str
    processes: Mapping[int, Sequence[tuple[int, Sequence[int]]]]
    """Round -> bursts, each the calls in a sample and the nanoseconds of each sample."""
    statistic: str | None = None
    """What the one sample is of those that the file does not hold; None where it holds them."""


class Skipped(Struct, frozen=True, kw_only=True):
    """A foreign benchmark that cannot be imported."""

    case: Case
    title: str
    reason: str
    """What it has or is, as in ``has no samples``."""


def run(
    origin: Origin,
    problem: str,
    found: Sequence[Foreign],
    *,
    skipped: Sequence[Skipped] = (),
    environment: Mapping[str, Any],
) -> Run:
    """Return the run that these benchmarks make up; it is called `problem` where they are of several.

    Raises
    ------
    ImplbenchError
        If there is none.
    """
    if not found:
        first = f" (the first, {skipped[0].title!r}, {skipped[0].reason})" if skipped else ""
        raise ImplbenchError(f"holds no benchmark with a time{first}")
    problems = {one.case.problem for one in found}
    return Run(
        schema=SCHEMA,
        id="",
        created=origin.made or origin.modified,
        settings=Settings(
            seed=0,
            margin=DEFAULT_MARGIN,
            rounds=None,
            budget_s=None,
            timeout_s=0.0,
            command=("implbench", "import", origin.file),
        ),
        problem=_problem(file_name(problems.pop() if len(problems) == 1 else problem), origin),
        environment={**environment, "imported": _imported(origin, found)},
        warnings=tuple(_warnings(origin, found)),
        arms=tuple(Arm(name=one.case.id, case=one.case, title=plain(one.title), role=Role.CASE) for one in found),
        left=tuple(
            Left(case=one.case, title=plain(one.title), outcome=Outcome.UNSUPPORTED, reason=one.reason)
            for one in skipped
        ),
        rounds=tuple(_rounds(found)),
    )


def _problem(name: str, origin: Origin) -> ProblemRecord:
    return ProblemRecord(
        name=name, title=f"imported from {origin.tool}", formula="", digest="", outputs=(), data="", work={}
    )


def _imported(origin: Origin, found: Sequence[Foreign]) -> dict[str, str | None]:
    return {
        "from": origin.tool,
        "file": plain(origin.file),
        "sha256": origin.sha256,
        "measured": origin.made,
        "statistic": next((one.statistic for one in found if one.statistic), None),
    }


def _warnings(origin: Origin, found: Sequence[Foreign]) -> Iterator[str]:
    yield WARNING.format(tool=origin.tool)
    count = sum(one.statistic is not None for one in found)
    if count:
        yield _ONE_VALUE.format(count=count, all=len(found), statistic=STATISTIC, tool=origin.tool)


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
        load=Activity(load_before=None, load_after=None, busy=(), steal=(), frequency_hz=None),
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
        bursts=_bursts(place, one.processes[index]),
        output_tail="",
    )


def _bursts(place: int, bursts: Sequence[tuple[int, Sequence[int]]]) -> tuple[Burst, ...]:
    """Return the bursts of one process."""
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


def check(one: Foreign) -> None:
    """Raise ImplbenchError, with what the benchmark has, unless it has a name, rounds and samples that are times."""
    if not one.case.implementation:
        raise ImplbenchError("has no name")
    if not one.processes or not all(0 <= index < MOST for index in one.processes):
        raise ImplbenchError("has no rounds, or numbers that count none; expected 0, 1, ...")
    for bursts in one.processes.values():
        if not any(samples for _calls, samples in bursts):
            raise ImplbenchError("has a process without a sample; expected one or more")
        for calls, samples in bursts:
            _check_calls(calls)
            wrong = next((ns for ns in samples if not 0 < ns <= _LONGEST_NS), None)
            if wrong is not None:
                raise ImplbenchError(f"has a sample of {wrong} ns; expected a time above 0 and below 31 years")


def nanoseconds(seconds: Sequence[float], calls: int) -> tuple[int, ...]:
    """Return samples, in seconds per call, as nanoseconds of `calls` calls together.

    Raises
    ------
    ImplbenchError
        If one is no time.
    """
    _check_calls(calls)
    wrong = next((value for value in seconds if not 0 < value * calls < _LONGEST_NS * 1e-9), None)
    if wrong is not None:
        raise ImplbenchError(f"has a sample of {wrong} s in {calls} calls; expected a time above 0 and below 31 years")
    return tuple(round(value * calls * 1e9) for value in seconds)


def _check_calls(calls: int) -> None:
    if not 0 < calls < MOST:
        raise ImplbenchError(f"has samples of {calls} calls; expected a whole number of at least 1")
