"""Write the report of a stored run, or of several side by side."""

import json
import webbrowser
from pathlib import Path

from ... import html
from ...analyse.analysis import Analysis
from ...analyse.history import Question
from ...analyse.joint import join
from ...errors import Exit, ImplbenchError
from ...html import joint as joint_page
from ...html.outline import Past, of_run
from ...machine import environment
from ...machine.collector import collector_off
from ...report import files as reports
from ...report import terminal
from ...report.parts import plain
from ...report.phrases import counted
from ...report.sections import joint
from ...store import documents, index
from ...store.records import Run
from ..earlier import earlier
from ..options import ReportingOptions
from .history import commits_of


class ReportOptions(ReportingOptions, frozen=True, kw_only=True):
    """What `implbench report` can be told."""

    run: tuple[str, ...] = ()
    margin: float | None = None
    """Another than the run's own."""


def command(options: ReportOptions) -> int:
    """Do `implbench report`; see `parser`."""
    if options.page and len(options.run) < 2:
        _bring_up_to_date(options.results)
    with collector_off():  # millions of objects are made, and few of them are garbage
        runs = [_read(options.results, name) for name in options.run or [None]]
        written = _one(runs[0], options) if len(runs) == 1 else _several(runs, options)
    if options.json:
        told = {"run": runs[0].id} if len(runs) == 1 else {"runs": [run.id for run in runs]}
        print(json.dumps({**told, "files": [str(file) for file in written]}, indent=2))
    else:
        _tell(written, options)
    return Exit.FINE


def _tell(written: tuple[Path, ...], options: ReportOptions) -> None:
    """Say where the report is, what is to be opened first."""
    pages = (*(written[-1:] if options.page else ()), written[0])
    for page in pages:
        terminal.say(f"written: {page}")
    others = len(written) - len(pages)
    if others:
        terminal.say(f"beside it: {counted(others, 'file')}, its tables as CSV and its charts as SVG and PNG")


def _bring_up_to_date(results: Path) -> None:
    """Have the index read what is new before a run is held in memory, so that two large ones never are at a time."""
    if results.is_dir():
        index.consult(results, lambda _found: None, lambda _told: None)  # it is told when the index is asked


def _read(results: Path, name: str | None) -> Run:
    path = documents.find(results, name)
    run = documents.read(path)
    if not run.rounds:
        raise ImplbenchError(f"{path}: holds no finished round, there is nothing to report")
    machine = run.environment.get("fingerprint")
    if machine != environment.fingerprint() and not run.environment.get("imported"):
        terminal.note(f"{path}: was measured on another machine than this one ({plain(str(machine or 'unknown'))})")
    return run


def _one(run: Run, options: ReportOptions) -> tuple[Path, ...]:
    """Write the report of a run."""
    return reported(Analysis(run, options.margin, earlier=earlier(options.results, run)), options)


def _several(runs: list[Run], options: ReportOptions) -> tuple[Path, ...]:
    """Write the joint report of several runs, and show what a terminal holds of it: no other command does."""
    found = join([Analysis(run, options.margin) for run in runs])
    if not options.json:
        terminal.show(joint.brief(found))
    written = reports.write_together(found, options.output)
    return (*written, _shown(joint_page.write(found, options.output), options)) if options.page else written


def reported(analysis: Analysis, options: ReportingOptions) -> tuple[Path, ...]:
    """Write the report of a run, with its page for a browser if that is asked for; return the files."""
    written = reports.write(analysis, options.output)
    if not options.page:
        return written
    page = html.write(analysis, options.output, _past(analysis.run, options.results))
    return (*written, _shown(page, options))


def _shown(page: Path, options: ReportingOptions) -> Path:
    """Show a page in the browser, if that is asked for and there is one; return its path."""
    if options.open and not webbrowser.open(page.absolute().as_uri()):
        terminal.note(f"{page}: there is no browser here that could show it")
    return page


def _past(run: Run, results: Path) -> Past | None:
    """Return the earlier runs of a run's cases on its machine; None where there are none."""
    machine = run.environment.get("fingerprint")
    if not machine or not results.is_dir():
        return None
    try:
        question = Question(wanted=run.problem.name, machine=str(machine))
        found = index.consult(results, question.ask, terminal.Notes())
    except ImplbenchError:
        return None  # the run was read from elsewhere, and this folder holds none of its problem or machine
    kept = of_run(run, found)
    return Past(found=kept, commits=commits_of(kept)) if kept else None
