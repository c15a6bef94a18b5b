"""Whether a case hands out its inputs, or parts of them, where the baseline hands out copies: then it saves these."""

from ..store.worker_records import ITS_OWN, PARTS_OF
from .findings import Finding, GroupFindings


def handed_out(finding: Finding, group: GroupFindings) -> tuple[str, ...]:
    """Return what a case hands out and the baseline does not: inputs, ``x`` or ``parts of x``, its elements twice."""
    if group.baseline is None:
        return ()
    found, known = (_shared(one, group) for one in (finding, group.baseline))
    known |= {PARTS_OF + name for name in found | known if not name.startswith(PARTS_OF)}
    return tuple(sorted(found - known))


def _shared(finding: Finding, group: GroupFindings) -> set[str]:
    return {name for worker in group.rounds.workers(finding.arm).values() for name in worker.shares}


def told(names: tuple[str, ...]) -> str:
    """Return what is handed out, for a sentence."""
    own = "elements that lie in each other's memory" if ITS_OWN in names else ""
    names = tuple(name for name in names if name != ITS_OWN)
    parts = [name.removeprefix(PARTS_OF) for name in names if name.startswith(PARTS_OF)]
    whole = [name for name in names if not name.startswith(PARTS_OF)]
    said = [("memory of", whole), (PARTS_OF.rstrip(), parts)]
    shared = [f"{what} its input {', '.join(f'`{one}`' for one in ones)}" for what, ones in said if ones]
    return " and ".join(filter(None, [*shared, own]))
