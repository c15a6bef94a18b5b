"""What a search for a commit has found, for programs: what ``bisect --json`` prints."""

from typing import Any

from ..analyse.verdict import Ratio
from ..versions.ancestry import Commit
from ..versions.bisection import Bisection, Tried
from .json_run import estimate


def of(found: Bisection) -> dict[str, Any]:
    """Return a search as ``implbench bisect --json`` prints it."""
    places = sorted(found.tried)
    return {
        "good": found.good,
        "bad": found.bad,
        "id": found.case,
        "margin": found.margin,
        "verdict": found.tried[len(found.path) - 1].state,
        "first_slower": None if found.first is None else _tried(found.path[found.first], found.tried[found.first]),
        "candidates": [_commit(found.path[place]) for place in found.candidates],
        "commits": len(found.path),
        "commits_measured": found.measured,
        "compared": [_tried(found.path[place], found.tried[place]) for place in places],
        "warnings": list(found.warnings),
        "seconds": found.seconds,
    }


def _commit(one: Commit) -> dict[str, Any]:
    return {"commit": one.commit, "subject": one.subject, "author_date": one.author_date}


def _tried(one: Commit, said: Tried) -> dict[str, Any]:
    return {
        **_commit(one),
        "verdict": said.state,
        "reason": said.reason,
        "ratio_commit_over_good": estimate(Ratio.of(said.log_ratio) if said.log_ratio else None),
        "rounds": said.compared.rounds if said.compared else 0,
        "log_ratios": list(said.compared.log_ratios) if said.compared else [],
    }
