"""Memory layouts side by side: speed-up over the baseline, a row an implementation, a mark a layout."""

from collections.abc import Mapping, Sequence

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from ...analyse.verdict import Ratio
from ..chart import Axis, Chart, Series
from ..parts import plain
from ..phrases import least_text, ratio_text, titled
from . import ratios
from .drawn import drawn, left_out
from .style import numbered

#: Implementation -> layout -> speed-up over the baseline; or what takes their places, as case -> run.
Grid = Mapping[str, Mapping[str, Ratio]]


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return ``layouts-<place of the group>`` for each group with several layouts."""
    return tuple(found for place in range(len(analysis.groups)) if (found := chart(analysis, place)))


def chart(analysis: Analysis, place: int) -> Chart | None:
    """Return the chart of the group at a place; None where it has one layout, or none has a time."""
    group = analysis.groups[place]
    if len(group.layouts) < 2 or not grid(group):
        return None
    title = titled("Layouts side by side", group, analysis.groups)
    caption = (
        f"{title}: speed-up over the baseline with 95 % intervals, one line an implementation, one mark a layout, "
        f"log axis; in the shaded band ({least_text(group)} each way) a case counts as equal."
    )
    rows = [*dict.fromkeys(one.arm.case.contender for one in drawn(group))]
    shown = {name: ratios for name, ratios in grid(group).items() if name in rows}
    return side_by_side((f"layouts-{place}", title, caption + left_out(group)), shown, group.layouts, group.least)


def grid(group: GroupFindings) -> Grid:
    """Return the speed-ups over the baseline, 1 for the baseline itself; cases without a time are left out."""
    found: dict[str, dict[str, Ratio]] = {}
    timed = {one.arm.name for one in group.ok}
    for one in group.findings:
        if one.arm.name in timed and one.speedup is not None:
            found.setdefault(one.arm.case.contender, {})[one.arm.case.layout] = one.speedup
    return found


def side_by_side(
    words: tuple[str, str, str], found: Grid, marks: Sequence[str], margin: float, rows: Sequence[str] = ()
) -> Chart:
    """Return a chart with a row for each implementation, in it a mark for each layout, or what takes their places.

    Parameters
    ----------
    words
        Id, title and caption.
    found
        Row -> mark -> speed-up.
    marks
        In the order in which they stand in a row, from top to bottom.
    margin
        Half the width of the band of equality.
    rows
        If not those of `found`.
    """
    identity, title, caption = words
    names = [*(rows or found)]
    return Chart(
        id=identity,
        title=title,
        caption=caption,
        x=ratios.SPEEDUP,
        y=Axis(label="", scale="category", categories=tuple(plain(name) for name in names)),
        bands=(ratios.equal(margin),),
        rules=(ratios.BASELINE,),
        series=tuple(
            Series(
                name=plain(mark),
                colour=numbered(place).colour,
                shape=numbered(place).shape,
                whiskers="x",
                points=tuple(
                    ratios.point(row, by[mark], tip=f"{plain(name)} {plain(mark)}: {ratio_text(by[mark])}")
                    for row, name in enumerate(names)
                    if mark in (by := found.get(name, {}))
                ),
            )
            for place, mark in enumerate(marks)
        ),
    )
