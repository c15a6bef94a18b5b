"""What changed since the run before: the same cases, on the same machine, over the same baseline. Pure.

The two runs stand apart in time, so times are not compared, but the ratios that each formed within its own rounds. Both
ratios have an interval. A change is told where the two intervals are further apart than counts as a difference; of all
else how large a change they leave possible.
"""

from collections.abc import Iterator
from math import expm1

from msgspec import Struct

from ..stats.intervals import Estimate, Interval
from ..store.records import Run
from .findings import Finding, GroupFindings
from .verdict import Ratio, Verdict, judge


class Changed(Struct, frozen=True, kw_only=True):
    """A case whose ratio to the baseline is not what it was."""

    group: GroupFindings
    finding: Finding
    """Of the later run."""
    before: Ratio
    now: Ratio
    """Both speed-ups over the baseline."""
    verdict: Verdict
    """``faster`` or ``slower``."""


class Compared(Struct, frozen=True, kw_only=True):
    """A case that both runs have."""

    group: GroupFindings
    finding: Finding
    """Of the later run."""
    changed: Changed | None
    before: Ratio
    """Its speed-up over the baseline then."""
    most: float | None
    """By how much it may have changed, as .05 for 5 %, or what the machine resolves if that is more; None where one of
    its ratios has no interval."""


class Since(Struct, frozen=True, kw_only=True):
    """The run before, and what is different."""

    earlier: Run
    changed: tuple[Changed, ...]
    others: tuple[Compared, ...]
    """All that no change is told of."""
    margin: float
    """The larger of the two runs', and of all groups'."""
    baselines: tuple[str, ...]
    """Baselines whose source is not what it was, which moves the ratios of all others."""


def is_comparable(run: Run, earlier: Run) -> bool:
    """Return whether an earlier run is of the same problem and machine."""
    machine = run.environment.get("fingerprint")
    return bool(machine) and machine == earlier.environment.get("fingerprint") and _problem(run) == _problem(earlier)


def _problem(run: Run) -> str:
    return run.problem.name


def since(run: Run, groups: tuple[GroupFindings, ...], earlier: Run, before: tuple[GroupFindings, ...]) -> Since | None:
    """Return what changed since an earlier run; None where the two have nothing in common.

    Parameters
    ----------
    run, earlier
        Of the same problem and machine, as `is_comparable` tells.
    groups, before
        What is said of either.
    """
    known = {group.name: group for group in before}
    alike = [(group, old) for group in groups if (old := known.get(group.name)) and _same_baseline(group, old)]
    found = [one for group, old in alike for one in _compared(group, old)]
    if not found:
        return None
    moved = [group.baseline.arm.case.implementation for group, _ in alike if group.baseline]
    return Since(
        earlier=earlier,
        changed=tuple(one.changed for one in found if one.changed),
        others=tuple(one for one in found if not one.changed),
        margin=max(max(group.margin, old.margin) for group, old in alike),
        baselines=tuple(dict.fromkeys(name for name in moved if run.sources.get(name) != earlier.sources.get(name))),
    )


def _same_baseline(group: GroupFindings, old: GroupFindings) -> bool:
    return bool(group.baseline and old.baseline and group.baseline.arm.case.id == old.baseline.arm.case.id)


def _compared(group: GroupFindings, old: GroupFindings) -> Iterator[Compared]:
    """Yield how each case that two groups have stands beside the baseline now and then."""
    before = {one.arm.case.id: one for one in old.ok}
    resolved = max(group.resolved or 0.0, old.resolved or 0.0)
    for one in group.ok:
        earlier = before.get(one.arm.case.id)
        if earlier is None or one.arm.baseline or one.log_ratio is None or earlier.log_ratio is None:
            continue
        difference = _difference(one.log_ratio, earlier.log_ratio)
        verdict = judge(difference, max(group.margin, old.margin), resolved)
        then, now = (Ratio.of(log_ratio).inverse() for log_ratio in (earlier.log_ratio, one.log_ratio))
        changed = None
        if verdict in (Verdict.FASTER, Verdict.SLOWER):
            changed = Changed(group=group, finding=one, before=then, now=now, verdict=verdict)
        ends = difference.interval
        most = max(expm1(max(-ends.low, ends.high)), resolved) if ends else None
        yield Compared(group=group, finding=one, changed=changed, before=then, most=most)


def _difference(now: Estimate, then: Estimate) -> Estimate:
    """Return the difference of two log-ratios of different runs; without an interval where either has none."""
    ends, others = now.interval, then.interval
    return Estimate(
        value=now.value - then.value,
        interval=Interval(low=ends.low - others.high, high=ends.high - others.low) if ends and others else None,
        rounds=min(now.rounds, then.rounds),
        reason=now.reason or then.reason,
    )
