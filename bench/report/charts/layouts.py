"""Memory layouts side by side: speed-up over the baseline, a row an implementation, a mark a layout."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.verdict import GroupFindings
from .. import wording
from ..chart import Axis, Chart, Series
from ..document import plain
from ..sections.layouts import grid
from ..wording import margin_text, ratio_text, titled
from . import ratios
from .style import numbered


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each group with several layouts."""
    return tuple(
        _chart(place, analysis.groups)
        for place, group in enumerate(analysis.groups)
        if len(wording.layouts(group)) > 1 and grid(group)
    )


def _chart(place: int, groups: Sequence[GroupFindings]) -> Chart:
    group = groups[place]
    found, title = grid(group), titled("Layouts side by side", group, groups)
    return Chart(
        id=f"layouts-{place}",
        title=title,
        caption=(
            f"{title}: speed-up over the baseline with 95 % intervals, one row an implementation, one mark a layout, "
            f"log axis; in the shaded band ({margin_text(group.margin)} each way) a case counts as equal."
        ),
        x=ratios.SPEEDUP,
        y=Axis(label="", scale="category", categories=tuple(plain(name) for name in found)),
        bands=(ratios.equal(group.margin),),
        rules=(ratios.BASELINE,),
        series=tuple(
            Series(
                name=plain(layout),
                colour=numbered(which).colour,
                shape=numbered(which).shape,
                whiskers="x",
                points=tuple(
                    ratios.point(row, by[layout], tip=f"{plain(name)} {plain(layout)}: {ratio_text(by[layout])}")
                    for row, (name, by) in enumerate(found.items())
                    if layout in by
                ),
            )
            for which, layout in enumerate(wording.layouts(group))
        ),
    )
