"""All runs of a results folder as pages that link to each other: the list of runs, and a history for each machine."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ..analyse.history import Commits, Histories, History, LevelChange
from ..report.charts import history as history_charts
from ..report.csv import csv
from ..report.parts import Cell, Column, Table, code, file_name, plain
from ..report.phrases import counted, ratio_text
from ..report.sections.history import machine_text
from ..report.sections.history import section as history_section
from ..store.points import Machine
from ..units import DASH
from .matrix import Matrix, matrix
from .outline import LEAST_RUNS, Part
from .payload import bare
from .rendering import render
from .thumbnail import Thumbnail, thumbnail

#: The list of runs.
INDEX = "index.html"

#: Runs that one page lists.
_RUNS_A_PAGE = 500

#: Changes that the list of runs shows; the histories have all.
_NEWEST_CHANGES = 20


class Listed(Struct, frozen=True, kw_only=True):
    """A run as the list has it."""

    run: str
    created: str
    problem: str
    title: str
    answer: str
    machine: str
    """Fingerprint; empty where it is unknown."""
    cpu: str | None
    commit: str | None
    page: str
    """Of the run, relative to the list."""
    speedups: dict[str, float]
    """Implementation -> speed-up over the baseline."""
    fastest: str
    """Which was shown to be the fastest; empty of a run over several conditions, and where that was not shown."""
    gain: str
    """Its speed-up with the interval."""
    gained: float | None
    """The same as a number."""

    @property
    def picture(self) -> Thumbnail | None:
        """Its speed-ups in one line; None where it has none."""
        return thumbnail(self.speedups)

    @property
    def when(self) -> str:
        """Day and time, UTC."""
        return plain(self.created[:16]).replace("T", " ") or DASH


class HistoryPage(Struct, frozen=True, kw_only=True):
    """A history and where its page is, relative to the list."""

    found: Histories
    page: str

    @property
    def problem(self) -> str:
        """The problem's name."""
        return plain(self.found.cases[0].series.problem)

    @property
    def machine(self) -> str:
        """The machine's CPU and fingerprint."""
        return machine_text(self.found.machine)

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len({entry.run for one in self.found.cases for entry in one.entries})

    @property
    def changes(self) -> tuple[tuple[History, str, LevelChange], ...]:
        """Case, what of it changed, and the change: newest first."""
        every = [
            (one, of, replace(change, step=history_charts.shown(track, change.step)))
            for one in self.found.cases
            for of, track in one.tracks
            for change in track.changes
        ]
        return tuple(sorted(every, key=lambda each: each[2].first_after.created, reverse=True))


class Site(Struct, frozen=True, kw_only=True):
    """What the pages are made of."""

    runs: tuple[Listed, ...]
    """Newest first."""
    histories: tuple[HistoryPage, ...]
    machines: tuple[Machine, ...]
    left_out: tuple[str, ...]
    """A sentence for each document that cannot be read."""


def with_pages(histories: Sequence[Histories]) -> tuple[HistoryPage, ...]:
    """Return the histories with a page for each, of which no two have the same name."""
    pages: list[HistoryPage] = []
    names: set[str] = set()
    for one in histories:
        stem = file_name(f"{one.cases[0].series.problem}-{one.machine.fingerprint or 'unknown-machine'}")
        place = sum(name.startswith(stem) for name in names)
        name = stem if stem not in names else f"{stem}-{place}"
        names.add(name)
        pages.append(HistoryPage(found=one, page=f"history/{name}.html"))
    return tuple(pages)


def index_pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield name and text of the list's pages, the newest runs first."""
    starts = range(0, max(1, len(site.runs)), _RUNS_A_PAGE)
    parts = [site.runs[start : start + _RUNS_A_PAGE] for start in starts]
    names = [INDEX, *(f"runs-{number}.html" for number in range(2, len(parts) + 1))]
    for place, runs in enumerate(parts):
        first = place == 0
        changes = _changes(site) if first else None
        yield (
            names[place],
            render(
                "index.html.j2",
                "Runs of implbench" if first else f"Runs of implbench, page {place + 1} of {len(parts)}",
                bare("Runs of implbench"),
                entries=_entries(site, changes) if first else [("runs", "Runs")],
                summary=_summary(site),
                runs=runs,
                newer=names[place - 1] if place else None,
                older=names[place + 1] if place + 1 < len(names) else None,
                histories=site.histories if first else (),
                matrix=_matrix(site) if first else None,
                changes=changes,
                machines=_machines(site) if first else None,
                left_out=site.left_out if first else (),
                up=INDEX if place else None,
            ),
        )


