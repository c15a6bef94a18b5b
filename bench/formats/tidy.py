"""Tidy CSV: one row a sample, every condition a column, so that a spreadsheet or pandas can take it from there."""

from collections.abc import Iterator, Mapping, Sequence

from ..report.document import Cell, Column, Table, Value, plain
from ..report.files import csv
from ..store.records import Arm, Burst, Outcome, Round, Run, Worker
from .timed_cases import timed


def export(runs: Sequence[Run]) -> bytes:
    """Return the samples of the cases that have a time, the second baseline and discarded rounds among them, marked.

    Rows of one round, case and pass come from one burst; rounds are the unit of replication, samples are not.
    """
    found = timed(runs)
    rows = [row for run in runs for row in _rows(run, {one.finding.arm.case.id for one in found if one.run is run})]
    columns = tuple(Column(name=name, header=name) for name in rows[0])
    cells = tuple(tuple(Cell(value=value, text="") for value in row.values()) for row in rows)
    return csv(Table(name="samples", title="Samples", columns=columns, rows=cells)).encode()


def _rows(run: Run, kept: set[str]) -> Iterator[Mapping[str, Value]]:
    arms = {arm.name: arm for arm in run.arms if arm.case.id in kept}
    for one in run.rounds:
        for worker in one.workers:
            if worker.arm in arms and worker.outcome == Outcome.OK:
                begin = {**_of_case(run, arms[worker.arm]), **_of_round(one, worker)}
                for burst in worker.bursts:
                    yield from ({**begin, **row} for row in _of_burst(burst))


def _of_case(run: Run, arm: Arm) -> dict[str, Value]:
    case = arm.case
    return {
        "run": run.id,
        "created": run.created,
        "problem": case.problem,
        "case": case.id,
        "implementation": case.implementation,
        "size": plain(str(case.size)) if case.size.values else case.size.name,
        "dtype": case.dtype,
        "layout": case.layout,
        "threads": case.threads,
        "allocator": case.allocator,
        "data": case.data or run.problem.data or None,
        "cache": case.cache,
        "baseline": arm.baseline,
        "again": arm.again,
    }


def _of_round(one: Round, worker: Worker) -> dict[str, Value]:
    return {"round": one.index, "discarded": one.discarded, "pid": worker.pid}


def _of_burst(burst: Burst) -> Iterator[dict[str, Value]]:
    for index, ns in enumerate(burst.sample_ns):
        yield {
            "pass": burst.pass_index,
            "position": burst.position,
            "sample": index,
            "calls": burst.number,
            "seconds_per_call": ns * 1e-9 / burst.number,
        }
