"""Peaks of memory of two versions: how far HEAD's lies above BASE's, and what is said of that. Pure.

The peaks of a benchmark are judged once, on all of its rounds: how many these are is decided by its times. Where a
larger peak is to be a regression, the benchmarks share the level of the gate (Bonferroni).
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from ..analyse.verdict import Verdict, judge
from ..stats import gate, intervals, peak_ratios
from ..stats.intervals import ALPHA, Estimate
from ..store import selectors
from ..store.records import Role, Round
from .both import Pair, both
from .margins import Margins
from .measured import Measured

#: Smallest relative difference of two peaks that matters, where the user names no other.
USUAL_MARGIN = 0.1
_USUAL_MARGINS = Margins(usual=USUAL_MARGIN)


class MemoryStanding(StrEnum):
    """How HEAD's peak of memory is beside BASE's."""

    LARGER = "larger"
    SMALLER = "smaller"
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"


_STANDINGS = {
    Verdict.SLOWER: MemoryStanding.LARGER,
    Verdict.FASTER: MemoryStanding.SMALLER,
    Verdict.EQUIVALENT: MemoryStanding.EQUIVALENT,
    Verdict.SLOWER_WITHIN: MemoryStanding.EQUIVALENT,
    Verdict.UNDECIDED: MemoryStanding.UNDECIDED,
}


class MemoryLimits(Struct, frozen=True, kw_only=True):
    """What peaks of memory are held to."""

    margins: Margins = _USUAL_MARGINS
    is_gated: bool = False
    """Whether a larger peak is a regression; else it is told beside the times."""
    cases: int = 1
    """Of the gate."""
    resolved: float = 0.0
    """The smallest difference that two identical arms have not shown."""

    @property
    def level(self) -> float:
        """One-sided, of one benchmark."""
        return gate.FAMILY_LEVEL / self.cases if self.is_gated else ALPHA


#: Of one benchmark, told beside the times.
USUAL = MemoryLimits()


class Memory(Struct, frozen=True, kw_only=True):
    """Peaks of memory of a benchmark's two sides."""

    standing: MemoryStanding | None
    """None where nothing is known."""
    margin: float
    """What the difference was held to."""
    peak_bytes: tuple[Estimate, Estimate] | None = None
    """Of BASE and HEAD, over rounds."""
    log_ratio: Estimate | None = None
    """log(HEAD / BASE), with its 95 % interval; None where one of them takes too little for a ratio."""
    reason: str | None = None
    """Why nothing is known, or nothing is decided, where that is not the interval's doing."""


def limits(measured: Sequence[Measured], margins: Margins, *, is_gated: bool) -> MemoryLimits:
    """Return what the peaks of a gate's benchmarks are held to, by what BASE shows against itself."""
    logs = [log for one in measured for log in _logs(_peaks(one, Role.AGAIN))]
    resolved = intervals.resolves(intervals.hodges_lehmann(logs) if logs else None)
    cases = max(1, sum(1 for one in measured if one.screening))
    return MemoryLimits(margins=margins, is_gated=is_gated, cases=cases, resolved=resolved or 0.0)


def memory(one: Measured, held_to: MemoryLimits) -> Memory:
    """Return how the peaks of a benchmark's two sides are beside each other.

    Parameters
    ----------
    one
        What the gate measured, of which both sides ended well.
    held_to
        Margins and level.
    """
    margin = held_to.margins.of(one.benchmark.case)
    pairs = _peaks(one, Role.CASE)
    if not pairs:
        reason = next(_reasons((*one.screening, *one.confirming)), None)
        return Memory(standing=None, margin=margin, reason=reason)
    logs = _logs(pairs)
    judged = intervals.hodges_lehmann(logs, held_to.level)
    base, head = zip(*pairs, strict=True)
    is_ratio = peak_ratios.are_measurable(base, head)
    return Memory(
        standing=_STANDINGS[judge(judged, margin, held_to.resolved)],
        margin=margin,
        peak_bytes=(intervals.median_interval(base), intervals.median_interval(head)),
        log_ratio=intervals.hodges_lehmann(logs) if is_ratio else None,
        reason=judged.reason,
    )


def _peaks(one: Measured, role: Role) -> list[Pair]:
    return both((*one.screening, *one.confirming), one.benchmark.case.id, selectors.peak_bytes, role=role)


def _logs(pairs: Iterable[Pair]) -> list[float]:
    return [peak_ratios.log_ratio(head, base) for base, head in pairs]


def _reasons(rounds: Sequence[Round]) -> Iterator[str]:
    """Yield why the memory of a worker is unknown."""
    for worker in (worker for one in rounds for worker in one.workers):
        if worker.peak and worker.peak.reason:
            yield worker.peak.reason
