"""Write the report of a stored run."""

import argparse
import json
from pathlib import Path

from .. import report as reports
from .. import store, terminal
from ..errors import Exit, ImplbenchError
from ..verdict import findings


def command(options: argparse.Namespace) -> int:
    """Do `implbench report`; see `cli`."""
    path = store.find(Path(options.results), options.run)
    run = store.read(path)
    if not run.rounds:
        raise ImplbenchError(f"{path}: holds no finished round, there is nothing to report")
    written = reports.write(run, findings(run, options.margin), Path(options.output))
    if options.json:
        print(json.dumps({"run": run.id, "files": [str(file) for file in written]}, indent=2))
    else:
        for file in written:
            terminal.say(f"written: {file}")
    return Exit.FINE
