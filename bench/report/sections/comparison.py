"""Two versions compared, as a pull request wants to read it: the answer, the table, what threatens it."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...analyse.verdict import Ratio
from ...store.worker_records import Outcome
from ...units import DASH, significant, time_text
from ...versions.benchmarks import Skipped
from ...versions.comparer import MOST_GROWTH
from ...versions.comparison import Compared, Comparison
from ...versions.revisions import WORKING_TREE
from ...versions.standing import Standing
from ..estimates import bound_cells, value_cell
from ..parts import Cell, Column, Section, Table, code, plain
from ..phrases import counted, gain_text, margin_text, ratio_text
from . import compared_changes, compared_margins, compared_memory, compared_names
from .compared_margins import at_margins

_COLUMNS = (
    Column(name="benchmark", header="benchmark", right=False),
    Column(name="min_seconds_per_call", header="time BASE -> HEAD", dispensable=3),
    Column(name="ratio_head_over_base", header="time HEAD/BASE"),
    Column(name="low", header="low", shown=False),
    Column(name="high", header="high", shown=False),
    Column(name="verdict", header="verdict", right=False),
    Column(name="rounds", header="rounds", dispensable=1),
    Column(name="faults_per_call", header="faults a call", dispensable=2),
    Column(name="reason", header="reason", right=False, shown=False),
)


def sections(found: Comparison) -> tuple[Section, ...]:
    """Return the sections of a comparison, in reading order."""
    common, found = compared_names.condition(found), compared_names.shortened(found)
    answer = Section(title="Answer", kind="answer", paragraphs=(sentence(found), *_details(found)))
    tables = (_table(found),) if found.compared else ()
    told = (*filter(None, [common, _roles(found)]), *_skipped(found))
    return (
        answer,
        Section(title="Benchmarks", tables=tables, paragraphs=told),
        *compared_changes.sections(found),
        Section(title="What threatens these numbers", paragraphs=tuple(_threats(found))),
    )


def sentence(found: Comparison) -> str:
    """Return the one sentence that answers whether HEAD is slower than BASE."""
    versions = f"{plain(found.head)} against {plain(found.base)}"
    failures = _failures(found)
    if failures and _slower(found) and _is_old(found):
        return f"{_speed(found)} ({versions}). {failures}."
    return f"{failures or _nothing(found) or _speed(found)} ({versions})."


def _roles(found: Comparison) -> str | None:
    """Return which version the table calls HEAD, where the other one is what git calls so, or near it."""
    if not (found.compared and found.base.startswith("HEAD")):
        return None
    head = "the working tree" if found.head == WORKING_TREE else plain(found.head)
    return f"In the table, HEAD stands for {head} and BASE for {plain(found.base)}."


def _is_old(found: Comparison) -> bool:
    """Return whether all that fails does so in both versions: then what became slower is the news."""
    new = not all(one.in_both for one in found.of(Standing.WRONG))
    return not (new or found.of(Standing.DIFFERENT) or found.failed)


def _failures(found: Comparison) -> str | None:
    """Return what is said where HEAD is wrong, failed, or has lost what BASE has; None where it has not."""
    wrong = found.of(Standing.WRONG)
    different = found.of(Standing.DIFFERENT)
    named = [f"{code(one.name)}: {plain(one.reason or one.outcome)}" for one in (*wrong, *different)]
    named += [f"{code(one.name)}: {plain(one.reason)}" for one in found.failed]
    if not named:
        return None
    failed = len(named) - len(different)
    said = [f"{counted(failed, 'benchmark')} of HEAD failed"] if failed else []
    said += [f"the results of {counted(len(different), 'benchmark')} changed"] if different else []
    return f"Not a question of speed: {', and '.join(said)}. {'; '.join(named)}"


def _nothing(found: Comparison) -> str | None:
    """Return what is said where there is no time on both sides of anything; None where there is."""
    if found.unbuilt and found.nothing_comparable:
        return f"Not decided: {plain(found.unbuilt)}"
    if not found.compared and not found.lost:
        return f"Nothing was measured: {_why_nothing(found)}"
    if found.nothing_comparable and not found.lost:
        named = (f"{code(compared.name)}: {plain(compared.reason or '')}" for compared in found.compared)
        return f"Nothing could be compared: {'; '.join(named)}"
    return None


def _speed(found: Comparison) -> str:
    """Return what is said of the times, and of memory where that is gated."""
    regressions = [said for said in (_slower(found), compared_memory.larger(found)) if said]
    if regressions:
        said = "; ".join(regressions)
        return f"{said[0].upper()}{said[1:]}"
    undecided = _why_undecided(found)
    if undecided:
        return f"Not decided: {undecided}"
    margins = [one.margin for one in found.compared if one.standing != Standing.NOT_COMPARABLE]
    return f"No slowdown {compared_margins.below(margins, 'of')}{compared_memory.passed(found)}"


def _why_undecided(found: Comparison) -> str | None:
    """Return what leaves the comparison undecided, None where nothing does."""
    if found.unbuilt:
        return plain(found.unbuilt)
    if found.lost:
        return "; ".join(f"{code(name)}: {plain(reason)}" for name, reason in found.lost)
    if found.too_noisy:
        return f"this machine is too noisy for a margin of {margin_text(found.least_margin)}"
    open_ = [(one.margin, f"{code(one.name)}{_ratio_in_brackets(one)}") for one in found.of(Standing.UNDECIDED)]
    return at_margins(open_) or compared_memory.doubt(found)


def _slower(found: Comparison) -> str | None:
    """Return what is slower, None where nothing is."""
    named = at_margins((one.margin, f"{code(one.name)} by {_slowdown(one)}") for one in found.of(Standing.SLOWER))
    return f"slower: {named}" if named else None


def _ratio_in_brackets(one: Compared) -> str:
    """Return the ratio with its interval, after a space; nothing where there is none."""
    return f" (time HEAD/BASE {ratio_text(Ratio.of(one.log_ratio))})" if one.log_ratio else ""


def _why_nothing(found: Comparison) -> str:
    reasons = dict.fromkeys(plain(skipped.reason) for skipped in found.skipped)
    if reasons:
        return "; ".join(reasons)
    rule = "a problem is a folder with a problem.py, or a file with a function inputs and functions to compare; those"
    rule = f"{rule} below tests/ count only in a folder named benchmarks, bench or perf, or if --problem names them"
    here = f", as {', '.join(map(code, found.among_tests))}" if found.among_tests else ""
    return f"there is no problem in either version ({rule}{here})"


def planned(names: Sequence[str], skipped: Sequence[Skipped], budget_s: float) -> tuple[Section, ...]:
    """Return the sections on what a comparison would measure, and on the time that it would take.

    Parameters
    ----------
    names
        Ids of the cases to be measured.
    skipped
        What would not be measured.
    budget_s
        Time for the gate in seconds.
    """
    what = f"{counted(len(names), 'benchmark')}: {', '.join(map(code, names))}" if names else "nothing"
    time = f", in {budget_s:.0f} s (up to {MOST_GROWTH * budget_s:.0f} s where that decides nothing)" if names else ""
    return (Section(title="What would be measured", paragraphs=(f"Would measure {what}{time}.", *_reasons(skipped))),)


def _slowdown(compared: Compared) -> str:
    return gain_text(Ratio.of(compared.log_ratio)) if compared.log_ratio else DASH


def _details(found: Comparison) -> Iterator[str]:
    """Yield what stands beside the answer: what became faster, counts, what has no comparison."""
    faster = found.of(Standing.FASTER)
    if faster:
        named = (f"{code(one.name)} ({ratio_text(Ratio.of(one.log_ratio))})" for one in faster if one.log_ratio)
        yield f"Faster, as time HEAD/BASE: {', '.join(named)}."
    for one in found.compared:
        if one.counts:
            yield f"Counted: {code(one.name)} has changed its {', and its '.join(map(plain, one.counts))}."
    yield from compared_memory.details(found)
    yield from compared_changes.hint(found)
    if found.of(Standing.DIFFERENT):
        yield (
            "Next: if results were meant to change, say in the problem which are right, by a `reference`, or how far "
            "they may differ, by a `tolerance` or `same` (docs/problems.md); it holds for both versions."
        )
    for one in found.of(Standing.NOT_COMPARABLE):
        yield f"Not comparable: {code(one.name)}, {plain(one.reason or '')}."


def _table(found: Comparison) -> Table:
    columns = tuple(_shown_or_not(column, found) for column in _COLUMNS)
    rows = tuple(map(_row, found.compared))
    if compared_margins.are_several(found):
        columns = (*columns, compared_margins.COLUMN)
        margins = (Cell(value=one.margin, text=margin_text(one.margin)) for one in found.compared)
        rows = tuple((*row, margin) for row, margin in zip(rows, margins, strict=True))
    if compared_memory.is_known(found):
        columns = (*columns, *compared_memory.columns(found))
        rows = tuple((*row, *compared_memory.cells(one)) for row, one in zip(rows, found.compared, strict=True))
    return Table(name="comparison", title="Time of HEAD over time of BASE", columns=columns, rows=rows)


def _shown_or_not(column: Column, found: Comparison) -> Column:
    """Return a column, which people do not see where it is of page faults and there is none anywhere."""
    faulting = any(any(one.faults_per_call or ()) for one in found.compared)
    return column if faulting or column.name != "faults_per_call" else replace(column, shown=False)


def _row(compared: Compared) -> tuple[Cell, ...]:
    ratio = Ratio.of(compared.log_ratio) if compared.log_ratio and compared.outcome == Outcome.OK else None
    faults = (
        None
        if compared.faults_per_call is None
        else " -> ".join(significant(value) for value in compared.faults_per_call)
    )
    times = compared.min_seconds_per_call
    return (
        Cell.of(compared.name),
        Cell.of(" -> ".join(map(time_text, times)) if times else None),
        value_cell(ratio, ratio_text(ratio)),
        *bound_cells(ratio),
        Cell.of(compared.standing.value),
        Cell.of(compared.rounds),
        Cell.of(faults),
        Cell.of(compared.reason),
    )


def _skipped(found: Comparison) -> Iterator[str]:
    yield from _reasons([skipped for skipped in found.skipped if skipped not in found.failed])


def _reasons(skipped: Sequence[Skipped]) -> Iterator[str]:
    """Yield what is not measured, by reason."""
    for reason in dict.fromkeys(one.reason for one in skipped):
        names = [code(one.name) for one in skipped if one.reason == reason]
        yield f"Not measured, {plain(reason)}: {', '.join(names)}."


def _threats(found: Comparison) -> Iterator[str]:
    for warning in found.warnings:
        yield f"Warning: {plain(warning)}"
    if found.overtime_s >= 1:
        yield f"The gate took {found.overtime_s:.0f} s longer than its budget: a benchmark was not decided by then."
    yield from compared_memory.unknown(found)
    if found.noise is not None:
        ratio = ratio_text(Ratio.of(found.noise))
        yield _noise(found, ratio)
    for one in found.of(Standing.UNDECIDED):
        if one.reason:
            yield f"{code(one.name)} is undecided {plain(one.reason)}; a larger --budget gives it more."


def _noise(found: Comparison, ratio: str) -> str:
    if found.resolved is None or found.noise is None:
        reason = found.noise.reason if found.noise else "not measured"
        return f"Noise floor: BASE against itself {ratio}; {reason}."
    verdict = "too noisy for" if found.too_noisy else "quiet enough for"
    return (
        f"Noise floor: BASE against itself {ratio} over {found.noise.rounds} rounds. This resolves differences from "
        f"{100 * found.resolved:.2g} % on: {verdict} the margin of {margin_text(found.least_margin)}."
    )
