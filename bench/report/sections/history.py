"""The history of cases: where they changed, in a table and a picture. Not part of a run's report."""

from ...analyse.history import Commits, Histories, History, LevelChange, Track
from ...analyse.verdict import Ratio
from ...stats.change_points import STABLE_VALUES
from ...store.points import Machine
from ...units import DASH, TIME_UNITS, time_unit
from ..charts.history import charts, shown
from ..estimates import value_cell
from ..parts import Cell, Column, Figure, Section, Table, code, plain
from ..phrases import counted, ratio_text

#: So many commits are named in a cell; ``--json`` has them all.
_NAMED_COMMITS = 3

#: Above so many panels they stand in two columns.
_ONE_COLUMN = 6


def section(found: Histories, commits: Commits) -> Section:
    """Return the history as text, tables and a figure."""
    tables = [_case_table(found)]
    if any(track.changes for one in found.cases for _of, track in one.tracks):
        tables.append(_change_table(found, commits))
    if found.elsewhere and any(one.ratio.entries for one in found.cases):
        tables.append(_machine_table(found))
    return Section(
        title="History",
        paragraphs=tuple(_told(found)),
        tables=tuple(tables),
        figures=_figures(found),
    )


def _figures(found: Histories) -> tuple[Figure, ...]:
    """Return the figure: of one case ratio and time, of several the ratio of each; none where no run has a time."""
    panels = charts(found)
    if not panels:
        return ()
    stem = "-".join(dict.fromkeys(one.series.problem for one in found.cases))
    if len(found.cases) == 1:
        stem = found.cases[0].series.case_id
    runs = {(entry.created, entry.run) for one in found.cases for entry in one.entries}
    caption = (
        f"History of {plain(stem)} on {plain(found.machine.fingerprint) or 'an unknown machine'}: "
        f"{counted(len(runs), 'run')}, a dot each at its time, one panel a series, each with its own log axis; the "
        "bars are levels, the lines changes, with their size."
    )
    columns = 1 if len(panels) <= _ONE_COLUMN else 2
    return (Figure(name=f"history-{stem}", caption=caption, charts=panels, columns=columns),)


def machine_text(machine: Machine) -> str:
    """Return as in ``Some CPU (0123456789ab)``."""
    unnamed = f"unknown CPU of {machine.host}" if machine.host else "unknown CPU"
    return f"{plain(machine.cpu or unnamed)} ({plain(machine.fingerprint) or 'no fingerprint'})"


def _told(found: Histories) -> list[str]:
    """Return the answer in a sentence, and what keeps a case from having one."""
    sentences = [_first(found)]
    for one in found.cases:
        name = code(found.label(one))
        for of, track in one.tracks:
            if track.analysis.unstable:
                sentences.append(
                    f"{name}: unstable series of {of}, {track.analysis.unstable} changes in "
                    f"{counted(len(track.entries), 'run')} mean nothing, so none is told."
                )
        if one.series.is_baseline and one.seconds.changes:
            sentences.append(f"{name} is the baseline and changed itself, which moves the ratios of all others.")
    if found.elsewhere and not any(one.ratio.entries for one in found.cases):
        places = ", ".join(machine_text(machine) for machine, _cases in found.elsewhere)
        sentences.append(f"Without a baseline they are not compared with those on {places}; `--machine` shows these.")
    short = sum(one.seconds.analysis.short for one in found.cases)
    if 0 < short < len(found.cases):
        sentences.append(f"With fewer than {STABLE_VALUES} runs no change can be told: {counted(short, 'more case')}.")
    return sentences


def _first(found: Histories) -> str:
    """Return how many cases changed, of those with enough runs to tell; or that none has so many."""
    entries = [entry for one in found.cases for entry in one.entries]
    days = sorted(entry.created[:10] for entry in entries)
    runs = len({entry.run for entry in entries})
    where = f"{counted(runs, 'run')} from {plain(days[0])} to {plain(days[-1])} on {machine_text(found.machine)}"
    told = [one for one in found.cases if not one.seconds.analysis.short]
    if not told:
        return f"No case has the {STABLE_VALUES} runs that it takes to tell whether it changed: {where}."
    changed = sum(any(track.changes for _of, track in one.tracks) for one in told)
    return f"{changed} of {counted(len(told), 'case')} changed in {where}."


