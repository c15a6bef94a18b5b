"""What every export is made from: the cases that have a time, round by round, and what is left out and why."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median

from msgspec import Struct

from ..analyse.findings import Finding, GroupFindings, findings
from ..errors import ImplbenchError, NothingMeasured
from ..problems.case import DEFAULT_ALLOCATOR, WARM, Case
from ..report.parts import plain
from ..store.records import Round, Run
from ..store.selectors import seconds_per_call
from ..store.worker_records import Outcome, Worker

#: What stands for text that is not known, in formats that cannot leave it out.
UNKNOWN = "unknown"


class Process(Struct, frozen=True, kw_only=True):
    """One round of a case: a fresh process, which is the unit of replication."""

    round: Round
    worker: Worker

    @property
    def seconds_per_call(self) -> float:
        """The median over the samples of this process: the one value that stands for it."""
        return seconds_per_call(self.worker)

    @property
    def calls(self) -> int:
        """Calls in each sample: those of most of its bursts."""
        return int(median(burst.number for burst in self.worker.bursts))


class Timed(Struct, frozen=True, kw_only=True):
    """A case with a time."""

    run: Run
    group: GroupFindings
    finding: Finding
    processes: tuple[Process, ...]

    @property
    def name(self) -> str:
        """The case's id as one line without control characters."""
        return plain(self.finding.arm.case.id)

    @property
    def seconds(self) -> tuple[float, ...]:
        """Seconds per call, one value a round."""
        return tuple(process.seconds_per_call for process in self.processes)

    @property
    def parameters(self) -> dict[str, str | int]:
        """What tells the case apart from others of its problem, the numbers of its size among them."""
        case = self.finding.arm.case
        usual = {"allocator": DEFAULT_ALLOCATOR, "data": "", "cache": WARM, "environment": ""}
        rest = {name: getattr(case, name) for name, value in usual.items() if getattr(case, name) != value}
        return {
            **{plain(name): value for name, value in case.size.values.items()},
            "implementation": plain(case.implementation),
            "size": plain(case.size.name),
            "dtype": plain(case.dtype),
            "layout": plain(case.layout),
            **({} if case.threads is None else {"threads": case.threads}),
            **{name: plain(value) for name, value in rest.items()},
        }


def timed(runs: Sequence[Run]) -> tuple[Timed, ...]:
    """Return the cases of `runs` that have a time, in the order of the runs.

    Raises
    ------
    NothingMeasured
        If no case has one.
    """
    found = tuple(one for run in runs for group in findings(run) for one in _of_group(run, group))
    if not found:
        raise NothingMeasured(f"no case of {_ids(runs)} has a time: there is nothing to export")
    return found


def _of_group(run: Run, group: GroupFindings) -> Iterator[Timed]:
    rounds = {one.index: one for one in group.rounds.used}
    for finding in group.findings:
        if finding.outcome == Outcome.OK:
            workers = group.rounds.workers(finding.arm)
            processes = tuple(
                Process(round=rounds[index], worker=worker) for index, worker in workers.items() if worker.bursts
            )
            if processes:
                yield Timed(run=run, group=group, finding=finding, processes=processes)


def once_each(runs: Sequence[Run]) -> tuple[Timed, ...]:
    """Return the cases with a time, for a format in which a case can stand only once.

    Raises
    ------
    ImplbenchError
        If a case has a time in two of the runs; NothingMeasured if none has one.
    """
    places: dict[str, str] = {}
    found = timed(runs)
    for one in found:
        if one.name in places:
            raise ImplbenchError(
                f"{one.name} has a time in both {places[one.name]} and {plain(one.run.id)}, "
                "and this format holds a case once: export one run of it at a time"
            )
        places[one.name] = plain(one.run.id)
    return found


def one_place(runs: Sequence[Run]) -> Run:
    """Return the latest of `runs`, for a format that names one machine and one commit for all that it holds.

    Raises
    ------
    ImplbenchError
        If they were made on several machines or at several commits.
    """
    for what, path in (("machine", ("fingerprint",)), ("commit", ("commit", "id"))):
        values = {text(run, *path) for run in runs}
        if len(values) > 1:
            raise ImplbenchError(
                f"{_ids(runs)} come from {len(values)} {what}s ({', '.join(sorted(map(str, values)))}), "
                "and this format names one: export them one at a time"
            )
    return max(runs, key=lambda run: run.created)


def _ids(runs: Sequence[Run]) -> str:
    return ", ".join(plain(run.id) for run in runs)


def left_out(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return a sentence for each case without a time."""
    sentences: list[str | None] = []
    for group in (group for run in runs for group in findings(run)):
        sentences += [_fate(finding.arm.case, finding.outcome, finding.reason) for finding in group.findings]
        sentences += [_fate(skipped.case, skipped.outcome, skipped.reason) for skipped in group.left]
    return tuple(sentence for sentence in sentences if sentence)


def _fate(case: Case, outcome: Outcome, reason: str | None) -> str | None:
    because = f" ({plain(reason)})" if reason else ""
    return None if outcome == Outcome.OK else f"left out: {plain(case.id)}, {outcome.value}{because}"


def known(run: Run, *path: str) -> str | float | bool | None:
    """Return a value of the environment's record, None where it is not known; nothing in the record is trusted."""
    value: object = run.environment
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str | int | float) else None


def text(run: Run, *path: str) -> str | None:
    """Return a value of the environment's record as one line, None where it is not known."""
    value = known(run, *path)
    return (plain(str(value)) or None) if value is not None else None


def created(run: Run) -> datetime:
    """Return when the run was made, in UTC.

    Raises
    ------
    ImplbenchError
        If the document holds no time there.
    """
    try:
        return datetime.strptime(run.created, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError as error:
        raise ImplbenchError(f"{plain(run.id)}: was made at {plain(run.created)!r}, which is no time in UTC") from error
