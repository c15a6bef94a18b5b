"""What a run says while it is being measured: who is ahead so far, by how much, and how sure that is by now."""

from collections.abc import Iterator

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from ...problems.case import Case
from ...stats.intervals import MIN_ROUNDS
from ...store.records import Run
from ..parts import Section, code, plain
from ..phrases import group_label, label, times_text
from . import cases, sweep


def section(analysis: Analysis) -> Section:
    """Return a sentence and a table: of the sizes of a sweep, else of the cases that were measured last."""
    over_sizes = sweep.so_far(analysis)
    if over_sizes is not None:
        return over_sizes
    group = _latest(analysis)
    place = analysis.groups.index(group) + 1
    several = f", {group_label(group)} ({place} of {len(analysis.groups)})" if len(analysis.groups) > 1 else ""
    title = f"So far{several}"
    return Section(title=title, paragraphs=tuple(_ahead(group)), tables=(cases.live_table(group, title),))


def labels(run: Run) -> dict[str, str]:
    """Return name of an arm, or of a group behind a comma -> what people call it; longer names first."""
    several = len({arm.case.group for arm in run.arms}) > 1
    found: dict[str, str] = {}
    for arm in run.arms:
        at = f" at {_size(arm.case, run.settings.sweep)}" if several else ""
        second = " again" if arm.again else ""
        found[f", {arm.case.group}"] = at
        found[arm.name] = f"{plain(arm.case.contender)}{second}{at}"
    return {name: found[name] for name in sorted(found, key=len, reverse=True)}


def _size(case: Case, swept: str | None) -> str:
    """Return a size by its name, of a sweep by the number that is swept."""
    return f"{plain(swept)}={case.size.values[swept]}" if swept else plain(case.size.name)


def _latest(analysis: Analysis) -> GroupFindings:
    """Return the group that was measured last."""
    name = analysis.run.rounds[-1].group if analysis.run.rounds else None
    return next((group for group in analysis.groups if group.name == name), analysis.groups[0])


def _ahead(group: GroupFindings) -> Iterator[str]:
    """Yield who is the fastest so far, against the baseline and without a verdict: the next round may say otherwise."""
    first = next(iter(group.ok), None)
    base = group.baseline
    if first is None or base is None or base not in group.ok:
        return
    baseline, name = code(label(base.arm.case, group)), code(label(first.arm.case, group))
    rival = first if first is not base else next((one for one in group.ok if one is not base), None)
    ratio = rival.speedup_over_baseline if rival else None
    if rival is None or ratio is None:
        return
    lacking = f" ({rival.rounds} of the {MIN_ROUNDS} rounds that an interval needs)" if ratio.interval is None else ""
    about = "" if ratio.interval else "about "
    if rival is first:
        yield f"{name} is {about}{times_text(ratio)} as fast as {baseline}{lacking}."
    else:
        other = code(label(rival.arm.case, group))
        yield f"{baseline}, the baseline, is ahead; the next, {other}, is {about}{times_text(ratio)} as fast{lacking}."
