"""A run in short, for programs: what ``--json`` prints."""

from math import isfinite
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from ..analyse.advice import Advice
from ..analyse.analysis import Analysis
from ..analyse.conditions import AXES, Effect
from ..analyse.environments import Change
from ..analyse.findings import Finding, GroupFindings
from ..analyse.growth import Growth
from ..analyse.machines import AcrossMachines
from ..analyse.remembering import OnNew
from ..analyse.roofline import Roofline
from ..analyse.run_warnings import run_warnings
from ..analyse.sweep import Sweep
from ..analyse.verdict import Ratio
from ..stats.intervals import Uncertain
from ..stats.racing import Race
from ..store.checks import Check
from ..store.records import Left
from ..store.selectors import doubts
from . import bimodal
from .sections import time_spent


def of(analysis: Analysis, path: Path | None) -> dict[str, Any]:
    """Return the run as ``implbench run --json`` prints it."""
    return {
        "run": analysis.run.id,
        "document": None if path is None else str(path),
        "problem": analysis.run.problem.name,
        "margin": analysis.margin,
        "interrupted": analysis.run.interrupted,
        "resumed": [{"at": one.at, "after_rounds": one.rounds} for one in analysis.run.resumed],
        "seconds_spent": time_spent.seconds(analysis.run),
        "measured_no_further": dict(analysis.run.stopped),
        "warnings": [
            *run_warnings(analysis.run),
            *(f"{name}: {doubt}" for name, doubt in doubts(analysis.run).items()),
        ],
        "what_to_do": [_advice(one) for one in analysis.advice],
        "sweeps": [_sweep(sweep) for sweep in analysis.sweeps],
        "effects": [_effect(one) for axis in AXES for one in analysis.effects[axis]],
        "environments": [to_builtins(one) for one in analysis.run.environments],
        "machines": [to_builtins(one) for one in analysis.run.machines],
        "across_machines": [_across(one) for each in analysis.machines.values() for one in each],
        "groups": [
            _group(group)
            | {"check": _check(analysis.run.checks.get(group.name))}
            | {"roofline": _roofline(analysis.roofline(group))}
            | {"changes": [_change(one) for one in analysis.changes(group)]}
            | {"best": _best(group, analysis.race(group))}
            for group in analysis.groups
        ],
    }


def _advice(found: Advice) -> dict[str, Any]:
    """Return what to take in the place of the baseline, the step that pays most, and what makes no difference."""
    step = found.step
    return {
        "group": found.group.name,
        "take": [
            {
                "id": pick.finding.arm.case.id,
                "speedup": estimate(pick.speedup),
                "lines_of_code": pick.facts.lines if pick.facts else None,
                "needs": list(pick.facts.needs) if pick.facts else None,
            }
            for pick in found.picks
        ],
        "first_step": step
        and {"from": step.before.arm.case.id, "to": step.after.arm.case.id, "speedup": estimate(step.speedup)},
        "equal": [[one.finding.arm.case.id, one.other.arm.case.id] for one in found.same],
    }


