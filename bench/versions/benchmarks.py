"""What a comparison measures: each implementation that both sides have, and why the others are not measured."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ..errors import did_you_mean, unknown
from ..measure.group import Source
from ..measure.selection import Selection, select, with_layouts
from ..problems import implementation, source_code
from ..problems.case import Case
from ..problems.implementation import Implementation
from ..problems.problem import Problem
from ..store.records import Arm, Role
from ..store.worker_records import Outcome
from .pairing import Pairs, Renames, paired, paired_implementations, paired_problems
from .places import name_at, places_in
from .sides import Side

SAME = "the same code on both sides (--all measures it)"

#: HEAD, BASE and BASE again -> what is behind the case's id in the name of the arm.
_MARKS = {Role.CASE: "head", Role.BASELINE: "base", Role.AGAIN: "base (again)"}


class Benchmark(Struct, frozen=True, kw_only=True):
    """One case, with its code on both sides."""

    case: Case
    title: str
    base: Source
    head: Source
    changed: bool = True
    """Whether its own files or those that it shares with others in its problem's folder have changed."""


class Skipped(Struct, frozen=True, kw_only=True):
    """A case that is not measured, and why."""

    name: str
    reason: str
    outcome: Outcome | None = None
    """How it ended, where it could not even be started in HEAD, or has vanished from it."""
    lost: bool = False
    """Whether something is missing here that HEAD needs, and nothing that BASE needs."""


class _Both(Struct, frozen=True, kw_only=True):
    """A problem on both sides, with its implementations."""

    name: str
    """As in the cases' ids: unique."""
    base: Problem
    head: Problem
    before: Mapping[str, Implementation]
    after: Mapping[str, Implementation]
    pairs: Pairs


def chosen(base: Side, head: Side, wanted: Selection) -> tuple[tuple[Benchmark, ...], tuple[Skipped, ...]]:
    """Return a benchmark of each case that both sides have, and what is skipped.

    Parameters
    ----------
    base, head
        The two sides.
    wanted
        The axes; an implementation that is named must be in one problem at least, if all can be read on both sides.

    Raises
    ------
    ImplbenchError
        If a name on an axis does not exist.
    """
    renames = Renames(base.root, head.root)
    pairs = paired_problems((*base.problems, *base.broken), (*head.problems, *head.broken), renames)
    names = _unique([where for _, where in pairs.pairs], head)
    reasons = {pair: _broken(*pair, base, head) for pair in pairs.pairs}
    skipped = [*_alone(pairs), *filter(None, reasons.values())]
    are_all_known = not skipped  # else a name may be of a problem that was not read on both sides
    found: list[Benchmark] = []
    known: set[str] = set()
    for before, after in (pair for pair, reason in reasons.items() if reason is None):
        problems = with_layouts(base.problems[before], wanted), with_layouts(head.problems[after], wanted)
        both = _both(names[after], problems, (base, head), renames)
        known |= both.before.keys() | both.after.keys()
        more, left = _of_problem(both, (base, head), wanted)
        found += more
        skipped += left
    for name in wanted.implementations:
        if name not in known and are_all_known:
            raise unknown("implementation", name, sorted(known))
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


def without_benchmark(names: Iterable[str], base: Side, head: Side) -> Iterator[str]:
    """Yield which names are those of nothing in either version, in a sentence each.

    Parameters
    ----------
    names
        Of problems, of implementations as in ``rows/loop``, or ids of cases.
    base, head
        The two sides; of a problem that was not read on one of them, any implementation may be there.
    """
    asked = tuple(names)
    known: set[str] = set()
    unread: set[str] = set()
    for side in (base, head) if asked else ():
        for where in places_in(side.root):
            called = {where, name_at(where, side.root)}
            known |= called
            problem = side.problems.get(where)
            if problem is None:
                unread |= called
            else:
                known |= {f"{name}/{one}" for name in called for one in implementation.found(problem)}
    for name in asked:
        benchmark = name.partition("[")[0]
        if benchmark not in known and benchmark.rpartition("/")[0] not in unread:
            yield f"no benchmark is called {name}, which has a margin of its own{did_you_mean(name, sorted(known))}"


def arms_of(one: Benchmark) -> list[Arm]:
    """Return the arms of a benchmark; HEAD's problem makes the inputs of all."""
    return [Arm(name=arm_name(one.case.id, role), case=one.case, title=one.title, role=role) for role in _MARKS]


