"""Tidy CSV: one row a sample, every condition a column, so that a spreadsheet or pandas can take it from there."""

from collections.abc import Iterator, Sequence

from ..analyse.frame import SAMPLE, Workers
from ..report.csv import csv_of_frame
from ..store.records import Run
from ..store.worker_records import Worker
from .timed_cases import timed


def export(runs: Sequence[Run]) -> Iterator[bytes]:
    """Return the samples of the cases that have a time, the second baseline and discarded rounds among them, marked.

    Rows of one round, case and pass come from one burst; rounds are the unit of replication, samples are not. They are
    told a worker at a time, for there may be millions.
    """
    found = timed(runs)
    kept = [(run, {one.finding.arm.case.id for one in found if one.run is run}) for run in runs]
    return _parts([Workers(run, cases) for run, cases in kept if cases])


def _parts(found: Sequence[Workers]) -> Iterator[bytes]:
    """Yield the header, then the rows of each worker; only its conditions are text that has to be made safe."""
    for place, workers in enumerate(found):
        header, *conditions = csv_of_frame(workers.conditions()).splitlines()
        if place == 0:
            yield f"{header},{','.join(SAMPLE)}\n".encode()
        for condition, worker in zip(conditions, workers.found, strict=True):
            yield "".join(_lines(condition, worker.worker)).encode()


def _lines(condition: str, worker: Worker) -> Iterator[str]:
    """Yield a line for each sample of a worker, SAMPLE behind its conditions."""
    for burst in worker.bursts:
        begin, number = f"{condition},{burst.pass_index},{burst.position}", burst.number
        for place, ns in enumerate(burst.sample_ns):
            yield f"{begin},{place},{number},{ns * 1e-9 / number!r}\n"
