"""Measure, count what each implementation does, and say in plain words why it is as fast as it is."""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from ...analyse.analysis import Analysis
from ...errors import ImplbenchError
from ...measure.selection import Selection
from ...problems import problem
from ...report import json_explanation, terminal
from ...report.markdown import titled_page
from ...report.sections import explanation as section
from ...store import documents
from ...store.documents import write_atomically
from ...store.records import Run, Settings
from ...versions import revisions
from ..asked import asked
from ..earlier import earlier
from ..exit_codes import exit_code
from ..measuring import measured
from ..measuring_options import Timing
from ..options import StoredOptions


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainOptions(StoredOptions):
    """What `implbench explain` can be told."""

    problem: str
    selection: Selection
    timing: Timing
    roofline: bool = False
    run: str | None = None
    """A stored run to explain: nothing is measured."""
    markdown: str | None = None

    @property
    def settings(self) -> Settings:
        """Return the settings: what each implementation does is counted, too."""
        return replace(self.timing.settings, roofline=self.roofline, explains=True, looks=self.timing.looks)


def command(options: ExplainOptions) -> int:
    """Do `implbench explain`; see `parser`."""
    run, path = _stored(options) if options.run else _measured(options)
    analysis = Analysis(run, earlier=earlier(options.results, run))
    if options.run and not analysis.ladders:
        raise ImplbenchError(f"{path}: holds no counts; implbench explain {run.problem.name} makes a run that does")
    whole = section.section(analysis)
    if options.markdown and whole is not None:
        page = titled_page(f"Why: {run.problem.name}", (whole,), files=False)
        write_atomically(Path(options.markdown), page.encode())
    if options.json:
        print(
            json.dumps(
                {
                    "run": run.id,
                    "document": None if path is None else str(path),
                    "groups": [json_explanation.of(one) for one in analysis.ladders],
                },
                indent=2,
                allow_nan=False,
            )
        )
    else:
        terminal.show(section.brief(analysis))
        for file in (None if options.run else path, options.markdown):
            if file:
                terminal.say(f"written: {file}")
    if run.interrupted:
        print("implbench: interrupted; what was measured is kept", file=sys.stderr)
    return exit_code(analysis)


def _stored(options: ExplainOptions) -> tuple[Run, Path | None]:
    """Return the run that was named, if it is of that problem."""
    path = documents.find(options.results, options.run)
    run = documents.read(path)
    if run.problem.name != problem.find(options.problem).name:
        raise ImplbenchError(f"{path}: is a run of {run.problem.name}, not of {options.problem}")
    return run, path


def _measured(options: ExplainOptions) -> tuple[Run, Path | None]:
    try:
        found, wanted = asked([options.problem], options.selection)
    except ImplbenchError as error:
        versions = _versions((options.problem, *options.selection.implementations))
        if not versions:
            raise
        command = shlex.join(["implbench", "compare", *versions, "--explain"])
        raise ImplbenchError(f"{error}; what two versions do otherwise is told by: {command}") from error
    return measured(found, wanted, options.settings, results=options.results, wait=options.timing.wait)


def _versions(words: Sequence[str]) -> tuple[str, ...]:
    """Return those of the first two words that are revisions here, up to one that is none."""
    return tuple(takewhile(revisions.is_one, words[:2]))
