"""JSON for github-action-benchmark's tool ``customSmallerIsBetter``; its tool ``pytest`` would plot a mean."""

import json
from collections.abc import Sequence

from ..report.phrases import margin_text
from ..store.records import Run
from .timed_cases import Timed, once_each

#: One unit for ever: the action compares numbers with those of earlier runs and does not read the unit.
UNIT, UNITS_A_SECOND = "ns", 1e9


def export(runs: Sequence[Run]) -> bytes:
    """Return one file: a case, the median over rounds of its time, its 95 % interval, and the verdict as a tool tip."""
    document = [_entry(one) for one in once_each(runs)]
    return json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"


def _entry(timed: Timed) -> dict[str, str | float]:
    seconds = timed.finding.seconds_per_call
    if seconds is None:
        raise ValueError(f"{timed.name}: is timed, expected a time")
    entry: dict[str, str | float] = {"name": timed.name, "value": seconds.value * UNITS_A_SECOND, "unit": UNIT}
    if seconds.interval:
        low, high = (end * UNITS_A_SECOND for end in (seconds.interval.low, seconds.interval.high))
        entry["range"] = f"{low:.6g} to {high:.6g}"
    return {**entry, "extra": "\n".join(_extra(timed))}


def _extra(timed: Timed) -> list[str]:
    lines = [f"median of {len(timed.processes)} rounds, one fresh process each"]
    ratio = timed.finding.speedup_over_baseline
    if timed.finding.seconds_per_call and timed.finding.seconds_per_call.interval:
        lines.append("range: 95 % interval of the median")
    if ratio and timed.finding.verdict:
        lines.append(
            f"{timed.finding.verdict} at {margin_text(timed.group.margin)}: {ratio.value:.4g}x the baseline's speed "
            "by burst minima"
        )
    return lines
