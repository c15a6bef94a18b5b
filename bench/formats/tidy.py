"""Tidy CSV: one row a sample, every condition a column, so that a spreadsheet or pandas can take it from there."""

from collections.abc import Sequence

from ..analyse.analysis import Analysis
from ..report.csv import csv_of_frame
from ..store.records import Run
from .timed_cases import timed


def export(runs: Sequence[Run]) -> bytes:
    """Return the samples of the cases that have a time, the second baseline and discarded rounds among them, marked.

    Rows of one round, case and pass come from one burst; rounds are the unit of replication, samples are not.
    """
    from pandas import concat

    found = timed(runs)
    frames = []
    for run in runs:
        cases = [one.finding.arm.case.id for one in found if one.run is run]
        if cases:
            frame = Analysis(run).frame()
            frames.append(frame[frame["case"].isin(cases)])
    return csv_of_frame(concat(frames)).encode()
