"""Names of benchmarks for people: what all of them have in common is told once, and not in each."""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from ...problems.case import END_OF_ID, RETAIN_ALLOCATOR
from ...versions.comparison import Comparison
from ..parts import plain
from ..phrases import ALLOCATORS_TOLD, counted, layout_text


def shortened(found: Comparison) -> Comparison:
    """Return a comparison with names that end behind the size, as in ``rows[fast-S]``, where all else is the same."""
    end = _common(_names(found))
    if end is None:
        return found
    return replace(
        found,
        compared=tuple(replace(one, name=_without(one.name, end[0])) for one in found.compared),
        skipped=tuple(replace(one, name=_without(one.name, end[0])) for one in found.skipped),
    )


def condition(found: Comparison) -> str | None:
    """Return what the names leave out, in words; None where they leave out nothing."""
    end = _common(_names(found))
    if end is None:
        return None
    more = [ALLOCATORS_TOLD.get(one, plain(one)) for one in end["more"].split("-") if one]
    of_arrays = [end["dtype"], layout_text(end["layout"])]
    takes_arrays = not found.compared or any(one.takes_arrays for one in found.compared)
    said = [*(of_arrays if takes_arrays else ()), counted(int(end["threads"]), "thread"), *more]
    how = (
        " (`--allocator default` measures what fresh memory costs, too)"
        if RETAIN_ALLOCATOR in end["more"].split("-")
        else ""
    )
    return f"All of them: {', '.join(said)}{how}."


def _names(found: Comparison) -> list[str]:
    return [*(one.name for one in found.compared), *(one.name for one in found.skipped)]


def _common(names: Iterable[str]) -> re.Match[str] | None:
    """Return the end that all names with one have; None where they have several, or none has any."""
    ends = [end for name in names if (end := END_OF_ID.search(name))]
    return ends[0] if len({end[0] for end in ends}) == 1 else None


def _without(name: str, end: str) -> str:
    return f"{name.removesuffix(end)}]" if name.endswith(end) else name
