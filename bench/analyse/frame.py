"""A run as a tidy table: one row a sample, every condition a column."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..store.records import Arm, Round, Run
from ..store.worker_records import Burst, Outcome, Worker

if TYPE_CHECKING:
    from pandas import DataFrame

_Value = str | float | int | bool | None

#: Columns of whole numbers, some of which may be unknown.
_WHOLE_NUMBERS = dict.fromkeys(("threads", "round", "pid", "pass", "position", "sample", "calls"), "Int64")


def frame(run: Run) -> "DataFrame":
    """Return the samples of all workers that ended well, those of the second baseline and of discarded rounds too.

    Rows of one round, case and pass come from one burst; rounds are the unit of replication, samples are not.
    The table of a run without a sample has no columns.
    """
    from pandas import DataFrame

    rows = list(_rows(run))
    return DataFrame(rows).astype(_WHOLE_NUMBERS) if rows else DataFrame()


def _rows(run: Run) -> Iterator[Mapping[str, _Value]]:
    arms = {arm.name: arm for arm in run.arms}
    for round_ in run.rounds:
        for worker in round_.workers:
            if worker.arm in arms and worker.outcome == Outcome.OK:
                begin = {**_of_case(run, arms[worker.arm]), **_of_round(round_, worker)}
                for burst in worker.bursts:
                    yield from ({**begin, **row} for row in _of_burst(burst))


def _of_case(run: Run, arm: Arm) -> dict[str, _Value]:
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
        "baseline": arm.baseline,
        "again": arm.again,
    }


def _of_round(round_: Round, worker: Worker) -> dict[str, _Value]:
    return {"round": round_.index, "discarded": round_.discarded, "pid": worker.pid}


def _of_burst(burst: Burst) -> Iterator[dict[str, _Value]]:
    for index, ns in enumerate(burst.sample_ns):
        yield {
            "pass": burst.pass_index,
            "position": burst.position,
            "sample": index,
            "calls": burst.number,
            "seconds_per_call": ns * 1e-9 / burst.number,
        }
