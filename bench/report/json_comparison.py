"""A comparison in short, for programs: what ``compare --json`` prints."""

from collections.abc import Sequence
from typing import Any

from ..analyse.verdict import Ratio
from ..versions.benchmarks import Benchmark, Skipped
from ..versions.changes import Changes
from ..versions.comparison import Comparison
from ..versions.memory import Memory
from .json_run import estimate


def of_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison as ``implbench compare --json`` prints it."""
    return {
        "base": found.base,
        "head": found.head,
        "margin": found.margin,
        "noise_floor": estimate(Ratio.of(found.noise) if found.noise else None),
        "resolves": found.resolved,
        "too_noisy": found.too_noisy,
        "memory": {
            "margin": found.memory_limits.margins.usual,
            "gated": found.memory_limits.is_gated,
            "resolves": found.memory_limits.resolved,
        },
        "warnings": list(found.warnings),
        "seconds": found.seconds,
        "benchmarks": [
            {
                "id": compared.name,
                "verdict": compared.standing,
                "margin": compared.margin,
                "outcome": compared.outcome,
                "reason": compared.reason,
                "ratio_head_over_base": estimate(Ratio.of(compared.log_ratio) if compared.log_ratio else None),
                "rounds": compared.rounds,
                "suspect": compared.suspect,
                "log_ratios": list(compared.log_ratios),
                "min_seconds_per_call": compared.min_seconds_per_call,
                "minor_faults_per_call": compared.faults_per_call,
                "counts": list(compared.counts),
                "memory": _memory(compared.memory),
                "changes": _changes(compared.changes),
                "not_seen": None if compared.changes is None else list(compared.changes.unseen),
            }
            for compared in found.compared
        ],
        "skipped": [
            {"name": skipped.name, "reason": skipped.reason, "outcome": skipped.outcome} for skipped in found.skipped
        ],
    }


def _memory(found: Memory | None) -> dict[str, Any] | None:
    """Return the peaks of a benchmark's two sides; None where one of them has not ended well."""
    if found is None:
        return None
    base, head = found.peak_bytes or (None, None)
    return {
        "verdict": found.standing,
        "margin": found.margin,
        "reason": found.reason,
        "peak_bytes_base": estimate(base),
        "peak_bytes_head": estimate(head),
        "ratio_head_over_base": estimate(Ratio.of(found.log_ratio) if found.log_ratio else None),
    }


def _changes(found: Changes | None) -> list[dict[str, Any]] | None:
    """Return what a benchmark's HEAD does otherwise, the largest first; None where that is not known."""
    if found is None:
        return None
    return [
        {
            "what": one.what,
            "sort": one.sort,
            "name": one.name,
            "where": one.where or None,
            "unit": one.unit,
            "base": one.base,
            "head": one.head,
            "head_over_base": one.factor,
        }
        for one in found.found
    ]


def of_plan(chosen: Sequence[Benchmark], skipped: Sequence[Skipped], budget_s: float) -> dict[str, Any]:
    """Return what ``implbench compare --dry-run --json`` prints."""
    return {
        "benchmarks": [one.case.id for one in chosen],
        "skipped": [{"name": one.name, "reason": one.reason, "outcome": one.outcome} for one in skipped],
        "seconds": budget_s,
    }
