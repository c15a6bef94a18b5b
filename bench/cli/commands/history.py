"""Print how the times of cases went over all runs, where they changed, and what was committed in between."""

from pathlib import Path

import msgspec

from ...analyse.history import Commits, Histories, Question, commits_between
from ...errors import Exit, ImplbenchError
from ...machine import environment
from ...problems import problem
from ...report import files, json_history, terminal
from ...report.parts import Figure, file_name
from ...report.sections.history import machine_text, section
from ...store import documents, index
from ..options import StoredOptions


class HistoryOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench history` can be told."""

    wanted: str | None = None
    machine: str | None = None
    output: str | None = None


def command(options: HistoryOptions) -> int:
    """Do `implbench history`; see `parser`."""
    notes = terminal.Notes()
    question = Question(wanted=options.wanted, machine=options.machine)
    folder = documents.holding(options.results)
    found = index.consult(folder, question.ask, notes)
    if found.machine.fingerprint != environment.fingerprint():
        notes(f"{folder}: holds none of these cases measured on this machine; shown is {machine_text(found.machine)}")
    commits = commits_of(found)
    shown = section(found, commits)
    if options.json:
        data = msgspec.json.encode(json_history.of(found, commits, notes))  # thousands of runs: json takes too long
        print(msgspec.json.format(data, indent=2).decode())
    else:
        terminal.show([shown])
    if options.output:
        written = _drawn(shown.figures, Path(options.output))
        for path in written if not options.json else ():
            terminal.say(f"written: {path}")
    return Exit.FINE


def _drawn(figures: tuple[Figure, ...], folder: Path) -> list[Path]:
    """Write the figures, each as SVG and PNG."""
    paths = []
    for figure in figures:
        for kind in ("svg", "png"):
            path = folder / f"{file_name(figure.name)}.{kind}"
            documents.write_atomically(path, files.picture(figure, kind))
            paths.append(path)
    return paths


def commits_of(found: Histories) -> Commits:
    """Return the commits at each change, as far as git knows them: in the problem's folder, or in this one."""
    commits = {}
    for one in found.cases:
        for change in [change for _of, track in one.tracks for change in track.changes]:
            key = (one.series.problem, change.last_before.commit, change.first_after.commit)
            if key not in commits:
                commits[key] = commits_between(*key[1:], folder=_folder(one.series.problem))
    return commits


def _folder(name: str) -> Path:
    try:
        return problem.find(name).folder
    except ImplbenchError:
        return Path()
