"""Which cases a chart shows: a group may have thousands, and a picture has room for some dozens."""

from math import inf

from ...analyse.findings import Finding, GroupFindings
from ...analyse.sweep import Place, Sweep

#: Cases of a group that a chart shows at most.
MOST_CASES = 40

#: Implementations of a sweep that a chart shows at most: each is a line with its name.
MOST_LINES = 30


def drawn(group: GroupFindings, most: int = MOST_CASES) -> tuple[Finding, ...]:
    """Return the cases with a time that are shown, fastest first: the fastest, and the baseline whatever its place."""
    kept = group.ok[:most]
    baseline = group.baseline
    if baseline is None or len(kept) == len(group.ok) or any(one is baseline for one in kept):
        return kept
    return (*kept[:-1], baseline) if any(one is baseline for one in group.ok) else kept


def left_out(group: GroupFindings, most: int = MOST_CASES) -> str:
    """Return a sentence on the cases with a time that are not shown, after a space; nothing where all are."""
    if len(group.ok) <= most:
        return ""
    return f" Shown are {most} of {len(group.ok):,} cases with a time: the fastest, and the baseline."


def lines(sweep: Sweep, most: int = MOST_LINES) -> tuple[str, ...]:
    """Return the names of a sweep that are shown: those nearest to the fastest at any size, and the baseline."""
    if len(sweep.names) <= most:
        return sweep.names
    nearest = sorted(sweep.names, key=lambda name: min(_distance(place, name) for place in sweep.places))
    kept = {*([sweep.baseline] if sweep.baseline else []), *nearest[: most - 1]}
    return tuple(name for name in sweep.names if name in kept)


def _distance(place: Place, name: str) -> float:
    """Return log(time / time of the fastest) at a size."""
    if name in place.leaders[:1]:
        return 0.0
    return place.behind[name].value if name in place.behind else inf


def lines_left_out(sweep: Sweep) -> str:
    """Return a sentence on the implementations of a sweep that are not shown, after a space; nothing where all are."""
    shown, count = len(lines(sweep)), len(sweep.names)
    if shown == count:
        return ""
    return (
        f" Shown are {shown} of {count:,} implementations: those nearest to the fastest at any size, and the baseline."
    )
