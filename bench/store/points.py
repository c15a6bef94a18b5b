"""What one run says of each of its cases, in one value a case, and what an index of results/ gives of many runs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from msgspec import Struct

from ..errors import ImplbenchError
from ..problems.case import Case
from ..stats import intervals
from . import documents
from .records import Arm, Run
from .selectors import GroupRounds, by_group, finished
from .worker_records import Outcome


class Origin(Struct, frozen=True, kw_only=True):
    """Where and of what a run was made."""

    run: str
    created: str
    machine: str
    """Fingerprint; empty where it is unknown."""
    cpu: str | None
    host: str | None
    """Name of the machine in the network: what tells it from others where its CPU is not named."""
    commit: str | None
    """Followed by a plus where files were changed."""
    software: Mapping[str, str]
    """Distribution, or ``python``, -> version."""


class Point(Struct, frozen=True, kw_only=True):
    """What one run says of one case."""

    case: Case
    baseline: str | None
    """Id of the case that it is compared with, its own if it is the baseline itself; None where there is none."""
    outcome: Outcome
    seconds: float | None
    """A call, from burst minima as the ratio: median over rounds; None unless the outcome is ok."""
    log_ratio: float | None
    """log(time / time of the baseline): Hodges-Lehmann over rounds."""


def read(path: Path) -> tuple[Origin, tuple[Point, ...]]:
    """Return where a run was made and its points, one for each case that was started.

    Raises
    ------
    ImplbenchError
        If the document cannot be read, or holds rounds that cannot be.
    """
    run = documents.read(path)
    try:
        return _origin(run), tuple(_points(run))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # what `soundness` does not know of yet
        raise ImplbenchError(f"{path}: holds a round that no run of implbench could have ({error!r})") from error


def _origin(run: Run) -> Origin:
    where = run.environment
    cpu, commit, python = (_mapping(where.get(name)) for name in ("cpu", "commit", "python"))
    software = {"python": python.get("version"), **_mapping(where.get("distributions"))}
    identity = commit.get("id")
    return Origin(
        run=run.id,
        created=run.created,
        machine=str(where.get("fingerprint") or ""),
        cpu=str(cpu["model"]) if cpu.get("model") else None,
        host=str(where["host"]) if where.get("host") else None,
        commit=f"{identity}{'+' if commit.get('dirty') else ''}" if identity else None,
        software={name: str(version) for name, version in software.items() if version},
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _points(measured: Run) -> Iterator[Point]:
    run = finished(measured)
    names = {arm.name for arm in run.arms} | {limit.arm.name for limit in run.limits}
    strangers = {worker.arm for round_ in run.rounds for worker in round_.workers} - names
    if strangers:
        raise LookupError(*strangers)
    for rounds in by_group(run).values():
        yield from (_point(arm, rounds) for arm in rounds.arms if not arm.again)


def _point(arm: Arm, rounds: GroupRounds) -> Point:
    outcome, baseline = rounds.outcome(arm), rounds.baseline
    seconds = log_ratio = None
    if outcome == Outcome.OK:
        seconds = median(rounds.min_seconds_per_call(arm).values())
        logs = rounds.log_ratios(arm, baseline) if baseline and arm is not baseline else {}
        log_ratio = intervals.hodges_lehmann([*logs.values()]).value if logs else None
    return Point(
        case=arm.case,
        baseline=baseline.case.id if baseline else None,
        outcome=outcome,
        seconds=seconds,
        log_ratio=log_ratio,
    )


class Series(Struct, frozen=True, kw_only=True):
    """Runs of one case at one size against one baseline."""

    id: int
    case_id: str
    name: str
    problem: str
    implementation: str
    size: str
    baseline: str | None
    """Id of the case that it is compared with, its own if it is the baseline itself; None where there is none."""

    @property
    def is_baseline(self) -> bool:
        """Whether the others are compared with it."""
        return self.baseline == self.case_id


class IndexedPoint(Struct, frozen=True, kw_only=True):
    """What one run says of a case."""

    run: str
    created: str
    commit: str | None
    software: int
    outcome: Outcome
    seconds: float | None
    log_ratio: float | None


class Machine(Struct, frozen=True, kw_only=True):
    """Like machines, by their fingerprint."""

    fingerprint: str
    cpu: str | None
    runs: int
    host: str | None = None
    """Its name in the network, where its CPU is not named."""


class Stored(Struct, frozen=True, kw_only=True):
    """A document that can be read, and the run in it."""

    document: str
    """Name of the file."""
    bytes: int
    mtime_ns: int
    """When it was last changed."""
    run: str
    created: str
    machine: str
    cpu: str | None
    commit: str | None
