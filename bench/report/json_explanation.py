"""Why each implementation is as fast as it is, for programs: what ``implbench explain --json`` prints."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import asdict

from ..analyse.amounts import seen_calls
from ..analyse.diagnosis import Diagnosis, Share
from ..analyse.explanation import Ladder, Rung
from .json_run import estimate


def of(ladder: Ladder) -> dict[str, Any]:
    """Return a ladder as ``implbench explain --json`` prints it."""
    return {
        "group": ladder.group.name,
        "rungs": [_rung(rung) for rung in ladder.rungs],
        "left_out": [{"id": one.case.id, "outcome": one.outcome, "reason": one.reason} for one in ladder.missing]
        + [{"id": one.arm.case.id, "outcome": one.outcome, "reason": one.reason} for one in ladder.uncounted],
    }


def _shares(found: Diagnosis | None, of: Callable[[Share], Any]) -> dict[str, Any] | None:
    """Return cause -> something of its share; None where nothing is known."""
    if found is None:
        return None
    return {str(cause): None if share is None else of(share) for cause, share in found.shares.items()}


def _rung(rung: Rung) -> dict[str, Any]:
    case, amounts, costs = rung.finding.arm.case, rung.amounts, rung.worker.costs
    calls = seen_calls(rung.worker)
    usual, least = rung.finding.seconds_per_call, rung.finding.min_seconds_per_call
    return {
        "id": case.id,
        "implementation": case.implementation,
        "layout": case.layout,
        "seconds_per_call": usual.value if usual else None,
        "min_seconds_per_call": least.value if least else None,
        "previous": rung.previous.id if rung.previous else None,
        "speedup_over_previous": estimate(rung.speedup_over_previous),
        "changes": [{"what": change.what, "before": change.before, "after": change.after} for change in rung.changes],
        "cause": rung.diagnosis.cause if rung.diagnosis else None,
        "shares": _shares(rung.diagnosis, lambda share: share.value),
        "share_ranges": _shares(rung.diagnosis, lambda share: [share.low, share.high]),
        **asdict(amounts),
        "calls": None if calls is None else [asdict(one) for one in calls],
        "functions": None if rung.worker.functions is None else [asdict(one) for one in rung.worker.functions],
        "lines": None if rung.worker.lines is None else [asdict(one) for one in rung.worker.lines],
        "lines_watched": None if rung.worker.lines is None else rung.worker.lines_watched,
        "costs": None
        if costs is None
        else {
            "call_ns": {str(kind): ns for kind, ns in costs.call_ns.items()},
            "fault_ns": costs.fault_ns,
            "product_flops_per_s": costs.product_flops_per_s,
            "pass_bytes_per_s": costs.pass_bytes_per_s,
        },
    }
