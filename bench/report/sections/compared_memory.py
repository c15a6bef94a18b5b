"""Peaks of memory of two versions, in words and as columns beside their times."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...analyse.verdict import Ratio
from ...stats.peak_ratios import LEAST_BYTES
from ...units import DASH
from ...versions.comparison import Compared, Comparison
from ...versions.memory import Memory, MemoryStanding
from ..estimates import bound_cells, value_of
from ..parts import Cell, Column, code, plain
from ..phrases import gain_text, margin_text, ratio_text
from .beside_time import peak_text
from .compared_margins import at_margins

COLUMNS = (
    Column(name="peak_bytes", header="memory BASE -> HEAD", dispensable=2),
    Column(name="peak_ratio_head_over_base", header="memory HEAD/BASE", shown=False),
    Column(name="peak_low", header="memory low", shown=False),
    Column(name="peak_high", header="memory high", shown=False),
    Column(name="memory_verdict", header="memory verdict", shown=False),
)


def is_known(found: Comparison) -> bool:
    """Return whether the memory of any benchmark is known."""
    return any(one.memory and one.memory.peak_bytes for one in found.compared)


def columns(found: Comparison) -> tuple[Column, ...]:
    """Return the columns; people see none where all peaks are too little to be measured."""
    peaks = [peak for one in found.compared if one.memory for peak in one.memory.peak_bytes or ()]
    if any(peak.value >= LEAST_BYTES for peak in peaks):
        return COLUMNS
    return tuple(replace(column, shown=False) for column in COLUMNS)


def cells(one: Compared) -> tuple[Cell, ...]:
    """Return a benchmark's cells, one for each of COLUMNS."""
    memory = one.memory
    ratio = _ratio(memory)
    standing = memory.standing if memory else None
    differs = standing in (MemoryStanding.LARGER, MemoryStanding.SMALLER)
    text = f"{_peaks(memory)}: {standing}" if differs else _peaks(memory)
    return (Cell(value=text, text=text), Cell.of(value_of(ratio)), *bound_cells(ratio), Cell.of(standing))


def larger(found: Comparison) -> str | None:
    """Return whose peak is larger, where that is a regression; None where nobody's is."""
    return _differing(found, found.larger, "more memory") if found.larger else None


def doubt(found: Comparison) -> str | None:
    """Return of whom it is not known whether the peak is larger, where that is asked; None where of nobody."""
    named = []
    for one in found.memory_in_doubt:
        ratio, reason = _ratio(one.memory), one.memory.reason if one.memory else None
        why = ratio_text(ratio) if ratio and not reason else plain(reason or _peaks(one.memory))
        named.append((_margin(one, found), f"{code(one.name)} ({why})"))
    return f"the peak of memory of {at_margins(named)}" if named else None


def passed(found: Comparison) -> str:
    """Return what is said of memory where nothing stands against it, behind what is said of times."""
    if not found.memory_limits.is_gated:
        return ""
    margins = sorted({_margin(one, found) for one in found.compared})
    least, most = margin_text(margins[0]), margin_text(margins[-1])
    by = f"by {least}" if least == most else f"by its margin, {least} to {most},"
    return f", and no peak of memory larger {by} or more"


def details(found: Comparison) -> Iterator[str]:
    """Yield what is told of memory beside the answer: what is larger where that is no regression, and smaller."""
    larger_ones = () if found.memory_limits.is_gated else found.of_memory(MemoryStanding.LARGER)
    if larger_ones:
        yield f"Memory: {_differing(found, larger_ones, 'more')} (`--gate-memory` makes it a regression)."
    smaller_ones = found.of_memory(MemoryStanding.SMALLER)
    if smaller_ones:
        yield f"Memory: {_differing(found, smaller_ones, 'less')}."


def unknown(found: Comparison) -> Iterator[str]:
    """Yield why the memory of some is not known, by reason."""
    ones = found.of_memory(None)
    reasons = dict.fromkeys(one.memory.reason for one in ones if one.memory and one.memory.reason)
    for reason in reasons:
        names = [code(one.name) for one in ones if one.memory and one.memory.reason == reason]
        yield f"Memory is not known, {plain(reason)}: {', '.join(names)}."


def _differing(found: Comparison, ones: Sequence[Compared], word: str) -> str:
    named = at_margins((_margin(one, found), f"{code(one.name)} {_change(one.memory)}") for one in ones)
    return f"{word} at the peak: {named}"


def _margin(one: Compared, found: Comparison) -> float:
    """Return what a benchmark's peak is held to."""
    return one.memory.margin if one.memory else found.memory_limits.margins.usual


def _change(memory: Memory | None) -> str:
    """Return by how much a peak differs, and both; where there is too little for a ratio both alone."""
    ratio = _ratio(memory)
    if ratio is None:
        return f"({_peaks(memory)})"
    if ratio.value < 1:
        return f"({_peaks(memory)}, HEAD/BASE {ratio_text(ratio)})"
    return f"by {gain_text(ratio)} ({_peaks(memory)})"


def _ratio(memory: Memory | None) -> Ratio | None:
    return Ratio.of(memory.log_ratio) if memory and memory.log_ratio else None


def _peaks(memory: Memory | None) -> str:
    if memory is None or memory.peak_bytes is None:
        return DASH
    return " -> ".join(peak_text(one.value) for one in memory.peak_bytes)
