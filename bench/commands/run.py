"""Measure, store, print the answer and the table."""

import argparse
import json
import sys
from pathlib import Path

from .. import problem, report, sections, summary, terminal
from ..request import selection_of, settings_of
from ..runner import Runner
from ..selection import select
from ..verdict import findings


def command(options: argparse.Namespace) -> int:
    """Do `implbench run`; see `cli`."""
    found = problem.find(options.problem)
    arms, left = select(found, selection_of(options))
    with terminal.progress(f"{found.name}: {found.title}") as listener:
        run, path = Runner(found, settings_of(options), listener).run(arms, left, Path(options.results))
    if run.interrupted and path is None:
        raise KeyboardInterrupt
    groups = findings(run)
    written = report.write(run, groups, Path(options.output)) if path is not None and options.report else ()
    if options.json:
        print(json.dumps(summary.of(run, groups, path), indent=2, allow_nan=False))
    else:
        terminal.show(sections.brief(run, groups))
        for file in (path, *written[:1]):
            if file is not None:
                terminal.say(f"written: {file}")
    if run.interrupted:
        print("implbench: interrupted; the rounds that were finished are kept", file=sys.stderr)
    return summary.exit_code(run, groups)
