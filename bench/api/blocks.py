"""A run in parts, for executors: ``merge(executor.map(run_block, blocks("rows.py")))``, all three of `implbench`."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..analyse.analysis import Analysis
from ..cli.blocks import Block, Measured, joined, parted, run_block
from ..cli.measuring_options import RunOptions
from ..cli.options import made
from ..cli.parser import parser
from ..store.journal import kept
from .result import Comparison


def blocks(*words: str) -> tuple[Block, ...]:
    """Return a run in as many parts as it has combinations of size, dtype, threads and allocator.

    Parameters
    ----------
    words
        What stands behind ``implbench run`` on the command line, as ``"rows.py", "--dtype", "float64,float32"``.

    Raises
    ------
    ImplbenchError
        If there is no such problem or case.
    SystemExit
        If the words cannot be read, as the command does.
    """
    typed = ("run", *words)
    return parted(made(RunOptions, vars(parser().parse_args(typed))), typed)


def merge(found: Iterable[Measured], *, results: str | Path | None = None) -> Comparison:
    """Return what the parts of a run say together.

    Parameters
    ----------
    found
        What `run_block` has returned of each of `blocks`, in any order.
    results
        A folder for the document of the run; None where nothing is to be kept.

    Raises
    ------
    ImplbenchError
        If a part is missing, or they were not measured alike: at another state of the files, or with other software.
    """
    run = joined(found)
    with tempfile.TemporaryDirectory(prefix="implbench-merge-") as unnamed:
        run, path = kept(run, Path(results or unnamed))
    return Comparison(Analysis(run), path if results is not None else None)


__all__ = ["Block", "Measured", "blocks", "merge", "run_block"]