def sources_of(one: Benchmark) -> dict[str, Source]:
    """Return arm -> its code."""
    return {arm_name(one.case.id, role): one.head if role == Role.CASE else one.base for role in _MARKS}


def arm_name(case_id: str, role: Role) -> str:
    """Return the name of a benchmark's arm: HEAD is the case, BASE the baseline."""
    return f"{case_id} {_MARKS[role]}"


def _unique(wheres: Iterable[str], head: Side) -> dict[str, str]:
    """Return path -> name of each problem: its path where two have the same name."""
    named = {where: name_at(where, head.root) for where in wheres}
    often = Counter(named.values())
    return {where: name if often[name] == 1 else where for where, name in named.items()}


def _alone(pairs: Pairs) -> list[Skipped]:
    """Return what is said of problems of one side."""
    new = "the problem is in HEAD alone (--problems-from HEAD measures both versions with it)"
    gone = "the problem has vanished from HEAD, and no other one there has come from it"
    return [
        *(Skipped(name=where, reason=new) for where in pairs.new),
        *(Skipped(name=where, reason=gone, outcome=Outcome.FAILED) for where in pairs.gone),
    ]


def _broken(before: str, after: str, base: Side, head: Side) -> Skipped | None:
    """Return what is said of a problem that cannot be read on one side: HEAD's fault first."""
    if after in head.broken:
        return Skipped(name=after, reason=f"failed in HEAD: {head.broken[after]}", outcome=Outcome.FAILED)
    if before in base.broken:
        return Skipped(name=after, reason=f"not comparable, broken in BASE: {base.broken[before]}")
    return None


def _both(name: str, problems: tuple[Problem, Problem], sides: tuple[Side, Side], renames: Renames) -> _Both:
    base, head = problems
    before, after = (implementation.found(problem) for problem in (base, head))
    if base.is_one_file or head.is_one_file:
        pairs = paired(before, after, lambda name: None)  # git knows nothing of functions
    else:
        pairs = paired_implementations(before, after, (sides[0].root, sides[1].root), renames)
    return _Both(name=name, base=base, head=head, before=before, after=after, pairs=pairs)


def _of_problem(both: _Both, sides: tuple[Side, Side], wanted: Selection) -> tuple[list[Benchmark], list[Skipped]]:
    former = {after: before for before, after in both.pairs.pairs if _is_wanted(before, after, wanted)}
    skipped = _without_partner(both, wanted)
    if not former:
        return [], skipped
    names = tuple(former)
    problem = replace(both.head, name=both.name)
    environments = tuple(place.environment for place in sides[1].places.values())
    chosen_axes = replace(wanted, implementations=names, baseline=names[0], environments=environments)
    arms, left = select(problem, chosen_axes)
    old, new = (source_code.digests(*one) for one in ((both.base, both.before), (both.head, both.after)))
    base, head = sides
    found = []
    for arm in arms:
        name, label = arm.case.implementation, arm.case.environment
        if not arm.again:
            before = base.source(both.base, both.before[former[name]], label)
            after = head.source(both.head, both.after[name], label)
            others = (base.places[label].others, head.places[label].others)
            changed = old[former[name]] != new[name] or others[0] != others[1]
            found.append(Benchmark(case=arm.case, title=arm.title, base=before, head=after, changed=changed))
    for one in left:
        before_it = both.before[former[one.case.implementation]]
        lost = one.outcome == Outcome.UNAVAILABLE and not (before_it.broken or before_it.unavailable)
        reason = f"{'HEAD is ' if lost else ''}{one.outcome}: {one.reason}"
        skipped.append(Skipped(name=one.case.id, reason=reason, outcome=one.outcome, lost=lost))
    return found, skipped


def _is_wanted(before: str, after: str, wanted: Selection) -> bool:
    return not wanted.implementations or before in wanted.implementations or after in wanted.implementations


def _without_partner(both: _Both, wanted: Selection) -> list[Skipped]:
    """Return what is said of implementations of one side."""
    gone = "vanished from HEAD, and no other implementation there has come from it"
    new = "new in HEAD: there is nothing to compare it with"
    return [
        *(Skipped(name=f"{both.name}/{name}", reason=new) for name in both.pairs.new if _is_wanted(name, name, wanted)),
        *(
            Skipped(name=f"{both.name}/{name}", reason=gone, outcome=Outcome.FAILED)
            for name in both.pairs.gone
            if _is_wanted(name, name, wanted)
        ),
    ]
