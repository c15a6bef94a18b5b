"""What memray's pages are called, and what is said of each: the peak, and the line that held most of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..measure.memory_pages import MemoryPage
from ..problems.case import Case
from ..units import amount
from .parts import Section, code, file_name, plain


def names(cases: Iterable[Case]) -> dict[str, str]:
    """Return the id of each case and the name of its page: its implementation, or its own where that has several."""
    known = {one.id: one for one in cases}
    several = Counter(one.implementation for one in known.values())
    return {
        case: file_name(one.implementation if several[one.implementation] == 1 else one.name)
        for case, one in known.items()
    }


def section(pages: Sequence[MemoryPage]) -> Section:
    """Return a line for each case."""
    return Section(title="Memory at its peak (memray)", paragraphs=tuple(map(_line, pages)))


def of(page: MemoryPage) -> dict[str, Any]:
    """Return a page as ``implbench explain --json`` tells it."""
    held = page.holder
    return {
        "id": page.case.id,
        "file": None if page.file is None else str(page.file),
        "reason": page.reason,
        "peak_bytes": page.peak_bytes,
        "most_held_by": None
        if held is None
        else {"file": str(held.file), "line": held.line, "function": held.function, "bytes": held.bytes},
    }


def _line(page: MemoryPage) -> str:
    name = code(page.name)
    if page.file is None:
        return f"{name}: no page, {plain(page.reason or '')}"
    told = f"{name}: {code(str(page.file))}"
    if page.peak_bytes is None:
        return told
    told = f"{told}; {amount(page.peak_bytes, 'B')} at the peak"
    if page.holder is None:
        return f"{told}, none of it held by a line of your own"
    held = page.holder
    where = f"{code(held.file.name)}, line {held.line} ({code(held.function)})"
    return f"{told}, {amount(held.bytes, 'B')} of that from {where}"
