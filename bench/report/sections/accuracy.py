"""What speed costs in accuracy, or does not: the errors of each case beside its speed-up."""

from dataclasses import replace

from ...analyse.analysis import Analysis
from ...units import significant
from ..charts import accuracy
from ..charts.drawn import left_out
from ..checked import of_errors
from ..parts import Figure, Section, code, plain
from ..phrases import label, named, titled
from .subject import Subject


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group in which at least two cases have a time and an error."""
    figures = tuple(found for place in range(len(analysis.groups)) if (found := _figure(analysis, place)) is not None)
    text = (
        f"Errors are those of the worst component, output and round. {of_errors(analysis.run.checks)}: within it, "
        "errors differ by the order of summation, not by right and wrong."
    )
    return Section(title="Accuracy beside speed", paragraphs=(text,), figures=figures) if figures else None


def _figure(analysis: Analysis, place: int) -> Figure | None:
    charts, group = accuracy.beside_speed(analysis, place), analysis.groups[place]
    if not charts:
        return None
    numbers = "; ".join(
        f"{code(label(one.arm.case, group))} {significant(one.error_over_tolerance, 2)} and "
        f"{significant(one.max_ulp, 2)} ulp"
        for one in accuracy.verified(group)
    )
    title = titled(f"Accuracy of {plain(analysis.run.problem.name)} beside speed", group, analysis.groups)
    caption = (
        f"{title}, fastest on top, log axes: speed-up, largest error over its tolerance, and largest error in units in "
        f"the last place.{left_out(group)} {numbers}."
    )
    panels = tuple(replace(one, title="") for one in charts)
    return Figure(name=named("accuracy", group, analysis.groups), caption=caption, charts=panels, columns=len(panels))


SUBJECT = Subject(
    id="accuracy",
    title="Accuracy beside speed",
    section=section,
    charts=accuracy.charts,
    report=110,
    page=80,
    is_of_one_size=True,
    charts_of_one_size=True,
)
