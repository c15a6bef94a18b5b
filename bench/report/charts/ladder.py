"""The ladder: what each step alone brings, with its interval, and why."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from ...analyse.advice import on_ladder
from ...analyse.analysis import Analysis
from ...analyse.explanation import Ladder
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Ratio
from ...units import time_text
from ..chart import Axis, Chart, Rule, Series
from ..parts import CODE, plain
from ..phrases import label, ratio_text, titled
from ..sections.reasons import sentences
from . import ratios


class Step(Struct, frozen=True, kw_only=True):
    """One rung and what it brings over the one before."""

    finding: Finding
    ratio: Ratio | None
    """Time of the rung before / time of this one; None on the first."""
    reason: str
    """Empty where nothing was counted."""


#: For a run in which nothing was counted.
UNEXPLAINED = "Why each step is worth so much is counted by: implbench explain"


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each group with two or more rungs, unless two are all there is: the speed-up says it."""
    made = []
    for place, group in enumerate(analysis.groups):
        ladder = analysis.ladder(group)
        found = _explained(ladder) if ladder else _measured(analysis, group)
        if len(found) > 2 or 1 < len(found) < len(group.ok):
            made.append(_chart(f"ladder-{place}", found, group, analysis.groups))
    return tuple(made)


def _explained(ladder: Ladder) -> list[Step]:
    """Return the rungs that stand on the ladder, with their reasons."""
    told = zip(ladder.rungs, sentences(ladder), strict=True)
    return [
        Step(finding=rung.finding, ratio=rung.speedup_over_previous, reason=without_marks(text))
        for place, (rung, text) in enumerate(told)
        if rung.previous or place == 0
    ]


def _measured(analysis: Analysis, group: GroupFindings) -> list[Step]:
    """Return the rungs that have a time, with what each brings."""
    rungs = on_ladder(analysis.run, group)
    found = [Step(finding=one, ratio=None, reason="") for one in rungs[:1]]
    for before, after in pairwise(rungs):
        logs = analysis.ratio(group, after.arm, before.arm)
        found.append(Step(finding=after, ratio=Ratio.of(logs).inverse() if logs else None, reason=""))
    return found


def without_marks(text: str) -> str:
    """Return a sentence without the backticks around its code, for a place that shows plain text."""
    return "".join(part[1:-1] if place % 2 else part for place, part in enumerate(CODE.split(plain(text))))


def _chart(name: str, found: Sequence[Step], group: GroupFindings, groups: Sequence[GroupFindings]) -> Chart:
    names = [label(step.finding.arm.case, group) for step in found]
    title = titled("The ladder", group, groups)
    return Chart(
        id=name,
        title=title,
        caption=(
            f"{title}: how many times as fast each step is as the one above it, with 95 % intervals, log axis; from "
            f"{names[0]} to {names[-1]}."
        ),
        x=Axis(label="times as fast as the step above", scale="log", unit="x"),
        y=Axis(label="", scale="category", categories=tuple(names)),
        rules=(Rule(axis="x", at=1.0, label="as fast as the step above"),),
        note=None if any(step.reason for step in found) else UNEXPLAINED,
        bands=(ratios.equal(group.least),),
        series=tuple(
            _series(row, name, step, least=group.least)
            for row, (name, step) in enumerate(zip(names, found, strict=True))
        ),
    )


def _series(row: int, name: str, step: Step, *, least: float) -> Series:
    ratio, seconds = step.ratio, step.finding.min_seconds_per_call
    time = f"{time_text(seconds.value)} a call (min)" if seconds else ""
    told = [f"{name}: {ratio_text(ratio)}" if ratio else name, time, step.reason]
    point = ratios.point(
        row,
        ratio,
        tip="\n".join(filter(None, told)),
        label=ratio_text(ratio) if ratio else f"the first step: {time}",
    )
    return Series(name=name, colour=ratios.colour(ratio, least), kind="bars", whiskers="x", points=(point,))
