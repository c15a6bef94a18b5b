"""A run in short, for programs: what ``--json`` prints, and the exit code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from ..analyse.analysis import Analysis
from ..analyse.conditions import AXES, Effect
from ..analyse.roofline import Roofline
from ..analyse.sweep import Growth, Sweep
from ..analyse.verdict import Finding, GroupFindings, Ratio, Verdict
from ..errors import Exit
from ..problems.case import Case
from ..stats.intervals import Estimate, Interval
from ..store.records import Arm, Left, Outcome, Round
from ..units import significant
from ..versions.benchmarks import Benchmark, Skipped
from ..versions.comparison import Comparison
from .document import Cell, Column, Table

#: Outcomes for which the command fails; what is unavailable or unsupported is told, and no failure.
BAD = {Outcome.WRONG, Outcome.FAILED, Outcome.CRASHED, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY}


def of(analysis: Analysis, path: Path | None) -> dict[str, Any]:
    """Return the run as ``implbench run --json`` prints it."""
    return {
        "run": analysis.run.id,
        "document": None if path is None else str(path),
        "problem": analysis.run.problem.name,
        "margin": analysis.margin,
        "interrupted": analysis.run.interrupted,
        "warnings": [*analysis.run.warnings, *(f"{name}: {doubt}" for name, doubt in analysis.run.doubts.items())],
        "sweeps": [_sweep(one) for one in analysis.sweeps],
        "effects": [_effect(one) for axis in AXES for one in analysis.effects[axis]],
        "groups": [_group(group) | {"roofline": _roofline(analysis.roofline(group))} for group in analysis.groups],
    }


def _sweep(one: Sweep) -> dict[str, Any]:
    """Return who is the fastest from where to where, the crossings and the growth, with their intervals."""
    return {
        "parameter": one.parameter,
        "fixed": dict(one.fixed),
        "dtype": one.case.dtype,
        "threads": one.case.threads,
        "allocator": one.case.allocator,
        "values": list(one.values),
        "groups": [place.group.name for place in one.places],
        "fastest": [list(place.leaders) for place in one.places],
        "fastest_from_to": [
            {"first": one.values[reign.first], "last": one.values[reign.last], "names": list(reign.names)}
            for reign in one.reigns
        ],
        "crossings": [
            {
                "faster_below": each.loser,
                "faster_above": each.winner,
                "at": each.crossing.at,
                "interval": [each.crossing.low, each.crossing.high],
                "changes_the_fastest": each.fastest,
            }
            for each in one.overtakings
        ],
        "slopes": [_growth(each) for each in one.growth],
        "slopes_between_neighbours": [_growth(each) for each in one.steps],
    }


def _effect(one: Effect) -> dict[str, Any]:
    """Return what changing one condition does to one implementation."""
    return {
        "axis": one.axis,
        "before": one.before,
        "after": one.after,
        "id": one.case.id,
        "speedup": ratio(one.speedup),
        "efficiency": ratio(one.efficiency),
        "rounds": one.rounds,
    }


def _growth(each: Growth) -> dict[str, Any]:
    slope = estimate(each.slope) or {}
    return {"implementation": each.name, "first": each.first, "last": each.last, **slope, "rounds": each.slope.rounds}


def _group(group: GroupFindings) -> dict[str, Any]:
    noise = Ratio.of(group.noise) if group.noise else None
    return {
        "name": group.name,
        "baseline": group.baseline.arm.case.id if group.baseline else None,
        "noise_floor": ratio(noise),
        "resolves": group.resolved,
        "too_noisy": group.too_noisy,
        "cases": [_case(one) for one in group.findings] + [_left(one) for one in group.left],
    }


def _roofline(found: Roofline | None) -> dict[str, Any] | None:
    """Return a group under this machine's limits; None where they were not measured."""
    if found is None:
        return None
    return {
        **found.work,
        "flops_per_byte": found.intensity if isfinite(found.intensity) else None,
        "ridge_flops_per_byte": found.ridge,
        "limited_by": found.binding.limit.arm.case.id,
        "limits": [
            {
                "id": roof.limit.arm.case.id,
                "resource": roof.limit.resource,
                "per_second": estimate(roof.rate),
                "applies": roof.limit.applies,
            }
            for roof in found.roofs
        ],
        "missing": [{"id": limit.arm.case.id, "reason": reason} for limit, reason in found.missing],
        "cases": [
            {
                "id": one.finding.arm.case.id,
                "flops_per_second": one.flops_per_second,
                "bytes_per_second": one.bytes_per_second,
                "share_of_attainable": ratio(one.share),
                "doubt": one.doubt,
            }
            for one in found.placed
        ],
    }


def _case(one: Finding) -> dict[str, Any]:
    medians = one.log_ratio_of_medians if not one.arm.baseline else None
    return {
        "id": one.arm.case.id,
        "implementation": one.arm.case.implementation,
        "layout": one.arm.case.layout,
        "outcome": one.outcome,
        "reason": one.reason,
        "rounds": one.rounds,
        "seconds_per_call": estimate(one.seconds_per_call),
        "min_seconds_per_call": estimate(one.min_seconds_per_call),
        "ratio_to_baseline": ratio(one.speedup_over_baseline.inverse() if one.speedup_over_baseline else None),
        "speedup_over_baseline": ratio(one.speedup_over_baseline),
        "speedup_over_baseline_of_medians": ratio(Ratio.of(medians).inverse() if medians else None),
        "verdict": one.verdict,
        "minor_faults_per_call": one.faults_per_call,
        "error_over_tolerance": one.error_over_tolerance,
        "max_ulp": one.max_ulp,
        "first_call_seconds": one.first_call_s,
        "prepare_seconds": one.prepare_s,
        "transfer_seconds": one.transfer_s,
        "bimodal": one.bimodal,
    }


