"""A run in short, for programs: what ``--json`` prints."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from ..analyse.analysis import Analysis
from ..analyse.conditions import AXES, Effect
from ..analyse.roofline import Roofline
from ..analyse.sweep import Growth, Sweep
from ..analyse.verdict import Finding, GroupFindings, Ratio
from ..stats.intervals import Uncertain
from ..store.records import Left
from ..versions.benchmarks import Benchmark, Skipped
from ..versions.comparison import Comparison


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
        "speedup": estimate(one.speedup),
        "efficiency": estimate(one.efficiency),
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
        "noise_floor": estimate(noise),
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
                "share_of_attainable": estimate(one.share),
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
        "ratio_to_baseline": estimate(one.speedup_over_baseline.inverse() if one.speedup_over_baseline else None),
        "speedup_over_baseline": estimate(one.speedup_over_baseline),
        "speedup_over_baseline_of_medians": estimate(Ratio.of(medians).inverse() if medians else None),
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


def estimate(found: Uncertain | None) -> dict[str, Any] | None:
    """Return a value with its interval."""
    return None if found is None else {"value": found.value, "interval": interval_of(found)}


def interval_of(found: Uncertain | None) -> list[float] | None:
    """Return the ends of an interval; None where there is none."""
    return [found.interval.low, found.interval.high] if found and found.interval else None


def of_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison as ``implbench compare --json`` prints it."""
    return {
        "base": found.base,
        "head": found.head,
        "margin": found.margin,
        "noise_floor": estimate(Ratio.of(found.noise) if found.noise else None),
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
                "ratio_head_over_base": estimate(Ratio.of(one.log_ratio) if one.log_ratio else None),
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
