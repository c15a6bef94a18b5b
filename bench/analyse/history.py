"""The history of a case: its runs on one kind of machine, where they change, and by how much. No clock, no output."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import exp, log
from pathlib import Path

from msgspec import Struct, to_builtins

from ..errors import ImplbenchError, unknown
from ..machine import environment
from ..programs import git_or_none
from ..stats import change_points, mann_whitney
from ..stats.change_points import ChangePoints
from ..stats.intervals import hodges_lehmann
from ..store.index import Index
from ..store.points import IndexedPoint, Machine, Series
from .verdict import Ratio

#: What a track is of, as tables and figures call it: they show a ratio the other way round, as every speed-up.
RATIO, SECONDS = "speed-up", "time"

#: Levels and steps are estimated from so many runs next to the change at most: older ones say little about it.
NEAREST = 60

#: After an index was made of more documents than this, all series are analysed at once, and each answer is quick.
_ALL_FROM = 50

#: No more commits than this are listed.
_MOST_COMMITS = 100


class Commit(Struct, frozen=True, kw_only=True):
    """A commit, as git tells it."""

    id: str
    subject: str


#: (Problem, commit before, commit after) -> the commits between, newest first; None where git does not know them.
Commits = Mapping[tuple[str, str | None, str | None], tuple[Commit, ...] | None]


class LevelChange(Struct, frozen=True, kw_only=True):
    """A change of level between two successive runs."""

    start: int
    """Index of the first run after it."""
    last_before: IndexedPoint
    first_after: IndexedPoint
    before: Ratio
    """Level: of times over the baseline's, or in seconds."""
    after: Ratio
    step: Ratio
    """After / before."""
    software: tuple[str, ...]
    """What else is not the same, as ``numpy 2.3.1 -> 2.4.6``."""


class Track(Struct, frozen=True, kw_only=True):
    """One series of numbers, oldest first."""

    is_ratio: bool
    """Whether the values are times over the baseline's; else seconds a call."""
    entries: tuple[IndexedPoint, ...]
    values: tuple[float, ...]
    analysis: ChangePoints
    changes: tuple[LevelChange, ...]
    now: Ratio | None
    """Level since the last change; None for an unstable series."""


class History(Struct, frozen=True, kw_only=True):
    """The runs of one case on one kind of machine."""

    series: Series
    machine: str
    entries: tuple[IndexedPoint, ...]
    """All runs, those without a time too."""
    ratio: Track
    """Time / time of the baseline in the same rounds: comparable between machines. Empty for the baseline itself."""
    seconds: Track

    @property
    def tracks(self) -> tuple[tuple[str, Track], ...]:
        """What has values, with its name: RATIO and SECONDS."""
        both = ((RATIO, self.ratio), (SECONDS, self.seconds))
        return tuple((of, track) for of, track in both if track.entries)


class Histories(Struct, frozen=True, kw_only=True, dict=True):
    """What was asked for."""

    machine: Machine
    cases: tuple[History, ...]
    elsewhere: tuple[tuple[Machine, tuple[History, ...]], ...]
    """The same cases on other machines."""

    @cached_property
    def _series(self) -> Mapping[str, Sequence[Series]]:
        """Id of a case -> all series of it."""
        found: dict[str, list[Series]] = {}
        for one in self.cases:
            found.setdefault(one.series.case_id, []).append(one.series)
        return found

    def label(self, history: History) -> str:
        """Return a case's id, with what else sets it apart where several have that id."""
        same = self._series.get(history.series.case_id, ())
        parts = [history.series.case_id]
        if len({other.baseline for other in same}) > 1:
            parts.append(_role(history.series))
        if len({other.size for other in same}) > 1:
            parts.append(f"size {history.series.size}")
        return ", ".join(parts)


def _role(series: Series) -> str:
    """Return what sets a series apart from others of its case."""
    if series.baseline is None:
        return "without a baseline"
    return "as the baseline" if series.is_baseline else f"against {series.baseline}"


class Question(Struct, frozen=True, kw_only=True):
    """What to look for in an index."""

    wanted: str | None = None
    """A problem, an implementation, a case or its id; None for all."""
    machine: str | None = None
    """Fingerprint, or the beginning of one; None for this machine's, or that with most runs where this has none."""

    def ask(self, index: Index) -> Histories:
        """Return the histories that an index gives.

        Raises
        ------
        ImplbenchError
            If the index holds no such case or machine, or no run at all.
        """
        machines = index.machines()
        if not machines:
            raise ImplbenchError("no run to look at; measure one by: implbench run backprop")
        if index.added > _ALL_FROM:
            for one in index.series():
                for machine in machines:
                    _history(index, one, machine.fingerprint)
        places = _by_machine(index, matching(index.series(), self.wanted))
        if self.machine is None:
            return _on(_usual_machine(list(places)), places)
        chosen = _named_machine(machines, self.machine)
        if chosen not in places:
            others = ", ".join(machine.fingerprint or "unknown" for machine in places)
            raise ImplbenchError(f"{self.wanted}: no run on machine {chosen.fingerprint}; there are on {others}")
        return _on(chosen, places)


def every(index: Index) -> tuple[Histories, ...]:
    """Return the histories of each problem on each kind of machine that has runs of it: by problem, most runs first."""
    found, series = [], index.series()
    for problem in dict.fromkeys(one.problem for one in series):
        places = _by_machine(index, [one for one in series if one.problem == problem])
        found += [_on(machine, places) for machine in places]
    return tuple(found)