def _left(one: Left) -> dict[str, Any]:
    return {
        "id": one.case.id,
        "implementation": one.case.implementation,
        "layout": one.case.layout,
        "outcome": one.outcome,
        "reason": one.reason,
    }


def ratio(found: Ratio | None) -> dict[str, Any] | None:
    """Return a ratio with its interval."""
    return None if found is None else {"value": found.value, "interval": _interval(found.interval)}


def estimate(found: Estimate | None) -> dict[str, Any] | None:
    """Return an estimate with its interval."""
    return None if found is None else {"value": found.value, "interval": _interval(found.interval)}


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def of_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison as ``implbench compare --json`` prints it."""
    return {
        "base": found.base,
        "head": found.head,
        "margin": found.margin,
        "noise_floor": ratio(Ratio.of(found.noise) if found.noise else None),
        "resolves": found.resolved,
        "too_noisy": found.too_noisy,
        "warnings": list(found.warnings),
        "seconds": found.seconds,
        "benchmarks": [
            {
                "id": one.name,
                "verdict": one.standing,
                "outcome": one.outcome,
                "reason": one.reason,
                "ratio_head_over_base": ratio(Ratio.of(one.log_ratio) if one.log_ratio else None),
                "rounds": one.rounds,
                "suspect": one.suspect,
                "log_ratios": list(one.log_ratios),
                "minor_faults_per_call": one.faults_per_call,
                "counts": list(one.counts),
            }
            for one in found.compared
        ],
        "skipped": [{"name": one.name, "reason": one.reason, "outcome": one.outcome} for one in found.skipped],
    }


def of_plan(chosen: Sequence[Benchmark], skipped: Sequence[Skipped], budget_s: float) -> dict[str, Any]:
    """Return what ``implbench compare --dry-run --json`` prints."""
    return {
        "benchmarks": [one.case.id for one in chosen],
        "skipped": [{"name": one.name, "reason": one.reason, "outcome": one.outcome} for one in skipped],
        "seconds": budget_s,
    }


def exit_code(analysis: Analysis) -> Exit:
    """Return the exit code of a run: what is worst comes first."""
    outcomes = [one.outcome for group in analysis.groups for one in group.findings]
    outcomes += [one.outcome for group in analysis.groups for one in group.left]
    if analysis.run.interrupted:
        return Exit.INTERRUPTED
    code = exit_code_of(outcomes)
    if code == Exit.FINE and any(_undecided_by_noise(group) for group in analysis.groups):
        return Exit.UNDECIDED
    return code


def exit_code_of(outcomes: Iterable[Outcome]) -> Exit:
    """Return 4 for a wrong or failed implementation, 5 where none is ok."""
    known = list(outcomes)
    if any(outcome in BAD for outcome in known):
        return Exit.WRONG
    return Exit.FINE if Outcome.OK in known else Exit.NOTHING_MEASURED


def _undecided_by_noise(group: GroupFindings) -> bool:
    """Return whether two identical arms differed by more than the margin allows, and that left a case undecided."""
    return group.too_noisy and any(one.verdict == Verdict.UNDECIDED for one in group.findings)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What verification alone says of a case."""

    id: str
    group: str
    implementation: str
    layout: str
    outcome: Outcome
    reason: str | None
    error_over_tolerance: float | None
    max_ulp: float | None


def checks(arms: Sequence[Arm], left: Sequence[Left], held: Sequence[Round]) -> tuple[Check, ...]:
    """Return a check for each case, those that could not be started last."""
    workers = {worker.arm: worker for one in held for worker in one.workers}
    found = [
        Check(
            **_named(arm.case),
            outcome=workers[arm.name].outcome,
            reason=workers[arm.name].reason,
            error_over_tolerance=max((v.error_over_tolerance for v in workers[arm.name].verification), default=None),
            max_ulp=max((v.max_ulp for v in workers[arm.name].verification), default=None),
        )
        for arm in arms
    ]
    return (
        *found,
        *(
            Check(**_named(one.case), outcome=one.outcome, reason=one.reason, error_over_tolerance=None, max_ulp=None)
            for one in left
        ),
    )


def _named(case: Case) -> dict[str, str]:
    return {"id": case.id, "group": case.group, "implementation": case.implementation, "layout": case.layout}


def check_tables(found: Sequence[Check]) -> tuple[Table, ...]:
    """Return the checks as a table for each group."""
    groups = dict.fromkeys(one.group for one in found)
    return tuple(_check_table(group, [one for one in found if one.group == group]) for group in groups)


def _check_table(group: str, found: Sequence[Check]) -> Table:
    several = len({one.layout for one in found}) > 1
    return Table(
        name="checks",
        title=f"{group}: verified against the extended-precision reference; above 1 tolerance is wrong",
        columns=(
            Column(name="case", header="case", shown=False),
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=several),
            Column(name="outcome", header="outcome", right=False),
            Column(name="error_over_tolerance", header="error [tolerances]"),
            Column(name="max_ulp", header="error [ulp]", dispensable=1),
            Column(name="reason", header="reason", right=False),
        ),
        rows=tuple(
            (
                Cell.of(one.id),
                Cell.of(one.implementation),
                Cell.of(one.layout),
                Cell.of(one.outcome),
                Cell(value=one.error_over_tolerance, text=significant(one.error_over_tolerance, 2)),
                Cell(value=one.max_ulp, text=significant(one.max_ulp, 2)),
                Cell(value=one.reason, text=one.reason or ""),
            )
            for one in found
        ),
    )
