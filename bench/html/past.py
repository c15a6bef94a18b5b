"""Earlier runs of the same cases on the same machine, as far as a page shows them."""

from dataclasses import dataclass, replace

from ..analyse.history import Commits, Histories
from ..store.records import Run

#: One run alone is no history.
LEAST_RUNS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What was found."""

    found: Histories
    commits: Commits


def of_run(run: Run, found: Histories) -> Histories | None:
    """Return the histories of the cases of a run that several runs have; None where no case has any."""
    sizes = {(arm.case.id, str(arm.case.size)) for arm in run.arms}
    cases = tuple(
        one for one in found.cases if (one.series.case_id, one.series.size) in sizes and len(one.entries) >= LEAST_RUNS
    )
    return replace(found, cases=cases, elsewhere=()) if cases else None
