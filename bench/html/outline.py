"""What a run's page says, in reading order: for each part its text, tables and charts."""

from msgspec import Struct
from msgspec.structs import replace

from ..analyse.analysis import Analysis
from ..analyse.history import Commits, Histories
from ..report.chart import Chart
from ..report.charts import history
from ..report.parts import Table
from ..report.sections import Subject, subjects
from ..report.sections import history as history_section
from ..report.sections.subject import Shown
from ..store.records import Run

#: One run alone is no history.
LEAST_RUNS = 2


class Past(Struct, frozen=True, kw_only=True):
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


class Part(Struct, frozen=True, kw_only=True):
    """One part of a page."""

    id: str
    """Of its element, and in the navigation's links."""
    title: str
    paragraphs: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    shown: Shown = "whole"
    told: str | None = None
    """The gist in a sentence; None where nothing is said at once."""

    @property
    def opened(self) -> bool:
        """Whether anything of it has to be opened."""
        return self.shown == "title" or (self.shown == "charts" and bool(self.paragraphs or self.tables))


def measured(analysis: Analysis) -> tuple[Part, ...]:
    """Return the parts on what was measured that have something to say."""
    return _parts(analysis, doubts=False, swept=bool(analysis.sweeps))


def doubts(analysis: Analysis) -> tuple[Part, ...]:
    """Return the parts on where it was measured, and what stands against it."""
    return _parts(analysis, doubts=True, swept=False)


def _parts(analysis: Analysis, *, doubts: bool, swept: bool) -> tuple[Part, ...]:
    """Return the parts of subjects of either kind, in reading order."""
    places = [(one.place, one.id, one) for one in subjects() if one.on_page and one.doubts == doubts]
    made = (_part(one, analysis, swept=swept) for _place, _id, one in sorted(places, key=lambda found: found[:2]))
    return tuple(part for part in made if part is not None)


def _part(subject: Subject, analysis: Analysis, *, swept: bool) -> Part | None:
    """Return the part on a subject, None where there is nothing to say."""
    section = subject.page_section or subject.section
    said = None if swept and subject.is_of_one_size else section(analysis)
    drawn = () if swept and subject.charts_of_one_size else subject.charts(analysis)
    if said is None and not drawn:
        return None
    own, told = said.paragraphs if said else (), subject.told(analysis)
    if told and subject.shown == "charts":  # it is seen above what has to be opened
        own = tuple(text for text in own if text not in told)
    return Part(
        id=subject.id,
        title=subject.title,
        paragraphs=(*own, *subject.explained(drawn)),
        charts=drawn,
        tables=said.tables if said else (),
        shown=subject.shown if drawn or subject.shown == "title" else "whole",
        told=told,
    )


def past(found: Past | None) -> tuple[Part, ...]:
    """Return the part on earlier runs; nothing where there are none."""
    if found is None:
        return ()
    said = history_section.section(found.found, found.commits)
    drawn = history.charts(found.found)
    return (
        Part(
            id="history",
            title="History",
            paragraphs=said.paragraphs,
            charts=drawn,
            tables=said.tables,
            shown="title",
            told=said.paragraphs[0] if said.paragraphs else None,
        ),
    )
