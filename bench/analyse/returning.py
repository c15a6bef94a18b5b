"""Whether a case returns another kind of container than the baseline: converting it is not part of its time."""

from collections.abc import Mapping
from types import MappingProxyType

from .findings import Finding, GroupFindings

#: Type of a result -> what it is called. Between those called otherwise a conversion takes time for each element.
_CALLED: Mapping[str, str] = MappingProxyType(
    {name: name for name in ("list", "dict", "set", "Series", "DataFrame")} | {"tuple": "list", "ndarray": "array"}
)


def otherwise(finding: Finding, group: GroupFindings) -> tuple[str, str] | None:
    """Return what a case returns, as ``array``, and what the baseline does, where that is of another kind."""
    if group.baseline is None:
        return None
    mine, usual = _returned(finding, group), _returned(group.baseline, group)
    both = ((mine[name], usual[name]) for name in mine if name in usual)
    return next((each for each in both if each[0] != each[1]), None)


def _returned(finding: Finding, group: GroupFindings) -> Mapping[str, str]:
    """Return output -> what it is called, of those that have a name here."""
    found = (worker.returns for worker in group.rounds.workers(finding.arm).values() if worker.returns)
    return {name: _CALLED[kind] for name, kind in next(found, {}).items() if kind in _CALLED}
