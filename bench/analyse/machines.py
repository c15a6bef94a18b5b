"""One case on several machines, whose runs were merged: what each says, whether they differ, and what all say. Pure.

Ratios are formed within a round of one machine. The signed-rank interval over the rounds of all machines asks no more
than that each ratio lies symmetrically about one value: Hollander, Wolfe & Chicken, 3rd ed., section 3.1. So where the
machines do not differ, their rounds make one interval; where they do, there is no one value, and none is given.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from ..problems.case import Case
from ..stats.intervals import ALPHA, Estimate
from ..stats.mann_whitney import mann_whitney
from ..stats.sequential import FIXED, Stopping
from .findings import Finding, GroupFindings, estimate
from .verdict import Ratio, Verdict, judge

#: Probability at which machines count as different, corrected for the number of pairs of them: as intervals are, 5 %.
LEVEL = 2 * ALPHA


class AcrossMachines(Struct, frozen=True, kw_only=True):
    """One case against the baseline, on every machine that has a ratio of it."""

    case: Case
    """Without its machine."""
    on: Mapping[str, Finding]
    """Machine -> what its rounds say; two or more."""
    probability: float
    """Of machines that differ as much by chance: the least over their pairs, times the number of pairs; 1 at most."""
    together: Estimate | None
    """log(time / time of the baseline) over the rounds of all; None where the machines differ, or had stopped early."""
    verdict: Verdict | None
    """On all machines together; that of each where it is the same on all; None where they differ in it."""

    @property
    def differs(self) -> bool:
        """Whether the ratio is not the same on all machines."""
        return self.probability < LEVEL

    @property
    def speedups(self) -> Mapping[str, Ratio]:
        """Machine -> time of the baseline / time."""
        return {name: one.speedup_over_baseline for name, one in self.on.items() if one.speedup_over_baseline}

    @property
    def speedup(self) -> Ratio | None:
        """Time of the baseline / time, over all machines; None where `together` is."""
        return Ratio.of(self.together).inverse() if self.together else None


def of_chance(logs: Sequence[Sequence[float]]) -> float:
    """Return the probability that like machines differ as much: the least of their pairs, times the number of pairs.

    Parameters
    ----------
    logs
        Of each machine, two or more, its log-ratios: one a round.

    Notes
    -----
    Mann & Whitney 1947, corrected as by Bonferroni. `.ci/merge_coverage.py` simulates how often it errs.
    """
    pairs = list(combinations(logs, 2))
    return min(1.0, len(pairs) * min(mann_whitney(first, second) for first, second in pairs))


def across_machines(groups: Sequence[GroupFindings], stopping: Stopping) -> Mapping[str, tuple[AcrossMachines, ...]]:
    """Return group, without the machine -> each of its cases that several machines have a ratio of.

    Parameters
    ----------
    groups
        What is said of a merged run.
    stopping
        Of each run: see `sequential`. The rounds of several that each stopped when they had decided have no level
        together, and no interval is made of them.
    """
    found: dict[str, dict[str, dict[str, tuple[GroupFindings, Finding]]]] = {}
    for group in groups:
        for one in group.rivals:
            case = replace(one.arm.case, machine="")
            if one.arm.case.machine:
                by_case = found.setdefault(case.group, {})
                by_case.setdefault(case.id, {})[one.arm.case.machine] = group, one
    across = {
        name: tuple(_across(on, stopping) for on in by_case.values() if len(on) > 1) for name, by_case in found.items()
    }
    return {name: each for name, each in across.items() if each}


def _across(on: Mapping[str, tuple[GroupFindings, Finding]], stopping: Stopping) -> AcrossMachines:
    logs = {machine: list(one.log_ratios.values()) for machine, (_group, one) in on.items()}
    probability = of_chance(list(logs.values()))
    each = {one.verdict for _group, one in on.values()}
    together = None
    if probability >= LEVEL and stopping == FIXED:
        together = estimate(dict(enumerate(value for values in logs.values() for value in values)))
    verdict = next(iter(each)) if len(each) == 1 else None
    if together is not None:
        noisiest = max((group for group, _one in on.values()), key=lambda group: group.least)
        verdict = judge(together, noisiest.margin, noisiest.resolved or 0.0)
    return AcrossMachines(
        case=replace(next(iter(on.values()))[1].arm.case, machine=""),
        on={machine: one for machine, (_group, one) in on.items()},
        probability=probability,
        together=together,
        verdict=verdict,
    )
