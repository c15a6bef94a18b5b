"""A history for programs: what ``implbench history --json`` prints."""

from collections.abc import Sequence
from typing import Any

from ..analyse.history import Commits, Histories, History, LevelChange, Track
from ..store.points import Machine
from .json_run import estimate


def of(found: Histories, commits: Commits, notes: Sequence[str]) -> dict[str, Any]:
    """Return histories with all their runs; `notes` are the sentences about what was left out."""
    return {
        "machine": _machine(found.machine),
        "method": "pelt",
        "notes": list(notes),
        "cases": [_case(one, commits) for one in found.cases],
        "other_machines": [
            {
                **_machine(machine),
                "cases": [
                    {
                        "id": one.series.case_id,
                        "size": one.series.size,
                        "baseline": one.series.baseline,
                        "ratio_to_baseline": estimate(one.ratio.now),
                    }
                    for one in cases
                ],
            }
            for machine, cases in found.elsewhere
        ],
    }


def _machine(machine: Machine) -> dict[str, Any]:
    return {"fingerprint": machine.fingerprint or None, "cpu": machine.cpu, "host": machine.host, "runs": machine.runs}


def _case(history: History, commits: Commits) -> dict[str, Any]:
    return {
        "id": history.series.case_id,
        "problem": history.series.problem,
        "implementation": history.series.implementation,
        "size": history.series.size,
        "baseline": history.series.baseline,
        "ratio_to_baseline": _track(history.ratio, history.series.problem, commits) if history.ratio.entries else None,
        "min_seconds_per_call": _track(history.seconds, history.series.problem, commits)
        if history.seconds.entries
        else None,
        "runs": [
            {"run": entry.run, "created": entry.created, "commit": entry.commit, "outcome": entry.outcome}
            for entry in history.entries
        ],
    }


def _track(track: Track, problem: str, commits: Commits) -> dict[str, Any]:
    """Return values, changes and the level now; without changes `why_no_changes` may say that none were reported."""
    why = "unstable" if track.analysis.unstable else "too few runs" if track.analysis.short else None
    return {
        "now": estimate(track.now),
        "changes": [_change(change, problem, commits) for change in track.changes],
        "why_no_changes": why,
        "runs": [entry.run for entry in track.entries],
        "values": list(track.values),
    }


def _change(change: LevelChange, problem: str, commits: Commits) -> dict[str, Any]:
    before, after = change.last_before, change.first_after
    between = commits.get((problem, before.commit, after.commit))
    return {
        "last_run_before": before.run,
        "first_run_after": after.run,
        "before": estimate(change.before),
        "after": estimate(change.after),
        "after_over_before": estimate(change.step),
        "commit_before": before.commit,
        "commit_after": after.commit,
        "commits": None if between is None else [{"id": each.id, "subject": each.subject} for each in between],
        "software": list(change.software),
    }
