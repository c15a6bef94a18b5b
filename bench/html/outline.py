"""What a run's page says, in reading order: for each part its text, tables and charts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..analyse.analysis import Analysis
from ..analyse.history import Commits, Histories
from ..report.chart import Chart
from ..report.charts import accuracy, conditions, history, ladder, layouts, memory, roofline, samples, speedup, sweep
from ..report.parts import Section, Table
from ..report.sections import OF_ONE_SIZE, cases, counts, environment, explanation, startup, threats
from ..report.sections import accuracy as accuracy_section
from ..report.sections import conditions as axes_section
from ..report.sections import history as history_section
from ..report.sections import layouts as layouts_section
from ..report.sections import roofline as roofline_section
from ..report.sections import samples as samples_section
from ..report.sections import sweep as sweep_section
from ..store.records import Run

#: One run alone is no history.
LEAST_RUNS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What was found."""

    found: Histories
    commits: Commits


def of_run(run: Run, found: Histories) -> Histories | None:
    """Return the histories of the cases of a run that several runs have; None where no case has any."""
    sizes = {(arm.case.id, str(arm.case.size)) for arm in run.arms}
    cases = tuple(
        one for one in found.cases if (one.series.case_id, one.series.size) in sizes and len(one.entries) >= LEAST_RUNS
    )
    return replace(found, cases=cases, elsewhere=()) if cases else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a page."""

    id: str
    """Of its element, and in the navigation's links."""
    title: str
    paragraphs: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    charts_first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Subject:
    """What a part is made by; one that has neither section nor chart is left out."""

    id: str
    title: str
    section: Callable[[Analysis], Section | None]
    charts: Callable[[Analysis], tuple[Chart, ...]] = lambda _analysis: ()
    explained: Callable[[Sequence[Chart]], tuple[str, ...]] = lambda _drawn: ()
    """How the charts are read, where the section does not say it."""
    charts_first: bool = False
    one_size: bool = False
    """Whether the charts are left out of a run over many sizes: those of each would bury the answer."""

    def part(self, analysis: Analysis, *, swept: bool) -> Part | None:
        """Return the part, None where there is nothing to say."""
        said = None if swept and self.section in OF_ONE_SIZE else self.section(analysis)
        drawn = () if swept and self.one_size else self.charts(analysis)
        if said is None and not drawn:
            return None
        own = said.paragraphs if said else ()
        return Part(
            id=self.id,
            title=self.title,
            paragraphs=(*own, *self.explained(drawn)),
            charts=drawn,
            tables=said.tables if said else (),
            charts_first=self.charts_first,
        )


_MEASURED = (
    _Subject(
        id="speedup",
        title="Speed-up over the baseline",
        section=cases.section,
        charts=speedup.charts,
        one_size=True,
    ),
    _Subject(
        id="why",
        title="The ladder: each step and its reason",
        section=explanation.section,
        charts=ladder.charts,
        charts_first=True,
        one_size=True,
    ),
    _Subject(
        id="samples",
        title="Samples by round and by time",
        section=samples_section.words,
        charts=samples.charts,
        explained=samples.explained,
        one_size=True,
    ),
    _Subject(id="sizes", title="Over sizes", section=sweep_section.section, charts=sweep.charts),
    _Subject(
        id="conditions",
        title="Threads, dtypes and allocators side by side",
        section=axes_section.section,
        charts=conditions.charts,
    ),
    _Subject(id="layouts", title="Layouts side by side", section=layouts_section.section, charts=layouts.charts),
    _Subject(
        id="roofline",
        title="Share of what this machine allows",
        section=roofline_section.section,
        charts=roofline.charts,
    ),
    _Subject(
        id="accuracy",
        title="Accuracy beside speed",
        section=accuracy_section.section,
        charts=accuracy.charts,
        one_size=True,
    ),
    _Subject(
        id="memory",
        title="Memory and page faults",
        section=counts.section,
        charts=memory.charts,
        explained=memory.explained,
        one_size=True,
    ),
    _Subject(id="start", title="Before the first result", section=startup.section),
)

_DOUBTS = (
    _Subject(id="environment", title="Environment", section=environment.section),
    _Subject(id="threats", title="What threatens these numbers", section=threats.section),
)


def measured(analysis: Analysis) -> tuple[Part, ...]:
    """Return the parts on what was measured that have something to say."""
    swept = bool(analysis.sweeps)
    made = (one.part(analysis, swept=swept) for one in _MEASURED)
    # Over sizes comes the answer for all of them, then the tables of each.
    return tuple(sorted((part for part in made if part), key=lambda part: swept and part.id != "sizes"))


def doubts(analysis: Analysis) -> tuple[Part, ...]:
    """Return the parts on where it was measured, and what stands against it."""
    made = (one.part(analysis, swept=False) for one in _DOUBTS)
    return tuple(part for part in made if part is not None)


def past(found: Past | None) -> tuple[Part, ...]:
    """Return the part on earlier runs; nothing where there are none."""
    if found is None:
        return ()
    said = history_section.section(found.found, found.commits)
    drawn = history.charts(found.found)
    return (Part(id="history", title="History", paragraphs=said.paragraphs, charts=drawn, tables=said.tables),)
