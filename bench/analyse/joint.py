"""Several runs of one problem side by side: their cases joined, each run's speed-ups over its own baseline. Pure.

Runs of unlike machines share no clock, so nothing but ratios is compared between them. The rounds of different runs are
not paired either: of two speed-ups no more is said than whether their intervals have a number in common.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from ..errors import ImplbenchError
from ..problems.case import Case
from ..stats.intervals import Estimate
from ..store.records import Run
from ..store.worker_records import Outcome
from .analysis import Analysis
from .findings import Finding
from .verdict import Ratio, Verdict

#: What sets the groups of a run apart.
CONDITIONS = ("size", "dtype", "threads", "allocator", "data", "caches")

#: All that a case is besides its problem and implementation. One that has a single value in each run is a property of
#: the runs; one that has several in any run is part of the rows.
AXES = (*CONDITIONS, "layout")


class Result(Struct, frozen=True, kw_only=True):
    """What one run says of one case."""

    outcome: Outcome
    reason: str | None
    baseline: bool = False
    speedup: Ratio | None = None
    """Over the run's own baseline; 1 without an interval for that itself, None without a time."""
    min_seconds_per_call: Estimate | None = None
    verdict: Verdict | None = None
    rounds: int = 0
    reference_blas: bool = False


class Row(Struct, frozen=True, kw_only=True):
    """One case over all runs."""

    implementation: str
    layout: str | None
    """None where it is no part of the rows."""
    results: tuple[Result | None, ...]
    """One for each run; None where the run has no such case."""

    @property
    def name(self) -> str:
        """The implementation, with the layout where that is part of the rows."""
        return self.implementation if self.layout is None else f"{self.implementation} {self.layout}"

    @property
    def speedups(self) -> tuple[Ratio | None, ...]:
        """One for each run."""
        return tuple(result.speedup if result else None for result in self.results)

    @property
    def apart(self) -> tuple[tuple[int, int], ...] | None:
        """Pairs of runs, by place, whose intervals have no number in common; None with fewer than two intervals.

        The intervals are of independent samples, so two that are apart differ: both would have to miss their own truth.
        Two that overlap may differ all the same.
        """
        known = [(place, one.interval) for place, one in enumerate(self.speedups) if one and one.interval]
        if len(known) < 2:
            return None
        return tuple(
            (first, second)
            for (first, one), (second, other) in combinations(known, 2)
            if one.high < other.low or other.high < one.low
        )

    @property
    def spread(self) -> float | None:
        """The largest speed-up over the smallest; None with fewer than two, and for the baseline."""
        known = [one.value for one in self.speedups if one and one.interval]
        return max(known) / min(known) if len(known) > 1 else None


class Block(Struct, frozen=True, kw_only=True):
    """The cases that are compared with one baseline."""

    condition: Mapping[str, str]
    """Axis -> value, for those of CONDITIONS that are part of the rows; empty where there is one block only."""
    baseline: str | None
    """Name of that row; None where no run has one."""
    rows: tuple[Row, ...]
    """In the order of the first run that has the block, fastest first; what has no time in any run last."""


class Together(Struct, frozen=True, kw_only=True):
    """Runs side by side, in the order in which they were given."""

    analyses: tuple[Analysis, ...]
    blocks: tuple[Block, ...]
    conditions: Mapping[str, tuple[str, ...]]
    """Axis -> its value in each run, for those of AXES that are a property of the runs."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs themselves."""
        return tuple(analysis.run for analysis in self.analyses)

    @property
    def margin(self) -> float:
        """The widest of the margins at which the verdicts hold."""
        return max(analysis.margin for analysis in self.analyses)

    @property
    def machines(self) -> tuple[str | None, ...]:
        """Fingerprint of each run's machine; None is unknown, and like no other."""
        return tuple(str(run.environment.get("fingerprint") or "") or None for run in self.runs)

    @property
    def of_one_machine(self) -> tuple[tuple[int, ...], ...]:
        """Places of runs that were made on like machines, two or more together: their times may be compared."""
        names = self.machines
        alike = (
            tuple(place for place, one in enumerate(names) if one == name) for name in dict.fromkeys(names) if name
        )
        return tuple(places for places in alike if len(places) > 1)


class _Place(Struct, frozen=True, kw_only=True):
    """Where a case of one run belongs."""

    implementation: str
    axes: Mapping[str, str]


