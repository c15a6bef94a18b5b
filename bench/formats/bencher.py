"""Bencher Metric Format: JSON of benchmark -> measure -> value with bounds; its built-in latency is in nanoseconds."""

import json
from collections.abc import Sequence

from ..stats.intervals import Interval
from ..store.records import Run
from .timed_cases import Timed, once_each

#: Measure -> what it is; all but `latency` are made in Bencher when they first arrive.
Metric = dict[str, float]


def export(runs: Sequence[Run]) -> bytes:
    """Return one file: the median over rounds with its 95 % interval, and what else a threshold may watch."""
    document = {one.name: _measures(one) for one in once_each(runs)}
    return json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"


def _measures(timed: Timed) -> dict[str, Metric]:
    finding = timed.finding
    found: dict[str, Metric] = {}
    if finding.seconds_per_call:
        found["latency"] = _metric(finding.seconds_per_call.value, finding.seconds_per_call.interval, scale=1e9)
    if finding.min_seconds_per_call:
        least = finding.min_seconds_per_call
        found["min-latency"] = _metric(least.value, least.interval, scale=1e9)
    if finding.speedup_over_baseline:
        ratio = finding.speedup_over_baseline.inverse()
        found["ratio-to-baseline"] = _metric(ratio.value, ratio.interval)
    if finding.faults_per_call is not None:
        found["minor-faults"] = _metric(finding.faults_per_call)
    if finding.error_over_tolerance is not None:
        found["error-over-tolerance"] = _metric(finding.error_over_tolerance)
    return found


def _metric(value: float, interval: Interval | None = None, *, scale: float = 1.0) -> Metric:
    """Return a value, with its bounds where there are any."""
    bounds = {"lower_value": interval.low * scale, "upper_value": interval.high * scale} if interval else {}
    return {"value": value * scale, **bounds}
