"""What a comparison measures: each implementation that both sides have, and why the others are not measured."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import identity, implementation
from .case import Case
from .checkout import Side
from .conductor import Source
from .errors import ImplbenchError
from .implementation import Implementation
from .measurement import Outcome
from .problem import Problem
from .selection import Selection, select


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """One case, with its code on both sides."""

    case: Case
    title: str
    base: Source
    head: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """A case that is not measured, and why."""

    name: str
    reason: str
    outcome: Outcome | None = None
    """How it ended, where it could not even be started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Both:
    """A problem's implementations on both sides."""

    base: Mapping[str, Implementation]
    head: Mapping[str, Implementation]
    changed: frozenset[str]


def chosen(
    base: Side, head: Side, wanted: Selection, *, everything: bool
) -> tuple[tuple[Benchmark, ...], tuple[Skipped, ...]]:
    """Return the benchmarks and what is skipped.

    Parameters
    ----------
    base, head
        The two sides.
    wanted
        The axes; an implementation that is named must be in one problem at least.
    everything
        Whether what is the same code on both sides is measured too.

    Raises
    ------
    ImplbenchError
        If a name on an axis does not exist.
    """
    found: list[Benchmark] = []
    skipped: list[Skipped] = []
    known: set[str] = set()
    for where in sorted(base.problems.keys() | head.problems.keys()):
        if where not in base.problems or where not in head.problems:
            side = "HEAD" if where in head.problems else "BASE"
            skipped.append(Skipped(name=where, reason=f"the problem is in {side} alone"))
            continue
        both = _both(where, base, head)
        known |= both.base.keys() | both.head.keys()
        more, left = _of_problem(where, (base, head), both, wanted, everything=everything)
        found += more
        skipped += left
    for name in wanted.implementations:
        if name not in known:
            raise ImplbenchError(f"unknown implementation {name!r}: choose from {', '.join(sorted(known)) or '(none)'}")
    return tuple(found), tuple(skipped)


def identical(problem: Problem, wanted: Selection) -> tuple[Benchmark, ...]:
    """Return a benchmark of each case with the same code on both sides, for a gate's own false alarms."""
    found = implementation.found(problem)
    names = wanted.implementations or tuple(found)
    arms, _ = select(problem, replace(wanted, implementations=names, baseline=names[0]))
    sources = {name: Source(problem=problem, implementation=one) for name, one in found.items()}
    return tuple(
        Benchmark(
            case=arm.case,
            title=arm.title,
            base=sources[arm.case.implementation],
            head=sources[arm.case.implementation],
        )
        for arm in arms
        if not arm.again
    )


def _both(where: str, base: Side, head: Side) -> _Both:
    sides = [(side, side.problems[where]) for side in (base, head)]
    first, second = (implementation.found(problem) for _, problem in sides)
    before, after = (
        identity.digests(problem, names, side.path)
        for (side, problem), names in zip(sides, (first, second), strict=True)
    )
    changed = frozenset(name for name in before.keys() & after.keys() if before[name] != after[name])
    return _Both(base=first, head=second, changed=changed)


def _of_problem(
    where: str, sides: tuple[Side, Side], both: _Both, wanted: Selection, *, everything: bool
) -> tuple[list[Benchmark], list[Skipped]]:
    base, head = sides
    problem = head.problems[where]
    names = [
        name for name in {**both.head, **both.base} if not wanted.implementations or name in wanted.implementations
    ]
    found, skipped, measured = [], [], []
    for name in names:
        reason = _reason(name, both, everything=everything)
        if reason:
            skipped.append(Skipped(name=f"{problem.name}/{name}", reason=reason))
        else:
            measured.append(name)
    if measured:
        axes = replace(wanted, implementations=tuple(measured), baseline=measured[0])
        arms, left = select(problem, axes)
        for arm in arms:
            name = arm.case.implementation
            if not arm.again:
                found.append(
                    Benchmark(
                        case=arm.case,
                        title=arm.title,
                        base=Source(problem=base.problems[where], implementation=both.base[name], path=base.path),
                        head=Source(problem=problem, implementation=both.head[name], path=head.path),
                    )
                )
        skipped += [
            Skipped(name=one.case.id, reason=f"{one.outcome}: {one.reason}", outcome=one.outcome) for one in left
        ]
    return found, skipped


def _reason(name: str, both: _Both, *, everything: bool) -> str | None:
    """Return why an implementation is not measured."""
    if name not in both.base:
        return "new in HEAD: there is nothing to compare it with"
    if name not in both.head:
        return "gone in HEAD"
    if name not in both.changed and not everything:
        return "the same code on both sides (--all measures it)"
    return None
