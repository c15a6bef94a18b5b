"""What another environment does to the same implementation: other versions, interpreter or variables. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from ..stats.intervals import Estimate
from ..stats.sequential import Stopping
from ..store.records import EnvironmentRecord, Run
from .findings import Finding, GroupFindings, estimate
from .verdict import Ratio, Verdict

#: What environments are filled by; no implementation computes with it.
_INSTALLERS = frozenset({"pip", "setuptools", "uv", "wheel"})


class Change(Struct, frozen=True, kw_only=True):
    """One implementation in one layout, in two environments of the same rounds."""

    before: Finding
    """In the first environment that it has a time in."""
    after: Finding
    log_ratio: Estimate
    """log(time after / time before)."""
    verdict: Verdict
    """On the time after."""

    @property
    def speedup(self) -> Ratio:
        """Time before / time after."""
        return Ratio.of(self.log_ratio).inverse()


def changes(group: GroupFindings, stopping: Stopping) -> tuple[Change, ...]:
    """Return each implementation in each further environment against itself in its first, in the order of the run.

    Parameters
    ----------
    group
        Cases that share a baseline.
    stopping
        Of the run: see `sequential`.
    """
    first: dict[tuple[str, str], Finding] = {}
    found = []
    timed = {one.arm.name for one in group.ok}
    for after in (one for one in group.findings if one.arm.name in timed):
        case = after.arm.case
        before = first.setdefault((case.implementation, case.layout), after)
        log_ratio = estimate(group.rounds.log_ratios(after.arm, before.arm), stopping) if after is not before else None
        if log_ratio is not None:
            verdict = group.verdict_on(log_ratio)
            found.append(Change(before=before, after=after, log_ratio=log_ratio, verdict=verdict))
    return tuple(found)


def differences(run: Run) -> Mapping[str, tuple[str | None, ...]]:
    """Return subject -> its text in each environment of a run, of what is not the same in all; None: it has none."""
    known = [dict(_facts(one)) for one in run.environments]
    subjects = dict.fromkeys(subject for facts in known for subject in facts)
    values = {subject: tuple(facts.get(subject) for facts in known) for subject in subjects}
    return {subject: texts for subject, texts in values.items() if len(set(texts)) > 1}


def _facts(one: EnvironmentRecord) -> Iterator[tuple[str, str]]:
    """Yield what may explain a difference in time."""
    yield "Python", one.python
    stack = one.numeric_stack
    blas = _mapping(stack.get("blas"))
    yield "BLAS", " ".join(str(blas[name]) for name in ("name", "version") if blas.get(name))
    yield "BLAS kernel", str(blas.get("kernel") or "unknown")
    yield "SIMD tier of NumPy", str(_mapping(stack.get("simd")).get("tier") or "unknown")
    yield from ((f"variable {name}", "unset" if value is None else value) for name, value in one.variables.items())
    yield from ((name, version) for name, version in one.packages.items() if name not in _INSTALLERS)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