def _entries(site: Site, changes: Part | None) -> list[tuple[str, str]]:
    parts = [
        ("matrix", "All problems"),
        ("runs", "Runs"),
        ("histories", "Histories"),
        ("changes", "Changes"),
        ("machines", "Machines"),
    ]
    parts += [("left-out", "Left out")] if site.left_out else []
    shown = {"matrix": _matrix(site) is not None, "histories": bool(site.histories), "changes": changes is not None}
    return [part for part in parts if shown.get(part[0], True)]


def _matrix(site: Site) -> Matrix | None:
    """Return implementations by problems, from the latest run of each problem."""
    latest = {run.problem: (run.page, run.speedups) for run in reversed(site.runs)}
    return matrix(dict(sorted(latest.items())))


def _summary(site: Site) -> str:
    """Return how much there is, in a sentence."""
    problems = len({run.problem for run in site.runs})
    machines = len({run.machine for run in site.runs})
    days = sorted(run.created[:10] for run in site.runs)
    span = f", from {plain(days[0])} to {plain(days[-1])}" if days else ""
    unread = f"; {counted(len(site.left_out), 'document')} could not be read" if site.left_out else ""
    number = f"{counted(len(site.runs), 'run')} of {counted(problems, 'problem')} on {counted(machines, 'machine')}"
    return f"{number}{span}{unread}."


def _changes(site: Site) -> Part | None:
    """Return the newest changes of level in all histories; None where there is none."""
    every = [(page, *each) for page in site.histories for each in page.changes]
    every.sort(key=lambda each: each[3].first_after.created, reverse=True)
    if not every:
        return None
    rows = tuple(
        (
            Cell.of(change.first_after.created[:10]),
            Cell.of(page.found.label(one)),
            Cell.of(page.machine),
            Cell.of(of),
            Cell(value=change.step.value, text=ratio_text(change.step)),
            Cell.of(change.first_after.run),
        )
        for page, one, of, change in every[:_NEWEST_CHANGES]
    )
    columns = (
        Column(name="day", header="first day after", right=False),
        Column(name="case", header="case", right=False),
        Column(name="machine", header="machine", right=False),
        Column(name="of", header="of", right=False),
        Column(name="after_over_before", header="after / before"),
        Column(name="first_run", header="first run after", right=False),
    )
    more = len(every) - len(rows)
    text = "Where the level of a case changed, newest first; a speed-up below 1 and a time above 1 became slower."
    return Part(
        id="changes",
        title="Changes",
        paragraphs=(text, *([f"{counted(more, 'older change')} more in the histories."] if more > 0 else [])),
        tables=(Table(name="changes", title="Changes of level", columns=columns, rows=rows),),
    )


def _machines(site: Site) -> Part:
    rows = tuple(
        (Cell.of(machine.fingerprint or None), Cell.of(machine.cpu), Cell.of(machine.runs)) for machine in site.machines
    )
    columns = (
        Column(name="fingerprint", header="fingerprint", right=False),
        Column(name="cpu", header="CPU", right=False),
        Column(name="runs", header="runs"),
    )
    table = Table(name="machines", title="Machines, by fingerprint", columns=columns, rows=rows)
    text = "Times of unlike machines are never compared; ratios within a run may stand side by side."
    return Part(id="machines", title="Machines", paragraphs=(text,), tables=(table,))


def history_page(history: HistoryPage, commits: Commits) -> str:
    """Return the page of a history."""
    section = history_section(history.found, commits)
    title = f"History of {history.problem} on {history.machine}"
    several = tuple(one for one in history.found.cases if len(one.entries) >= LEAST_RUNS)
    charts = history_charts.charts(replace(history.found, cases=several))
    part = Part(id="history", title=section.title, paragraphs=section.paragraphs, charts=charts, tables=section.tables)
    files = {f"{file_name(table.name)}.csv": csv(table) for table in section.tables}
    return render(
        "history.html.j2",
        title,
        bare(title, charts, files),
        entries=[("history", section.title), ("data-files", "Data")],
        part=part,
        source=f"{counted(history.runs, 'run')} of {code(history.problem)}",
        files=[*files],
        up=f"../{INDEX}",
    )
