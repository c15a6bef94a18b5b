"""What speed costs in accuracy, or does not: the largest error of each case against its speed-up."""

from collections.abc import Sequence

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings, Ratio
from ...store.records import Run
from ...units import significant
from ..chart import Axis, Chart, Point, Rule, Series
from ..sections.accuracy import BELOW, verified
from ..wording import label, ratio_text, titled
from . import ratios
from .style import key, looks


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each group in which at least two cases have a time and an error."""
    return tuple(
        _chart(analysis.run, place, analysis.groups)
        for place, group in enumerate(analysis.groups)
        if len(verified(group)) > 1
    )


def _chart(run: Run, place: int, groups: Sequence[GroupFindings]) -> Chart:
    group = groups[place]
    found, known = verified(group), looks(run)
    floor = min([one.error_over_tolerance for one in found if one.error_over_tolerance] or [1.0]) / BELOW
    exact = any(not one.error_over_tolerance for one in found)
    title = titled("Accuracy against speed", group, groups)
    return Chart(
        id=f"accuracy-{place}",
        title=title,
        caption=(
            f"{title}: largest error of any component, output and round over its tolerance, against the speed-up over "
            f"the baseline with 95 % interval, log axes; above 1 is wrong{_below(floor) if exact else ''}."
        ),
        x=ratios.SPEEDUP,
        y=Axis(label="error over tolerance", scale="log"),
        rules=(Rule(axis="y", at=1.0, label="above: wrong"),),
        series=tuple(
            Series(
                name=label(one.arm.case, group),
                colour=known[key(one.arm.case)].colour,
                shape=known[key(one.arm.case)].shape,
                whiskers="x",
                hollow=not one.error_over_tolerance,
                points=(_point(one, group, floor),),
            )
            for one in found
        ),
    )


def _below(floor: float) -> str:
    return f"; hollow: no error at all, drawn at {significant(floor, 1)}"


def _point(one: Finding, group: GroupFindings, floor: float) -> Point:
    ratio = one.speedup_over_baseline or Ratio(value=1.0, interval=None)
    name = label(one.arm.case, group)
    errors = f"error/tolerance {significant(one.error_over_tolerance, 2)}, {significant(one.max_ulp, 2)} ulp at most"
    speed = "baseline" if one.arm.baseline else f"speed-up {ratio_text(ratio)}"
    return ratios.point(one.error_over_tolerance or floor, ratio, tip=f"{name}\n{speed}\n{errors}")
