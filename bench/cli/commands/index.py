"""Write all runs of a results folder as a static site."""

import json
from pathlib import Path

from ...errors import Exit
from ...html import publishing
from ...report import terminal
from ...report.phrases import counted
from ...store import documents
from ..options import StoredOptions
from .history import commits_of


class IndexOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench index` can be told."""

    output: Path = Path("reports/site")


def command(options: IndexOptions) -> int:
    """Do `implbench index`; see `parser`."""
    notes = terminal.Notes()
    results = documents.holding(options.results)
    done = publishing.publish(results, options.output, tell=notes, commits=commits_of)
    if options.json:
        data = {
            "index": str(done.index),
            "runs": done.runs,
            "made": done.made,
            "histories": done.histories,
            "left_out": list(done.left_out),
        }
        print(json.dumps(data, indent=2))
    else:
        kept = f"{counted(done.runs, 'run')} ({done.made} made, {done.runs - done.made} kept)"
        terminal.say(f"written: {done.index}, {kept}, {done.histories} histor{'y' if done.histories == 1 else 'ies'}")
    return Exit.FINE
