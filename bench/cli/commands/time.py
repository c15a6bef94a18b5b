"""Compare statements that stand on the command line."""

import tempfile
from pathlib import Path

from ...measure.selection import Selection
from ...problems import problem
from ...problems.statements import module_text
from ..measuring import measured
from ..measuring_options import RunOptions, Timing
from ..options import Options
from . import run


class TimeOptions(Options, frozen=True, kw_only=True):
    """Of `time`."""

    statements: tuple[str, ...]
    timing: Timing
    setup: tuple[str, ...] = ()
    threads: tuple[int, ...] = (1,)


def command(options: TimeOptions) -> int:
    """Do `implbench time`; see `parser`. Nothing is kept."""
    text = module_text(options.statements, "\n".join(options.setup))
    with tempfile.TemporaryDirectory(prefix="implbench-") as folder:
        file = Path(folder, "statements.py")
        file.write_text(text, encoding="utf-8")
        asked = RunOptions(
            problem=(str(file),),
            selection=Selection(threads=options.threads),
            timing=options.timing,
            results=Path(folder, "results"),
            json=options.json,
        )
        one = problem.find(str(file))
        found, _ = measured(one, asked.selection, asked.settings, results=asked.results, wait=options.timing.wait)
    return run.show(found, None, asked)