def _sweep(sweep: Sweep) -> dict[str, Any]:
    """Return who is the fastest from where to where, the crossings and the growth, with their intervals."""
    return {
        "parameter": sweep.parameter,
        "fixed": dict(sweep.fixed),
        "dtype": sweep.case.dtype,
        "threads": sweep.case.threads,
        "allocator": sweep.case.allocator,
        "values": list(sweep.values),
        "groups": [place.group.name for place in sweep.places],
        "fastest": [list(place.leaders) for place in sweep.places],
        "fastest_from_to": [
            {"first": sweep.values[reign.first], "last": sweep.values[reign.last], "names": list(reign.names)}
            for reign in sweep.reigns
        ],
        "crossings": [
            {
                "faster_below": each.loser,
                "faster_above": each.winner,
                "between": [each.crossing.after, each.crossing.before],
                "at": each.crossing.at,
                "interval": [each.crossing.low, each.crossing.high],
                "changes_the_fastest": each.fastest,
            }
            for each in sweep.overtakings
        ],
        "slopes": [_growth(each) for each in sweep.growth],
        "slopes_between_neighbours": [_growth(each) for each in sweep.steps],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    """Return what changing one condition does to one implementation."""
    return {
        "axis": effect.axis,
        "before": effect.before,
        "after": effect.after,
        "id": effect.case.id,
        "speedup": estimate(effect.speedup),
        "efficiency": estimate(effect.efficiency),
        "rounds": effect.rounds,
    }


def _across(one: AcrossMachines) -> dict[str, Any]:
    """Return what several machines say of one case."""
    return {
        "id": one.case.id,
        "speedup_on": {machine: estimate(speedup) for machine, speedup in one.speedups.items()},
        "differs": one.differs,
        "probability": one.probability,
        "speedup": estimate(one.speedup),
        "verdict": one.verdict,
    }


def _change(one: Change) -> dict[str, Any]:
    """Return what another environment does to one implementation."""
    return {
        "before": one.before.arm.case.id,
        "after": one.after.arm.case.id,
        "speedup": estimate(one.speedup),
        "verdict": one.verdict,
        "rounds": one.log_ratio.rounds,
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
        "cases": [_case(finding) for finding in group.findings] + [_left(skipped) for skipped in group.left],
    }


def _check(found: Check | None) -> dict[str, Any] | None:
    """Return how a group's results were checked; None where that is not known."""
    if found is None:
        return None
    return {"kind": found.kind, "against": found.against, "reference_dtype": found.dtype, "accepted": found.accepted}


def _best(group: GroupFindings, race: Race | None) -> dict[str, Any] | None:
    """Return which cases may be the best, and who was out when; None where that was not asked for."""
    if race is None:
        return None
    ids = {one.arm.name: one.arm.case.id for one in group.ok}
    return {
        "settled": race.settled,
        "ids": [ids[name] for name in race.left],
        "out": [
            {
                "id": ids[one.name],
                "rounds": one.rounds,
                "ratio": estimate(Ratio.of(one.log_ratio)),
                "over": ids[one.by],
            }
            for one in race.eliminated
        ],
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
                "id": placed.finding.arm.case.id,
                "flops_per_second": placed.flops_per_second,
                "bytes_per_second": placed.bytes_per_second,
                "share_of_attainable": estimate(placed.share),
                "doubt": placed.doubt,
            }
            for placed in found.placed
        ],
    }


def _case(finding: Finding) -> dict[str, Any]:
    medians = finding.log_ratio_of_medians if not finding.arm.baseline else None
    return {
        "id": finding.arm.case.id,
        "implementation": finding.arm.case.implementation,
        "layout": finding.arm.case.layout,
        "environment": finding.arm.case.environment or None,
        "machine": finding.arm.case.machine or None,
        "outcome": finding.outcome,
        "reason": finding.reason,
        "rounds": finding.rounds,
        "seconds_per_call": estimate(finding.seconds_per_call),
        "min_seconds_per_call": estimate(finding.min_seconds_per_call),
        "ratio_to_baseline": estimate(
            finding.speedup_over_baseline.inverse() if finding.speedup_over_baseline else None
        ),
        "speedup_over_baseline": estimate(finding.speedup_over_baseline),
        "speedup_over_baseline_of_medians": estimate(Ratio.of(medians).inverse() if medians else None),
        "verdict": finding.verdict,
        "minor_faults_per_call": finding.faults_per_call,
        "error_over_tolerance": finding.error_over_tolerance,
        "max_ulp": finding.max_ulp,
        "quality": finding.quality,
        "peak_bytes": estimate(finding.peak_bytes),
        "peak_ratio_to_baseline": estimate(Ratio.of(finding.peak_log_ratio) if finding.peak_log_ratio else None),
        "peak_unknown": finding.peak_unknown,
        "first_call_seconds": finding.first_call_s,
        "prepare_seconds": finding.prepare_s,
        "transfer_seconds": finding.transfer_s,
        "consumed": finding.consumed,
        "on_new_contents": on_new(finding.on_new),
        "bimodal": bimodal.text(finding.bimodal) if finding.bimodal else None,
    }


def on_new(found: OnNew | None) -> dict[str, Any] | None:
    """Return what a case takes on contents that it has not met, beside the baseline; None where no less is left."""
    return None if found is None else {"share_of_baseline": found.share, "with_prepare": found.prepares}


def _left(skipped: Left) -> dict[str, Any]:
    return {
        "id": skipped.case.id,
        "implementation": skipped.case.implementation,
        "layout": skipped.case.layout,
        "environment": skipped.case.environment or None,
        "machine": skipped.case.machine or None,
        "outcome": skipped.outcome,
        "reason": skipped.reason,
    }


def estimate(found: Uncertain | None) -> dict[str, Any] | None:
    """Return a value with its interval."""
    return None if found is None else {"value": found.value, "interval": interval_of(found)}


def interval_of(found: Uncertain | None) -> list[float] | None:
    """Return the ends of an interval; None where there is none."""
    return [found.interval.low, found.interval.high] if found and found.interval else None
