"""What speed costs in accuracy, or does not: the errors of each case beside its speed-up."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...analyse.analysis import Analysis
from ...analyse.verdict import Finding, GroupFindings
from ...store.records import Run
from ...units import significant
from ..document import Figure, Section, code, plain
from ..figures.style import GREY, PALE, PALETTE, canvas, drawable, log_axis, padded, styled
from ..wording import label, named, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

#: What is exact stands this factor below the smallest error, on an axis that has no zero.
BELOW = 3.0


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group in which at least two cases have a time and an error."""
    shown = [group for group in analysis.groups if len(verified(group)) > 1]
    if not shown:
        return None
    text = (
        "Errors are those of the worst component, output and round. The tolerance is the problem's own, from the error "
        "analysis of its computation: within it, errors differ by the order of summation, not by right and wrong."
    )
    figures = tuple(_figure(analysis.run, group, analysis.groups) for group in shown)
    return Section(title="Accuracy beside speed", paragraphs=(text,), figures=figures)


def verified(group: GroupFindings) -> list[Finding]:
    """Return the cases that can be drawn, fastest first."""
    return [one for one in group.ok if one.verification and (one.arm.baseline or one.speedup_over_baseline)]


def _figure(run: Run, group: GroupFindings, groups: Sequence[GroupFindings]) -> Figure:
    found = verified(group)
    numbers = "; ".join(
        f"{code(label(one.arm.case, group))} {significant(one.error_over_tolerance, 2)} and "
        f"{significant(one.max_ulp, 2)} ulp"
        for one in found
    )
    caption = (
        f"{titled(f'Accuracy of {plain(run.problem.name)} beside speed', group, groups)}, fastest on top, log axes: "
        f"speed-up, largest error over its tolerance, and largest error in units in the last place. {numbers}."
    )
    return Figure(name=named("accuracy", group, groups), caption=caption, draw=styled(partial(_draw, group, found)))


def _draw(group: GroupFindings, found: Sequence[Finding]) -> "MatplotlibFigure":
    figure = canvas(9.0, 1.1 + 0.32 * len(found))
    speedup, tolerance, ulp = figure.subplots(1, 3, sharey=True)
    _draw_panel(speedup, found, _speedup, "speed-up over the baseline", "x")
    _draw_panel(tolerance, found, lambda one: one.error_over_tolerance, "error over tolerance (above 1: wrong)")
    _draw_panel(ulp, found, lambda one: one.max_ulp, "largest error [ulp]")
    tolerance.axvline(1.0, color="black", linewidth=1.2)
    speedup.set_yticks(range(len(found)), [drawable(label(one.arm.case, group)) for one in found])
    speedup.set_ylim(len(found) - 0.4, -0.6)
    return figure


def _speedup(one: Finding) -> float:
    return one.speedup_over_baseline.value if one.speedup_over_baseline else 1.0


def _draw_panel(
    axes: "Axes", found: Sequence[Finding], value: Callable[[Finding], float | None], name: str, unit: str = ""
) -> None:
    """Draw one number of each case, a row each; what is 0 stands on the left edge, its marker hollow."""
    known = [number for one in found if (number := value(one))]
    floor = min(known, default=1.0) / BELOW
    numbers = [value(one) or floor for one in found]
    for row, (one, number) in enumerate(zip(found, numbers, strict=True)):
        colour = GREY if one.arm.baseline else PALETTE[0]
        axes.axhline(row, color=PALE, linewidth=0.6, zorder=0)
        inside = colour if value(one) else "white"
        axes.plot([number], [row], "o", color=colour, markerfacecolor=inside, markersize=6.5)
    # The end of the tolerance is always in the picture.
    log_axis(axes.xaxis, padded(min(*numbers, 1.0), max(*numbers, 1.0), 1.3), unit)
    axes.set_xlabel(name, fontsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
