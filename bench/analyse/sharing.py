"""Whether a case hands out its inputs, or parts of them, where the baseline hands out copies: then it saves these."""

from .findings import Finding, GroupFindings

#: How parts of an input are told from the whole of it.
_PARTS = "parts of "


def handed_out(finding: Finding, group: GroupFindings) -> tuple[str, ...]:
    """Return which inputs, ``x``, or ``parts of x``, a case hands out and the baseline does not."""
    if group.baseline is None:
        return ()
    found, known = (_shared(one, group) for one in (finding, group.baseline))
    known |= {_PARTS + name for name in found | known if not name.startswith(_PARTS)}
    return tuple(sorted(found - known))


def _shared(finding: Finding, group: GroupFindings) -> set[str]:
    return {name for worker in group.rounds.workers(finding.arm).values() for name in worker.shares}


def told(names: tuple[str, ...]) -> str:
    """Return what is handed out, for a sentence."""
    parts = [name.removeprefix(_PARTS) for name in names if name.startswith(_PARTS)]
    whole = [name for name in names if not name.startswith(_PARTS)]
    said = [("memory of", whole), ("parts of", parts)]
    return " and ".join(f"{what} its input {', '.join(f'`{one}`' for one in ones)}" for what, ones in said if ones)
