"""Measure, count what each implementation does, and say in plain words why it is as fast as it is."""

import json
import shlex
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from msgspec.structs import replace

from ...analyse.analysis import Analysis
from ...errors import ImplbenchError
from ...measure.memory_pages import MemoryPage, MemoryPages
from ...measure.selection import Selection, select
from ...problems import problem
from ...problems.problem import Problem
from ...report import json_explanation, memory_pages, terminal
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


class ExplainOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench explain` can be told."""

    problem: str
    selection: Selection
    timing: Timing
    roofline: bool = False
    run: str | None = None
    """A stored run to explain: nothing is measured."""
    markdown: str | None = None
    memray: str | None = None
    """Folder for pages on which memray draws what a call allocates."""

    def __post_init__(self) -> None:
        """Raise ImplbenchError for what cannot be had together."""
        if self.run and self.memray:
            raise ImplbenchError(
                "--run and --memray: give one of the two; a stored run has nothing that memray could see"
            )

    @property
    def settings(self) -> Settings:
        """Return the settings: what each implementation does is counted, too."""
        return replace(self.timing.settings, roofline=self.roofline, explains=True, looks=self.timing.looks)


def command(options: ExplainOptions) -> int:
    """Do `implbench explain`; see `parser`."""
    run, path, pages = (*_stored(options), ()) if options.run else _measured(options)
    analysis = Analysis(run, earlier=earlier(options.results, run))
    if options.run and not analysis.ladders:
        raise ImplbenchError(f"{path}: holds no counts; implbench explain {run.problem.name} makes a run that does")
    whole, drawn = section.section(analysis), (memory_pages.section(pages),) if pages else ()
    if options.markdown and whole is not None:
        page = titled_page(f"Why: {run.problem.name}", (whole, *drawn), files=False)
        write_atomically(Path(options.markdown), page.encode())
    if options.json:
        print(
            json.dumps(
                {
                    "run": run.id,
                    "document": None if path is None else str(path),
                    "groups": [json_explanation.of(one) for one in analysis.ladders],
                    "memory_pages": [memory_pages.of(one) for one in pages],
                },
                indent=2,
                allow_nan=False,
            )
        )
    else:
        terminal.show((*section.brief(analysis), *drawn))
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


def _measured(options: ExplainOptions) -> tuple[Run, Path | None, Sequence[MemoryPage]]:
    found, wanted = _asked(options)
    pages = None
    if options.memray:
        arms, _ = select(found, wanted)
        pages = MemoryPages(Path(options.memray), memory_pages.names(arm.case for arm in arms))
    run, path = measured(
        found, wanted, options.settings, results=options.results, wait=options.timing.wait, pages=pages
    )
    return run, path, pages.told if pages else ()


def _asked(options: ExplainOptions) -> tuple[Problem, Selection]:
    """Return the problem; who means two versions is told the command for that."""
    place, named = options.problem.rpartition(":")[0], options.selection.implementations
    further = [word for word in named if place and word.startswith(f"{place}:")]  # as `implbench run` takes them
    wanted = replace(options.selection, implementations=tuple(word for word in named if word not in further))
    try:
        return asked([options.problem, *further], wanted)
    except ImplbenchError as error:
        versions = tuple(takewhile(revisions.is_one, (options.problem, *options.selection.implementations)))[:2]
        if not versions:
            raise
        command = shlex.join(["implbench", "compare", *versions, "--explain"])
        raise ImplbenchError(f"{error}; what two versions do otherwise is told by: {command}") from error
