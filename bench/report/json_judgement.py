"""What is said of a candidate, for programs: one object in one line, as ``implbench judge --json`` prints it."""

from typing import Any

from ..analyse.verdict import Ratio
from ..versions.judgement import Judgement
from .json_run import estimate


def of(one: Judgement) -> dict[str, Any]:
    """Return what is said of a candidate."""
    ratio = Ratio.of(one.last.log_ratio) if one.last.log_ratio else None
    needed = one.last.needed
    return {
        "candidate": one.candidate,
        "baseline": one.baseline,
        "verdict": one.decision,
        "reason": one.reason,
        "outcome": one.last.outcome,
        "first_difference": one.first_difference,
        "accept_at": one.accept_at,
        "ratio_to_baseline": estimate(ratio),
        "speedup_over_baseline": estimate(ratio.inverse() if ratio else None),
        "attempt": one.attempt,
        "level": one.level,
        "resolves": one.last.resolved,
        "rounds": {
            "screening": one.screening.rounds,
            "confirmation": one.confirmation.rounds if one.confirmation else 0,
        },
        "to_decide": needed and {"remedy": needed.remedy, "rounds": needed.rounds, "seconds": needed.seconds},
        "seeds": list(one.seeds),
        "documents": list(one.documents),
    }
