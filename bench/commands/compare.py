"""Compare two versions, and say whether HEAD is slower than BASE."""

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from .. import benchmarks, checkout, comparison, environment, report, terminal
from ..benchmarks import Benchmark, Skipped
from ..comparing import Comparer, Measured
from ..comparison import Comparison
from ..request import selection_of, settings_of
from ..sections import comparison as section
from ..staging import scratch
from ..stats import resolves
from ..store import write_atomically
from ..summary import of_comparison


def command(options: argparse.Namespace) -> int:
    """Do `implbench compare`; see `arguments`."""
    started = time.monotonic()
    settings = settings_of(options)
    with scratch() as place:
        base, head = checkout.sides(options.base, options.head, place, options.problem)
        chosen, skipped = benchmarks.chosen(base, head, selection_of(options), everything=options.all)
        measured: Sequence[Measured] = ()
        if chosen:
            with terminal.progress(_title(chosen, base.label, head.label)) as listener:
                measured = Comparer(settings, listener).compare(chosen)
        found = _found(base.label, head.label, settings.margin, (measured, skipped), started)
    _print(found, options)
    return comparison.exit_code(found)


def _title(chosen: Sequence[Benchmark], base: str, head: str) -> str:
    return f"{len(chosen)} benchmarks, {base} against {head}"


def _found(
    base: str, head: str, margin: float, results: tuple[Sequence[Measured], Sequence[Skipped]], started: float
) -> Comparison:
    measured, skipped = results
    noise = comparison.noise_of(measured)
    resolved = resolves(noise) if noise else None
    return Comparison(
        base=base,
        head=head,
        margin=margin,
        compared=tuple(comparison.compared(one, margin, resolved) for one in measured),
        skipped=tuple(skipped),
        noise=noise,
        resolved=resolved,
        warnings=tuple(environment.warnings(os.environ)),
        seconds=time.monotonic() - started,
    )


def _print(found: Comparison, options: argparse.Namespace) -> None:
    """Print the comparison, and write it where a pull request shows it."""
    sections = section.sections(found)
    page = report.titled_page("implbench compare", sections, files=False)
    if options.markdown:
        write_atomically(Path(options.markdown), page.encode())
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:  # other steps write to it too
            file.write(page)
    if options.json:
        print(json.dumps(of_comparison(found), indent=2, allow_nan=False))
    else:
        terminal.show(sections)
