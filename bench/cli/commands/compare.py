"""Compare two versions, and say whether HEAD is slower than BASE."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import Exit
from ...machine import exclusive, variables
from ...measure import backends
from ...measure.progress import Progress
from ...measure.scratch import executable, scratch
from ...report import terminal
from ...report.json_comparison import of_comparison, of_plan
from ...report.markdown import titled_page
from ...report.parts import Section
from ...report.sections import comparison as section
from ...stats.intervals import resolves
from ...store.documents import write_atomically
from ...store.records import Settings
from ...versions import benchmarks, comparison, memory, native, reads, sameness
from ...versions.benchmarks import Benchmark, Skipped
from ...versions.builds import others_that_differ
from ...versions.comparer import Comparer, Measured, usual_budget_s
from ...versions.comparison import Comparison
from ...versions.environments.asked import AS_HERE, EnvironmentOptions
from ...versions.native import Doubt
from ...versions.sides import Asked, Side, sides
from ..exit_codes import exit_code_of_comparison
from ..measuring_options import GateSelection, Timing
from ..options import Options

#: The paths of the files that the workers of BASE and HEAD have read.
_Read = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareOptions(Options):
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
    memory_margin: float = memory.USUAL_MARGIN
    gate_memory: bool = False
    build: tuple[str, ...] | None = ()
    environments: EnvironmentOptions = AS_HERE


def command(options: CompareOptions) -> int:
    """Do `implbench compare`; see `parser`."""
    settings = options.timing.settings
    with ExitStack() as stack:
        if not options.dry_run:
            stack.enter_context(exclusive.alone(settings.command, wait=options.timing.wait, say=terminal.note))
        started = time.monotonic()
        place = stack.enter_context(scratch())
        pair = sides(_asked(options), executable(place), terminal.note)
        changed = sameness.differing(pair[0].own, pair[1].own)
        chosen, skipped, read = _chosen(pair, options, settings)
        if options.dry_run:
            return _show_plan(chosen, skipped, settings, as_json=options.json)
        measured: Sequence[Measured] = ()
        overtime_s = 0.0
        if chosen:
            with terminal.progress(_title(chosen, pair)) as listener:
                comparer = Comparer(settings, listener, gates_memory=options.gate_memory)
                for side in pair:
                    reads.forget(side.own.tree)
                measured = comparer.compare(chosen)
                overtime_s = comparer.overtime_s
            now = [reads.since_forgotten(side.own.tree) for side in pair]
            read = read[0] | now[0], read[1] | now[1]
        found = _found(pair, (measured, skipped), options, seconds=time.monotonic() - started)
        found = replace(found, overtime_s=overtime_s)
        found = comparison.doubted(found, _doubt(pair, changed, read))
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


def _chosen(
    pair: tuple[Side, Side], options: CompareOptions, settings: Settings
) -> tuple[Sequence[Benchmark], Sequence[Skipped], _Read]:
    """Return what is to be measured, what is not, and the files that were read to find that out."""
    found, skipped = benchmarks.chosen(*pair, options.selection)
    if options.all or not found:
        return found, skipped, (frozenset(), frozenset())
    with terminal.progress(f"which of {len(found)} benchmarks have changed") as listener:
        tell = _telling(listener)
        parted = sameness.parted(found, settings, tell, backend=backends.usual())
    return parted.changed, (*skipped, *parted.same), parted.read


def _doubt(pair: tuple[Side, Side], changed: frozenset[str], read: _Read) -> Doubt | None:
    """Return why both versions may have run the same compiled code, None if they have not.

    Where the file system does not tell what was read, what a build has made in the two folders counts as loaded.
    """
    told = reads.are_recorded(pair[1].own.tree)
    loaded = read[0] | read[1] if told else native.products(changed)
    if all(side.is_built for side in pair):  # what a build has made of the changed sources may be the same code
        changed |= native.products(loaded)
    problems = {one.place.relative_to(side.own.tree).as_posix() for side in pair for one in side.problems.values()}
    doubt = native.of_unbuilt(native.unbuilt(native.sources(changed, problems), changed, loaded))
    both = frozenset(name for name in changed if all((side.own.tree / name).is_file() for side in pair))
    return doubt or native.of_built_once(native.built_once(both, read))


def _telling(listener: Callable[[Progress], None]) -> Callable[[str], None]:
    """Return what tells a listener only what is being done."""

    def tell(doing: str) -> None:
        listener(Progress(doing=doing))

    return tell


def _show_plan(chosen: Sequence[Benchmark], skipped: Sequence[Skipped], settings: Settings, *, as_json: bool) -> int:
    """Print what would be measured, and how long that would take."""
    budget_s = settings.budget_s or usual_budget_s(len(chosen))
    if as_json:
        print(json.dumps(of_plan(chosen, skipped, budget_s), indent=2, allow_nan=False))
    else:
        terminal.show(section.planned([one.case.id for one in chosen], skipped, budget_s))
    return Exit.FINE if chosen else Exit.NOTHING_MEASURED


def _title(chosen: Sequence[Benchmark], pair: tuple[Side, Side]) -> str:
    return f"{len(chosen)} benchmarks, {pair[0].label} against {pair[1].label}"


def _found(
    pair: tuple[Side, Side],
    results: tuple[Sequence[Measured], Sequence[Skipped]],
    options: CompareOptions,
    *,
    seconds: float,
) -> Comparison:
    measured, skipped = results
    margin = options.timing.margin
    limits = memory.limits(measured, options.memory_margin, is_gated=options.gate_memory)
    noise = comparison.noise_of(measured)
    resolved = resolves(noise)
    missing = (f"{side.label}: {warning}" for side in pair for warning in side.warnings)
    return Comparison(
        base=pair[0].label,
        head=pair[1].label,
        margin=margin,
        compared=tuple(comparison.compared(one, margin, resolved, memory_limits=limits) for one in measured),
        skipped=tuple(skipped),
        noise=noise,
        resolved=resolved,
        warnings=(
            *missing,
            *others_that_differ(pair[0].places, pair[1].places),
            *variables.warnings(os.environ),
            *comparison.warnings(measured),
        ),
        seconds=seconds,
        among_tests=tuple(dict.fromkeys(where for side in pair for where in side.left_out)),
        memory_limits=limits,
    )


def _print(found: Comparison, options: CompareOptions) -> None:
    """Write the comparison where a pull request shows it, and print it.

    That nobody reads on, as with ``| head``, changes nothing of the exit code.
    """
    sections = section.sections(found)
    _write(sections, options.markdown)
    try:
        if options.json:
            print(json.dumps(of_comparison(found), indent=2, allow_nan=False))
        else:
            terminal.show(sections)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end


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