def _case_table(found: Histories) -> Table:
    unit = time_unit([one.seconds.now.value for one in found.cases if one.seconds.now])
    rows = []
    for one in found.cases:
        bad = sum(entry.seconds is None for entry in one.entries)
        ratio, seconds = _speedup(one), one.seconds.now
        changes = [change for _of, track in one.tracks for change in track.changes]
        since = max((change.first_after.created[:10] for change in changes), default=None)
        rows.append(
            (
                Cell.of(found.label(one)),
                Cell.of(len(one.entries)),
                Cell.of(bad or None),
                value_cell(seconds, _level(seconds, unit)),
                value_cell(ratio, ratio_text(ratio)),
                Cell.of(_count(one)),
                Cell.of(since),
            )
        )
    columns = (
        Column(name="case", header="case", right=False),
        Column(name="runs", header="runs", dispensable=3),
        Column(name="runs_without_time", header="without time", dispensable=4),
        Column(name="min_seconds_per_call", header=f"min time now [{unit}]", dispensable=2),
        Column(name="speedup_over_baseline", header="speed-up now"),
        Column(name="changes", header="changes", dispensable=1),
        Column(name="last_change", header="last change", right=False),
    )
    return Table(name="history", title="Levels since the last change", columns=columns, rows=tuple(rows))


def _speedup(one: History) -> Ratio | None:
    """Return the level of the speed-up over the baseline since its last change."""
    return shown(one.ratio, one.ratio.now) if one.ratio.now else None


def _count(one: History) -> str:
    """Return the number of changes of ratio and time, as in ``1, 2``; a word where there is none to give."""
    return ", ".join(
        "unstable" if track.analysis.unstable else DASH if track.analysis.short else str(len(track.changes))
        for _of, track in one.tracks
    )


def _level(seconds: Ratio | None, unit: str) -> str:
    """Return a time with its interval, in a unit that the header names."""
    if seconds is None:
        return DASH
    return ratio_text(seconds.mapped(lambda time: time / TIME_UNITS[unit])).replace("x", "")


def _change_table(found: Histories, commits: Commits) -> Table:
    rows = [
        _change_row((found.label(one), of, one.series.problem), track, change, commits)
        for one in found.cases
        for of, track in one.tracks
        for change in track.changes
    ]
    columns = (
        Column(name="case", header="case", right=False),
        Column(name="of", header="of", right=False),
        Column(name="first_run", header="first run after", right=False),
        Column(name="before", header="before"),
        Column(name="after", header="after"),
        Column(name="after_over_before", header="after / before"),
        Column(name="commits", header="commits between", right=False),
        Column(name="software", header="software", right=False),
    )
    return Table(name="changes", title="Changes", columns=columns, rows=tuple(rows))


def _change_row(about: tuple[str, str, str], track: Track, change: LevelChange, commits: Commits) -> tuple[Cell, ...]:
    name, of, problem = about
    levels, step = [shown(track, one) for one in (change.before, change.after)], shown(track, change.step)
    unit = time_unit(level.value for level in levels)
    texts = [ratio_text(level) if track.is_ratio else f"{_level(level, unit)} {unit}" for level in levels]
    return (
        Cell.of(name),
        Cell.of(of),
        Cell.of(change.first_after.run),
        *(value_cell(level, text) for level, text in zip(levels, texts, strict=True)),
        value_cell(step, ratio_text(step)),
        Cell.of(_commits_text(problem, change, commits)),
        Cell.of("; ".join(change.software) or None),
    )


def _commits_text(problem: str, change: LevelChange, commits: Commits) -> str | None:
    """Return the commits between two runs as far as a cell holds them."""
    before, after = change.last_before.commit, change.first_after.commit
    between = commits.get((problem, before, after))
    if before is None or after is None:
        return None
    ends = "..".join(f"{commit[:8]}{'+' if commit.endswith('+') else ''}" for commit in (before, after))
    if before == after:
        return f"none: both at {ends.partition('..')[0]}"
    if not between:
        return ends
    named = "; ".join(f"{one.id} {plain(one.subject)}" for one in between[:_NAMED_COMMITS])
    more = len(between) - _NAMED_COMMITS
    return named + (f"; and {more} more ({ends})" if more > 0 else "")


def _machine_table(found: Histories) -> Table:
    """Return cases x machines: what the speed-up over the baseline is now."""
    places = ((found.machine, found.cases), *found.elsewhere)
    rows = []
    for one in found.cases:
        if one.ratio.entries:
            ratios = [
                next((_speedup(other) for other in cases if other.series.id == one.series.id), None)
                for _machine, cases in places
            ]
            cells = [value_cell(ratio, ratio_text(ratio)) for ratio in ratios]
            rows.append((Cell.of(found.label(one)), *cells))
    columns = [
        Column(name=f"speedup_over_baseline_{machine.fingerprint}", header=machine_text(machine))
        for machine, _cases in places
    ]
    return Table(
        name="machines",
        title="Speed-up by machine",
        columns=(Column(name="case", header="case", right=False), *columns),
        rows=tuple(rows),
    )
