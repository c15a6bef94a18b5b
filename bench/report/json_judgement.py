"""What is said of a candidate, for programs: one object in one line, as ``implbench judge --json`` prints it."""

from typing import Any

from ..analyse.verdict import Ratio
from ..versions.judgement import Judgement
from .json_run import estimate, on_new


def of(one: Judgement) -> dict[str, Any]:
    """Return what is said of a candidate."""
    ratio, medians = (
        None if each is None else Ratio.of(each) for each in (one.last.log_ratio, one.last.log_ratio_of_medians)
    )
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
        "speedup_over_baseline_of_medians": estimate(medians.inverse() if medians else None),
        "on_new_contents": on_new(one.last.on_new),
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