def _by_machine(index: Index, series: Sequence[Series]) -> dict[Machine, tuple[History, ...]]:
    """Return machine -> the histories of these series there, for machines that have any: most runs first."""
    found = {
        machine: tuple(history for one in series if (history := _history(index, one, machine.fingerprint)).entries)
        for machine in index.machines()
    }
    return {machine: cases for machine, cases in found.items() if cases}


def _on(machine: Machine, places: Mapping[Machine, tuple[History, ...]]) -> Histories:
    """Return what there is on one machine, and beside it what there is on the others."""
    others = tuple((other, cases) for other, cases in places.items() if other != machine)
    return Histories(machine=machine, cases=places[machine], elsewhere=others)


def _usual_machine(machines: Sequence[Machine]) -> Machine:
    """Return this machine, or where it has no run that with most runs, which is the first."""
    if len(machines) == 1:
        return machines[0]
    here = environment.fingerprint()
    return next((one for one in machines if one.fingerprint == here), machines[0])


def _named_machine(machines: Sequence[Machine], wanted: str) -> Machine:
    """Return the machine of that fingerprint, or whose fingerprint begins so."""
    found = [one for one in machines if one.fingerprint.startswith(wanted)]
    if len(found) != 1:
        raise unknown("machine", wanted, [one.fingerprint or "(unknown)" for one in machines])
    return found[0]


def matching(series: Sequence[Series], wanted: str | None) -> tuple[Series, ...]:
    """Return the series of a problem, of an implementation, or of a case by its name or id.

    Raises
    ------
    ImplbenchError
        If there is none.
    """
    found = [
        one for one in series if wanted is None or wanted in (one.problem, one.implementation, one.case_id, one.name)
    ]
    if not found:
        names = dict.fromkeys([*(one.problem for one in series), *(one.case_id for one in series)])
        raise unknown("problem or case", wanted or "", names)
    return tuple(found)


def _history(index: Index, series: Series, machine: str) -> History:
    entries = index.entries(series, machine)
    compared = [(entry, entry.log_ratio) for entry in entries if entry.log_ratio is not None]
    timed = [(entry, log(entry.seconds)) for entry in entries if entry.seconds]
    remembered = index.remembered(series, machine)
    if remembered is None:
        analyses = [change_points.analyse([value for _entry, value in pairs]) for pairs in (compared, timed)]
        index.remember(series, machine, json.dumps([to_builtins(analysis) for analysis in analyses]))
    else:
        analyses = [ChangePoints(**{**one, "starts": tuple(one["starts"])}) for one in json.loads(remembered)]
    return History(
        series=series,
        machine=machine,
        entries=entries,
        ratio=_track(index, compared, analyses[0], is_ratio=True),
        seconds=_track(index, timed, analyses[1], is_ratio=False),
    )


def _track(
    index: Index, pairs: Sequence[tuple[IndexedPoint, float]], analysis: ChangePoints, *, is_ratio: bool
) -> Track:
    entries, y = [entry for entry, _value in pairs], [value for _entry, value in pairs]
    edges = [0, *analysis.starts, len(y)]
    changes = []
    for begin, start, end in zip(edges, edges[1:], edges[2:], strict=False):
        before, after = y[max(begin, start - NEAREST) : start], y[start : min(end, start + NEAREST)]
        changes.append(
            LevelChange(
                start=start,
                last_before=entries[start - 1],
                first_after=entries[start],
                before=Ratio.of(hodges_lehmann(before)),
                after=Ratio.of(hodges_lehmann(after)),
                step=Ratio.of(mann_whitney.shift(before, after)),
                software=_differences(index, entries[start - 1], entries[start]),
            )
        )
    latest = y[edges[-2] :][-NEAREST:]
    return Track(
        is_ratio=is_ratio,
        entries=tuple(entries),
        values=tuple(exp(value) for value in y),
        analysis=analysis,
        changes=tuple(changes),
        now=Ratio.of(hodges_lehmann(latest)) if latest and not analysis.unstable else None,
    )


def _differences(index: Index, before: IndexedPoint, after: IndexedPoint) -> tuple[str, ...]:
    """Return what the two runs were not made of alike."""
    if before.software == after.software:
        return ()
    old, new = index.software(before.software), index.software(after.software)
    return tuple(
        f"{name} {old.get(name, 'absent')} -> {new.get(name, 'absent')}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def commits_between(before: str | None, after: str | None, folder: Path | None) -> tuple[Commit, ...] | None:
    """Return the commits from one to another, newest first, at most 100; None where git does not know them.

    Parameters
    ----------
    before, after
        As in an `IndexedPoint`: with a plus behind them where files were changed.
    folder
        A folder in the repository.
    """
    if folder is None or before is None or after is None:
        return None
    ends = [commit.removesuffix("+") for commit in (before, after)]
    if not all(end.isalnum() for end in ends):
        return None
    how = ("--no-show-signature", f"--max-count={_MOST_COMMITS}", "--format=%h%x09%s")
    printed = git_or_none(folder, "log", *how, "..".join(ends), "--")
    if printed is None:
        return None
    lines = [line.partition("\t") for line in printed.splitlines()]
    return tuple(Commit(id=identity, subject=subject) for identity, _tab, subject in lines)
