"""Measure, store, print the answer and the table."""

import json
import sys
from pathlib import Path

from ...analyse.analysis import Analysis
from ...errors import Exit
from ...report import json_run, sections, terminal
from ...store.journal import kept, kept_in
from ...store.records import Run
from .. import blocks, dask_cluster, failures, resuming
from ..earlier import earlier
from ..exit_codes import exit_code
from ..measuring import measured_of
from ..measuring_options import RunOptions
from . import watch
from .report import reported


def command(options: RunOptions) -> int:
    """Do `implbench run`; see `parser`."""
    if options.watch:
        return watch.command(options, show)
    if options.resume is not None:
        run, path = resuming.measured(options)
    elif options.dask is not None:
        parts = dask_cluster.measured(blocks.parted(options, sys.argv[1:]), options.dask, terminal.note)
        run, path = kept(blocks.joined(parts), options.results)
    else:
        run, path = measured_of(options)
    with kept_in(path):
        return show(run, path, options)


def show(run: Run, path: Path | None, options: RunOptions) -> int:
    """Print a run, in one line of JSON where others follow, and write its report; return the exit code."""
    analysis = Analysis(run, earlier=earlier(options.results, run))
    written = reported(analysis, options) if path is not None and (options.report or options.page) else ()
    if options.json:
        found = json_run.of(analysis, path)
        said = {"event": "run", **found} if options.watch else found
        print(json.dumps(said, indent=None if options.watch else 2, allow_nan=False))
    else:
        terminal.show(sections.brief(analysis))
        if options.traceback:
            failures.tell(run.rounds)
        for file in (path, *written[:1], *(written[-1:] if options.page else ())):
            if file is not None:
                terminal.say(f"written: {file}")
    if run.interrupted:
        print("implbench: interrupted; what was measured is kept", file=sys.stderr)
    code = exit_code(analysis)
    if code == Exit.WRONG:
        terminal.note(f"exit code {code:d}: not all implementations are right")
    elif code == Exit.UNDECIDED:
        terminal.note(f"exit code {code:d}: too noisy to decide all of it")
    return code
