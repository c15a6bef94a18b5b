"""From two versions to what is said of them: copied, built, measured in the same rounds, judged."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..machine import variables
from ..measure import backends
from ..measure.progress import Progress
from ..measure.selection import Selection
from ..report import terminal
from ..report.phrases import counted
from ..stats.gate import ALONE, Rule
from ..stats.intervals import resolves
from ..store.records import Settings
from ..versions import benchmarks, comparison, memory, native, reads, sameness
from ..versions.benchmarks import Benchmark, Skipped
from ..versions.builds import others_that_differ
from ..versions.comparer import Comparer
from ..versions.comparison import Comparison
from ..versions.margins import Margins
from ..versions.measured import Measured
from ..versions.memory import USUAL, MemoryLimits
from ..versions.native import Doubt
from ..versions.sides import Asked, Side, sides

#: The paths of the files that the workers of BASE and HEAD have read.
_Read = tuple[frozenset[str], frozenset[str]]


class Prepared(Struct, frozen=True, kw_only=True):
    """Two versions, and what of them is to be measured."""

    pair: tuple[Side, Side]
    changed: frozenset[str]
    """Paths of the files that differ."""
    chosen: Sequence[Benchmark]
    skipped: Sequence[Skipped]
    read: _Read
    """What was read to find out which benchmarks have changed."""
    shared: frozenset[Path]
    """Files outside both that HEAD made meanwhile, and BASE may have found."""
    refused: Mapping[str, str]
    """Id of what is to be measured -> why HEAD's problem gave it no inputs, which it is not asked for again."""
    started_s: float


def prepared(asked: Asked, wanted: Selection, settings: Settings, *, place: Path, everything: bool = False) -> Prepared:
    """Return both versions, copied below `place`, an empty folder, and built; with `everything` what is the same too.

    Raises
    ------
    As `sides`, `benchmarks.chosen` and `sameness.parted`.
    """
    started_s = time.monotonic()
    pair = sides(asked, place, terminal.note)
    changed = sameness.differing(pair[0].own, pair[1].own)
    chosen, skipped = benchmarks.chosen(*pair, wanted)
    read: _Read = (frozenset(), frozenset())
    shared = frozenset[Path]()
    refused: Mapping[str, str] = {}
    if chosen and not everything:
        with terminal.progress(f"which have changed of {counted(len(chosen), 'benchmark')}") as listener:
            parted = sameness.parted(chosen, settings, _telling(listener), backend=backends.usual())
        chosen, skipped = parted.changed, (*skipped, *parted.same)
        read, shared, refused = parted.read, parted.shared, parted.refused
    return Prepared(
        pair=pair,
        changed=changed,
        chosen=chosen,
        skipped=skipped,
        read=read,
        shared=shared,
        refused=refused,
        started_s=started_s,
    )


def measured(
    ready: Prepared,
    settings: Settings,
    *,
    margins: Margins | None = None,
    rule: Rule = ALONE,
    memory_limits: MemoryLimits = USUAL,
) -> Comparison:
    """Measure what is to be, and return what is said of it.

    Parameters
    ----------
    ready, settings
        The two versions, and what the user asked for.
    margins
        Of the benchmarks; None: all have that of the settings.
    rule
        How levels are shared.
    memory_limits
        Margins of peaks of memory, and whether they are gated; the rest is found out.

    Raises
    ------
    ForeignCode
        If a side has loaded other code than its own.
    """
    results: tuple[Measured, ...] = ()
    overtime_s = 0.0
    margins = margins or Margins(usual=settings.margin)
    read, shared = ready.read, ready.shared
    refused = [Measured(benchmark=one, refused=why) for one in ready.chosen if (why := ready.refused.get(one.case.id))]
    chosen = [one for one in ready.chosen if one.case.id not in ready.refused]
    if chosen:
        title = f"{counted(len(chosen), 'benchmark')}, {ready.pair[0].label} against {ready.pair[1].label}"
        with terminal.progress(title) as listener:
            comparer = Comparer(settings, listener, rule=replace(rule, judges_all=memory_limits.is_gated))
            for side in ready.pair:
                reads.forget(side.own.tree)
            results = comparer.compare(chosen, margins)
            overtime_s, shared = comparer.overtime_s, shared | comparer.shared
        now = [reads.since_forgotten(side.own.tree) for side in ready.pair]
        read = read[0] | now[0], read[1] | now[1]
    limits = memory.limits(results, memory_limits.margins, is_gated=memory_limits.is_gated)
    found = replace(
        _found(ready, (*results, *refused), margins, limits=limits),
        overtime_s=overtime_s,
        is_explained=settings.explains,
        command=settings.command,
    )
    return comparison.doubted(found, native.of_shared(shared) or _doubt(ready, read))


def _doubt(ready: Prepared, read: _Read) -> Doubt | None:
    """Return why both versions may have run the same compiled code, None if they have not.

    Where the file system does not tell what was read, what a build has made in the two folders counts as loaded.
    """
    pair, changed = ready.pair, ready.changed
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


def _found(ready: Prepared, results: Sequence[Measured], margins: Margins, *, limits: MemoryLimits) -> Comparison:
    base, head = ready.pair
    noise = comparison.noise_of(results)
    resolved = resolves(noise)
    found = [
        comparison.compared(one, margins.of(one.benchmark.case), resolved, memory_limits=limits) for one in results
    ]
    missing = (f"{side.label}: {warning}" for side in ready.pair for warning in side.warnings)
    return Comparison(
        base=base.label,
        head=head.label,
        margin=margins.usual,
        compared=comparison.acquitted(found, results),
        skipped=tuple(ready.skipped),
        noise=noise,
        resolved=resolved,
        warnings=(
            *missing,
            *others_that_differ(base.places, head.places),
            *variables.warnings(os.environ),
            *comparison.warnings(results),
        ),
        seconds=time.monotonic() - ready.started_s,
        among_tests=tuple(dict.fromkeys(where for side in ready.pair for where in side.left_out)),
        memory_limits=limits,
    )
