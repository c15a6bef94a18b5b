"""Compare two versions, and say whether HEAD is slower than BASE."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from msgspec import field
from msgspec.structs import replace

from ...errors import Exit
from ...machine import exclusive
from ...measure.scratch import executable, scratch
from ...report import terminal
from ...report.json_comparison import of_comparison, of_plan
from ...report.markdown import titled_page
from ...report.parts import Section
from ...report.sections import comparison as section
from ...store.documents import write_atomically
from ...store.records import Settings
from ...versions.benchmarks import without_benchmark
from ...versions.comparer import usual_budget_s
from ...versions.comparison import Comparison
from ...versions.environments.asked import AS_HERE, EnvironmentOptions
from ...versions.margins import Margins
from ...versions.memory import USUAL_MARGIN, MemoryLimits
from ...versions.sides import Asked
from .. import comparing
from ..answering import answer
from ..comparing import Prepared
from ..exit_codes import exit_code_of_comparison
from ..measuring_options import GateSelection, Timing, to_paste
from ..options import Options


class CompareOptions(Options, frozen=True, kw_only=True):
    """What `implbench compare` can be told."""

    base: str
    head: str | None = None
    problems: tuple[str, ...] = ()
    problems_from: str | None = None
    paths: tuple[str, ...] = ()
    selection: GateSelection
    timing: Timing
    dry_run: bool = False
    all: bool = False
    markdown: str | None = None
    memory_margin: float = USUAL_MARGIN
    own_margins: Mapping[str, float] = field(default_factory=dict)
    """Of single benchmarks, by their names, as a project asks for them."""
    own_memory_margins: Mapping[str, float] = field(default_factory=dict)
    gate_memory: bool = False
    explain: bool = False
    """Whether it is told what HEAD does otherwise."""
    build: tuple[str, ...] | None = ()
    environments: EnvironmentOptions = AS_HERE

    @property
    def margins(self) -> Margins:
        """The smallest slowdowns that matter."""
        return Margins(usual=self.timing.margin, own=self.own_margins)

    @property
    def memory_limits(self) -> MemoryLimits:
        """What peaks of memory are held to."""
        margins = Margins(usual=self.memory_margin, own=self.own_memory_margins)
        return MemoryLimits(margins=margins, is_gated=self.gate_memory)


def command(options: CompareOptions) -> int:
    """Do `implbench compare`; see `parser`."""
    settings = replace(options.timing.settings, explains=options.explain)
    with ExitStack() as stack:
        if not options.dry_run:
            wait, planned_s = options.timing.wait, settings.budget_s
            alone = exclusive.alone(settings.command, wait=wait, say=terminal.note, planned_s=planned_s)
            stack.enter_context(alone)
        place = executable(stack.enter_context(scratch()))
        ready = comparing.prepared(_asked(options), options.selection, settings, place=place, everything=options.all)
        if options.dry_run:
            return _show_plan(ready, settings, as_json=options.json)
        limits = options.memory_limits
        found = comparing.measured(ready, settings, margins=options.margins, memory_limits=limits)
        of_nothing = without_benchmark(dict.fromkeys((*options.own_margins, *options.own_memory_margins)), *ready.pair)
        found = replace(found, warnings=(*found.warnings, *of_nothing))
    _print(found, options)
    return exit_code_of_comparison(found)


def _asked(options: CompareOptions) -> Asked:
    return Asked(
        base=options.base,
        head=options.head,
        problems=options.problems,
        paths=options.paths,
        problems_from=options.problems_from,
        build=options.build,
        environments=options.environments,
    )


def _show_plan(ready: Prepared, settings: Settings, *, as_json: bool) -> int:
    """Print what would be measured, and how long that would take."""
    budget_s = settings.budget_s or usual_budget_s(len(ready.chosen))
    if as_json:
        print(json.dumps(of_plan(ready.chosen, ready.skipped, budget_s), indent=2, allow_nan=False))
    else:
        terminal.show(section.planned([one.case.id for one in ready.chosen], ready.skipped, budget_s))
    return Exit.FINE if ready.chosen else Exit.NOTHING_MEASURED


def _print(found: Comparison, options: CompareOptions) -> None:
    """Write the comparison where a pull request shows it, and print it."""
    _write(section.sections(found), options.markdown)
    answer(section.sections(replace(found, command=to_paste())), of_comparison(found), as_json=options.json)


def _write(sections: tuple[Section, ...], markdown: str | None) -> None:
    """Write the page that a pull request shows; that it cannot be written as the step's summary is no failure."""
    page = titled_page("implbench compare", sections, files=False)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as file:  # other steps write to it too
                file.write(page)
        except OSError as error:
            print(f"implbench: GITHUB_STEP_SUMMARY={summary}: not written: {error.strerror}", file=sys.stderr)
    if markdown:
        write_atomically(Path(markdown), page.encode(errors="replace"))
