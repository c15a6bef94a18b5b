"""The forest: speed-up over the baseline with its interval, a row a case, the band of equality."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.verdict import GroupFindings, Verdict
from ...store.records import Run
from ...units import time_text
from ..chart import Axis, Chart, Colour, Series
from ..sections.speedup import Line, caption_of, lines
from ..wording import titled
from . import ratios

_COLOURS: dict[Verdict | None, Colour] = {Verdict.FASTER: "good", Verdict.SLOWER: "bad"}
_SHAPES = {Verdict.FASTER: 0, Verdict.SLOWER: 1, None: 5}


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return ``speedup-<place of the group>`` for each group in which something is compared with the baseline."""
    return tuple(
        _chart(analysis.run, place, analysis.groups)
        for place, group in enumerate(analysis.groups)
        if any(line.ratio for line in lines(group)[1:])
    )


def _chart(run: Run, place: int, groups: Sequence[GroupFindings]) -> Chart:
    group = groups[place]
    found = lines(group)
    return Chart(
        id=f"speedup-{place}",
        title=titled("Speed-up over the baseline", group, groups),
        caption=f"{caption_of(run, group, groups)}.",
        x=ratios.SPEEDUP,
        y=Axis(label="", scale="category", categories=tuple(line.name for line in found)),
        bands=(ratios.equal(group.margin),),
        rules=(ratios.BASELINE,),
        series=tuple(_series(row, line) for row, line in enumerate(found)),
    )


def _series(row: int, line: Line) -> Series:
    return Series(
        name=line.name,
        colour=_COLOURS.get(line.verdict, "grey"),
        shape=_SHAPES.get(line.verdict, 2),
        whiskers="x",
        struck=line.struck,
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
