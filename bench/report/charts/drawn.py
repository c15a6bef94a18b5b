"""Which cases a chart shows: a group may have thousands, and a picture has room for some dozens."""

from ...analyse.verdict import Finding, GroupFindings

#: Cases of a group that a chart shows at most.
MOST_CASES = 60


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
