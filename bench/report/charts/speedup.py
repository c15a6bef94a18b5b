"""The forest: speed-up over the baseline with its interval, a row a case, the band of equality."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Ratio, Verdict
from ...store.worker_records import Outcome
from ...units import time_text
from ..chart import Axis, Chart, Colour, Series
from ..parts import plain
from ..phrases import label, least_text, ratio_text, titled
from . import ratios
from .drawn import MOST_CASES, drawn, left_out

_COLOURS: dict[Verdict | None, Colour] = {Verdict.FASTER: "good", Verdict.SLOWER: "bad"}
_SHAPES = {Verdict.FASTER: 0, Verdict.SLOWER: 1, None: 5}


class Line(Struct, frozen=True, kw_only=True):
    """One line of the plot; without a ratio it is text alone, struck out where the answer was wrong."""

    name: str
    ratio: Ratio | None
    text: str
    verdict: Verdict | None = None
    """None for the baseline, and for what has no ratio."""
    struck: bool = False
    finding: Finding | None = None
    """None for what was not started."""


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return ``speedup-<place of the group>`` for each group in which something is compared with the baseline."""
    return tuple(found for place in range(len(analysis.groups)) if (found := chart(analysis, place)))


def chart(analysis: Analysis, place: int) -> Chart | None:
    """Return the forest of the group at a place; None where nothing is compared with the baseline."""
    group = analysis.groups[place]
    found = lines(group)
    if not any(line.ratio for line in found[1:]):
        return None
    title = f"Speed-up of {plain(analysis.run.problem.name)} over the baseline"
    return Chart(
        id=f"speedup-{place}",
        title=titled("Speed-up over the baseline", group, analysis.groups),
        caption=(
            f"{titled(title, group, analysis.groups)}, with 95 % intervals, log axis; "
            f"in the shaded band ({least_text(group)} each way) a case counts as equal.{left_out(group)}"
        ),
        x=ratios.SPEEDUP,
        y=Axis(label="", scale="category", categories=tuple(line.name for line in found)),
        bands=(ratios.equal(group.least),),
        rules=(ratios.BASELINE,),
        series=tuple(_series(row, line) for row, line in enumerate(found)),
    )


def lines(group: GroupFindings) -> Sequence[Line]:
    """Return the lines of a group's plot: cases with a ratio, fastest first, then the others; as many as have room."""
    found = [_timed(one, group) for one in drawn(group) if one.arm.baseline or one.speedup_over_baseline]
    failed = [one for one in group.findings if one.outcome != Outcome.OK]
    others = [replace(_fallen(label(one.arm.case, group), one.outcome, one.reason), finding=one) for one in failed]
    others += [_fallen(label(one.case, group), one.outcome, one.reason) for one in group.left]
    if len(others) <= MOST_CASES:
        return [*found, *others]
    more = Line(name="", ratio=None, text=f"and {len(others) - MOST_CASES:,} more without a time")
    return [*found, *others[:MOST_CASES], more]


def _timed(one: Finding, group: GroupFindings) -> Line:
    name = label(one.arm.case, group)
    if one.arm.baseline:
        noise = Ratio.of(group.noise).inverse() if group.noise else Ratio(value=1.0, interval=None)
        again = f", again {ratio_text(noise)}" if group.noise else ""
        return Line(name=name, ratio=noise, text=f"baseline{again}", finding=one)
    ratio = one.speedup_over_baseline
    return Line(name=name, ratio=ratio, text=ratio_text(ratio), verdict=one.verdict, finding=one)


def _fallen(name: str, outcome: Outcome, reason: str | None) -> Line:
    text = outcome.value + (f": {plain(reason)}" if reason else "")
    return Line(name=name, ratio=None, text=text, struck=outcome == Outcome.WRONG)


def _series(row: int, line: Line) -> Series:
    return Series(
        name=line.name,
        colour=_COLOURS.get(line.verdict, "grey"),
        shape=_SHAPES.get(line.verdict, 2),
        whiskers="x",
        struck=line.struck,
        hollow=line.ratio is not None and line.ratio.interval is None,
        points=(ratios.point(row, line.ratio, tip=_tip(line), label=line.text),),
    )


def _tip(line: Line) -> str:
    seconds = line.finding.min_seconds_per_call if line.finding else None
    told = [
        f"{line.name}: {line.text}",
        line.verdict or "",
        f"{time_text(seconds.value)} a call (min)" if seconds else "",
    ]
    return "\n".join(text for text in told if text)
