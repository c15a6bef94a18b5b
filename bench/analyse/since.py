"""What changed since the run before: the same cases, on the same machine, over the same baseline. Pure.

The two runs stand apart in time, so times are not compared, but the ratios that each formed within its own rounds. Both
ratios have an interval; a change is told where the two intervals are further apart than counts as a difference.
"""

from dataclasses import dataclass

from ..stats.intervals import Estimate, Interval
from ..store.records import Run
from .findings import Finding, GroupFindings
from .verdict import Ratio, Verdict, judge


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A case whose ratio to the baseline is not what it was."""

    group: GroupFindings
    finding: Finding
    """Of the later run."""
    before: Ratio
    now: Ratio
    """Both speed-ups over the baseline."""
    verdict: Verdict
    """``faster`` or ``slower``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """The run before, and what is different."""

    run: str
    created: str
    changed: tuple[Changed, ...]
    unchanged: int
    """So many other cases that both runs have: not shown to differ."""
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
    changed: list[Changed] = []
    unchanged = 0
    baselines = dict[str, None]()
    for group in groups:
        old = known.get(group.name)
        if old is None or not _same_baseline(group, old):
            continue
        name = group.baseline.arm.case.implementation if group.baseline else ""
        if run.sources.get(name) != earlier.sources.get(name):
            baselines[name] = None
        earlier_ones = {one.arm.case.id: one for one in old.ok}
        for one in group.ok:
            found = _changed(group, one, old, earlier_ones.get(one.arm.case.id))
            changed += [found] if found else []
            unchanged += found is None and not one.arm.baseline and one.arm.case.id in earlier_ones
    if not changed and not unchanged:
        return None
    return Since(
        run=earlier.id,
        created=earlier.created,
        changed=tuple(changed),
        unchanged=unchanged,
        baselines=tuple(baselines),
    )


def _same_baseline(group: GroupFindings, old: GroupFindings) -> bool:
    return bool(group.baseline and old.baseline and group.baseline.arm.case.id == old.baseline.arm.case.id)


def _changed(group: GroupFindings, one: Finding, old: GroupFindings, earlier: Finding | None) -> Changed | None:
    """Return how a case changed; None where that was not shown."""
    if earlier is None or one.log_ratio is None or earlier.log_ratio is None or one.arm.baseline:
        return None
    now, then = one.log_ratio.interval, earlier.log_ratio.interval
    if now is None or then is None:
        return None
    difference = Estimate(
        value=one.log_ratio.value - earlier.log_ratio.value,
        interval=Interval(low=now.low - then.high, high=now.high - then.low),
        rounds=min(one.rounds, earlier.rounds),
        reason=None,
    )
    verdict = judge(difference, max(group.margin, old.margin), max(group.resolved or 0.0, old.resolved or 0.0))
    if verdict not in (Verdict.FASTER, Verdict.SLOWER):
        return None
    ratios = (Ratio.of(found).inverse() for found in (earlier.log_ratio, one.log_ratio))
    before, after = ratios
    return Changed(group=group, finding=one, before=before, now=after, verdict=verdict)
