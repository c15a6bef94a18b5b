"""A run as a tidy table: one row a sample, every condition a column."""

from collections.abc import Container, Iterator, Mapping
from itertools import repeat
from typing import TYPE_CHECKING

from msgspec import Struct

from ..store.records import Arm, Round, Run
from ..store.worker_records import Outcome, Worker

if TYPE_CHECKING:
    from pandas import DataFrame

_Value = str | float | int | bool | None

#: The columns of a sample, which stand behind its conditions.
SAMPLE = ("pass", "position", "sample", "calls", "seconds_per_call")

#: Columns of whole numbers, some of which may be unknown.
_WHOLE_NUMBERS = dict.fromkeys(("threads", "round", "pid"), "Int64")
_WHOLE_NUMBERS_OF_SAMPLES = dict.fromkeys(SAMPLE[:-1], "Int64")


class _Measured(Struct, frozen=True, kw_only=True):
    """A worker that ended well, in its round."""

    arm: Arm
    round: Round
    worker: Worker


class Workers:
    """The workers of a run that ended well, those of the second baseline and of discarded rounds too."""

    def __init__(self, run: Run, cases: Container[str] | None = None) -> None:
        """Take a run, and the ids of the cases that are asked for; None for all."""
        arms = {arm.name: arm for arm in run.arms if cases is None or arm.case.id in cases}
        self._run = run
        self.found = [
            _Measured(arm=arms[worker.arm], round=round_, worker=worker)
            for round_ in run.rounds
            for worker in round_.workers
            if worker.arm in arms and worker.outcome == Outcome.OK
        ]

    def conditions(self) -> "DataFrame":
        """Return a row a worker: all that is the same for its samples."""
        from pandas import DataFrame

        by_arm = {one.arm.name: _of_case(self._run, one.arm) for one in self.found}
        return DataFrame([{**by_arm[one.arm.name], **_of_round(one)} for one in self.found]).astype(_WHOLE_NUMBERS)


def frame(run: Run) -> "DataFrame":
    """Return the samples of all workers that ended well, those of the second baseline and of discarded rounds too.

    Rows of one round, case and pass come from one burst; rounds are the unit of replication, samples are not.
    The table of a run without a sample has no columns.
    """
    from pandas import DataFrame

    workers = Workers(run)
    counts = [sum(len(burst.sample_ns) for burst in one.worker.bursts) for one in workers.found]
    if not any(counts):
        return DataFrame()
    conditions = workers.conditions()
    repeated = conditions.loc[conditions.index.repeat(counts)].reset_index(drop=True)
    samples = zip(*(row for one in workers.found for row in rows(one.worker)), strict=True)
    made: DataFrame = repeated.assign(**dict(zip(SAMPLE, samples, strict=True))).astype(_WHOLE_NUMBERS_OF_SAMPLES)
    return made


def rows(worker: Worker) -> Iterator[tuple[int, int, int, int, float]]:
    """Yield the samples of a worker: the values of SAMPLE."""
    for burst in worker.bursts:
        number = burst.number
        seconds = [ns * 1e-9 / number for ns in burst.sample_ns]
        places = range(len(seconds))
        yield from zip(repeat(burst.pass_index), repeat(burst.position), places, repeat(number), seconds, strict=False)


def _of_case(run: Run, arm: Arm) -> Mapping[str, _Value]:
    case = arm.case
    return {
        "run": run.id,
        "created": run.created,
        "problem": case.problem,
        "case": case.id,
        "implementation": case.implementation,
        "size": str(case.size) if case.size.values else case.size.name,  # noqa: PD011  # a mapping
        "dtype": case.dtype,
        "layout": case.layout,
        "threads": case.threads,
        "allocator": case.allocator,
        "data": case.data or run.problem.data or None,
        "cache": case.cache,
        "environment": case.environment or None,
        "machine": case.machine or None,
        "baseline": arm.baseline,
        "again": arm.again,
    }


def _of_round(one: _Measured) -> Mapping[str, _Value]:
    return {"round": one.round.index, "discarded": one.round.discarded, "pid": one.worker.pid}