def join(analyses: Sequence[Analysis]) -> Together:
    """Return the runs side by side.

    Parameters
    ----------
    analyses
        Of two or more runs of one problem, at whatever margin.

    Raises
    ------
    ImplbenchError
        If a run is there twice, if they are of different problems, have no case in common, or compare with different
        baselines.
    """
    runs = [analysis.run for analysis in analyses]
    _require_one_problem(runs)
    found = [list(_results(analysis)) for analysis in analyses]
    values = {axis: [dict.fromkeys(place.axes[axis] for place, _result in of_run) for of_run in found] for axis in AXES}
    rowwise = [axis for axis in AXES if any(len(of_run) > 1 for of_run in values[axis])]
    blocks: dict[tuple[str, ...], dict[tuple[str, str | None], list[Result | None]]] = {}
    for column, of_run in enumerate(found):
        for place, result in of_run:
            condition = tuple(place.axes[axis] for axis in CONDITIONS if axis in rowwise)
            row = (place.implementation, place.axes["layout"] if "layout" in rowwise else None)
            blocks.setdefault(condition, {}).setdefault(row, [None] * len(runs))[column] = result
    _require_common_cases(runs, [results for rows in blocks.values() for results in rows.values()])
    names = [axis for axis in CONDITIONS if axis in rowwise]
    return Together(
        analyses=tuple(analyses),
        blocks=tuple(
            _block(dict(zip(names, condition, strict=True)), rows, runs) for condition, rows in blocks.items()
        ),
        conditions={axis: tuple("".join(one) for one in values[axis]) for axis in AXES if axis not in rowwise},
    )


def _require_one_problem(runs: Sequence[Run]) -> None:
    twice = next((run.id for place, run in enumerate(runs) if run.id in {one.id for one in runs[:place]}), None)
    if twice is not None:
        raise ImplbenchError(f"{twice}: is named twice; give each run once")
    problems = dict.fromkeys(run.problem.name for run in runs)
    if len(problems) > 1:
        raise ImplbenchError(
            f"the runs are of different problems ({', '.join(problems)}), whose times say nothing of each other: "
            "report each by itself"
        )


def _require_common_cases(runs: Sequence[Run], rows: Iterable[Sequence[Result | None]]) -> None:
    """Raise ImplbenchError if a run shares no case with any other."""
    shared = [{place for place, one in enumerate(row) if one} for row in rows]
    for place, run in enumerate(runs):
        if not any(place in places and len(places) > 1 for places in shared):
            raise ImplbenchError(
                f"{run.id}: has no case in common with the other runs; measure the same implementations, sizes and "
                "conditions, or report it by itself"
            )


def _results(analysis: Analysis) -> Iterator[tuple[_Place, Result]]:
    """Yield the cases of a run, those with a time first in each group, the fastest on top."""
    for group in analysis.groups:
        timed = group.ok
        for one in (*timed, *(finding for finding in group.findings if finding not in timed)):
            yield _place(analysis.run, one.arm.case), _result(one)
        for left in group.left:
            yield _place(analysis.run, left.case), Result(outcome=left.outcome, reason=left.reason)


def _place(run: Run, case: Case) -> _Place:
    axes = {
        "size": ", ".join(f"{key}={value}" for key, value in case.size.values.items()) or case.size.name,
        "dtype": case.dtype,
        "threads": "unknown" if case.threads is None else str(case.threads),
        "allocator": case.allocator,
        "data": case.data or run.problem.data,
        "caches": case.cache,
        "layout": case.layout,
    }
    return _Place(implementation=case.contender, axes=axes)


def _result(finding: Finding) -> Result:
    timed = finding.outcome == Outcome.OK and finding.min_seconds_per_call is not None
    return Result(
        outcome=finding.outcome,
        reason=finding.reason,
        baseline=finding.arm.baseline,
        speedup=finding.speedup if timed else None,
        min_seconds_per_call=finding.min_seconds_per_call if timed else None,
        verdict=finding.verdict,
        rounds=finding.rounds,
        reference_blas=finding.reference_blas,
    )


def _block(
    condition: Mapping[str, str], found: Mapping[tuple[str, str | None], Sequence[Result | None]], runs: Sequence[Run]
) -> Block:
    """Return a block of what was found for each implementation and layout.

    Raises
    ------
    ImplbenchError
        If the runs have not all the same baseline, as far as they have one.
    """
    rows = [
        Row(implementation=name, layout=layout, results=tuple(results)) for (name, layout), results in found.items()
    ]
    baselines = {
        place: row.name for row in rows for place, one in enumerate(row.results) if one is not None and one.baseline
    }
    names = dict.fromkeys(baselines.values())
    if len(names) > 1:
        named = ", ".join(f"{runs[place].id} with {name}" for place, name in sorted(baselines.items()))
        raise ImplbenchError(
            f"the runs compare with different baselines ({named}): speed-ups over one are none over another; measure "
            "them again with the same --baseline and --layout"
        )
    return Block(
        condition=condition,
        baseline=next(iter(names), None),
        rows=tuple(sorted(rows, key=lambda row: not any(row.speedups))),
    )
