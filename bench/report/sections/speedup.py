"""Speed-ups over the baseline as a forest plot: a marker and an interval for each case, and the band of equality."""

from ...analyse.analysis import Analysis
from ..charts import speedup
from ..parts import Figure, Section, code
from ..phrases import named
from .subject import Subject


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group in which something is compared with the baseline."""
    figures = tuple(found for place in range(len(analysis.groups)) if (found := _figure(analysis, place)) is not None)
    return Section(title="Speed-up over the baseline", figures=figures) if figures else None


def _figure(analysis: Analysis, place: int) -> Figure | None:
    chart, group = speedup.chart(analysis, place), analysis.groups[place]
    if chart is None:
        return None
    numbers = "; ".join(f"{code(line.name)} {line.text}" for line in speedup.lines(group) if line.ratio)
    caption = f"{chart.caption} {numbers}."
    return Figure(name=named("speedup", group, analysis.groups), caption=caption, charts=(chart,))


SUBJECT = Subject(
    id="forest",
    title="Speed-up over the baseline",
    section=section,
    place=40,
    on_page=False,
    is_of_one_size=True,
)
