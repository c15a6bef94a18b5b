"""What a run says over its sizes: who is the fastest from where to where, and how time grows. Pure.

A sweep is three or more sizes of a run that differ in one number alone, under the same conditions. Ratios are formed
within rounds of one size, as everywhere; growth from one size to the next is formed within rounds of the same index.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import log1p
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from ..problems.case import Case
from ..stats.intervals import Estimate
from ..stats.scaling import Comparison, Crossing, Reign, crossings, reigns
from ..stats.sequential import FIXED, Stopping
from ..store.records import Left
from . import growth
from .findings import Finding, GroupFindings, estimate
from .growth import LEAST_SIZES, Growth
from .verdict import Verdict


class Place(Struct, frozen=True, kw_only=True):
    """One size of a sweep."""

    value: int
    """Of the number that is swept."""
    group: GroupFindings
    stopping: Stopping
    """Of the run: see `sequential`."""
    timed: Mapping[str, Finding]
    """Name -> what has a time here."""
    left: Mapping[str, str]
    """Name -> why it has none."""
    behind: Mapping[str, Estimate]
    """Name -> log(its time / time of the fastest); not of the fastest itself."""
    leaders: tuple[str, ...]
    """The fastest, then those not shown to be slower than it by more than the margin; empty where nothing has a time.

    Where there are too few rounds for an interval, the fastest and those within the margin of it as they were measured.
    What ran on the reference BLAS is never among them: it is no example of how fast its program is.
    """


class Overtaking(Struct, frozen=True, kw_only=True):
    """One implementation becomes faster than another."""

    winner: str
    """The faster above the crossing."""
    loser: str
    crossing: Crossing
    fastest: bool
    """Whether the two are the fastest on either side of it."""


class Sweep(Struct, frozen=True, kw_only=True):
    """Sizes that differ in one number, under one condition."""

    parameter: str
    fixed: Mapping[str, int]
    """The other numbers of the size."""
    case: Case
    """One of its cases, for dtype, threads, allocator and data."""
    places: tuple[Place, ...]
    """Ascending."""
    names: tuple[str, ...]
    """Implementations, with their layout where there are several: the baseline first."""
    baseline: str | None
    reigns: tuple[Reign, ...]
    overtakings: tuple[Overtaking, ...]
    """In the order of size."""
    steps: tuple[Growth, ...]
    """From each size to the next."""
    growth: tuple[Growth, ...]
    """Over the largest decade of sizes with rounds enough."""

    @property
    def turns(self) -> tuple[Overtaking, ...]:
        """The overtakings that change who is the fastest; where there are none, those that the baseline is in."""
        found = tuple(each for each in self.overtakings if each.fastest)
        return found or tuple(each for each in self.overtakings if self.baseline in (each.winner, each.loser))

    @property
    def takes_arrays(self) -> bool:
        """Whether an array was seen among the inputs of a size, or nothing was seen of them."""
        return any(place.group.takes_arrays for place in self.places)

    @property
    def says_dtype(self) -> bool:
        """Whether these arrays are in the dtype of its cases."""
        return any(place.group.says_dtype for place in self.places)

    @property
    def values(self) -> tuple[int, ...]:
        """The sizes."""
        return tuple(place.value for place in self.places)


def sweeps(groups: Sequence[GroupFindings], stopping: Stopping = FIXED) -> tuple[Sweep, ...]:
    """Return the sweeps in a run, one for each condition; none where it has fewer than three sizes of a kind.

    Parameters
    ----------
    groups
        What is said of the run.
    stopping
        Of the run: see `sequential`.
    """
    conditions: dict[tuple[str | int | None, ...], list[GroupFindings]] = {}
    for group in groups:
        conditions.setdefault(case_of(group).conditions, []).append(group)
    found = []
    for same in conditions.values():
        parameter, members = _along(same)
        if parameter is not None:
            found.append(_sweep(parameter, members, stopping))
    return tuple(found)


def case_of(group: GroupFindings) -> Case:
    """Return a case of a group: all have size, dtype, threads, allocator, data and caches in common."""
    return group.findings[0].arm.case if group.findings else group.left[0].case


def _along(groups: Sequence[GroupFindings]) -> tuple[str | None, list[GroupFindings]]:
    """Return the number in which most of the groups differ, and those that differ in nothing else."""
    rows: dict[tuple[str, tuple[tuple[str, int], ...]], dict[int, GroupFindings]] = {}
    for group in groups:
        values = case_of(group).size.values
        for key, value in values.items():
            rest = tuple((other, number) for other, number in values.items() if other != key)
            if value > 0:  # what grows with it is told by logarithms
                rows.setdefault((key, rest), {})[value] = group
    longest = max(rows.items(), key=lambda item: len(item[1]), default=None)  # a foreign benchmark's size is not known
    if longest is None or len(longest[1]) < LEAST_SIZES:
        return None, []
    (parameter, _rest), row = longest
    return parameter, [row[value] for value in sorted(row)]


def _sweep(parameter: str, groups: Sequence[GroupFindings], stopping: Stopping) -> Sweep:
    layouts = {finding.arm.case.layout for group in groups for finding in group.findings}
    layouts |= {skipped.case.layout for group in groups for skipped in group.left}
    several = len(layouts) > 1
    places = tuple(_place(parameter, group, stopping, several=several) for group in groups)
    baseline = next((_name(g.baseline.arm.case, several=several) for g in groups if g.baseline), None)
    known = [name for place in places for name in (*place.timed, *place.left)]
    names = tuple(dict.fromkeys([*([baseline] if baseline else []), *known]))
    ruling = _ruling(places)
    case = case_of(groups[0])
    seconds = {name: _log_seconds(places, name) for name in names}
    return Sweep(
        parameter=parameter,
        fixed={key: value for key, value in case.size.values.items() if key != parameter},
        case=case,
        places=places,
        names=names,
        baseline=baseline,
        reigns=ruling,
        overtakings=_overtakings(places, names, ruling),
        steps=tuple(step for name, found in seconds.items() for step in growth.steps(name, found)),
        growth=tuple(filter(None, (growth.asymptotic(name, found) for name, found in seconds.items()))),
    )


def _log_seconds(places: Sequence[Place], name: str) -> dict[int, Mapping[int, float]]:
    """Return size -> round -> log of the time of one implementation, of the sizes where it has one."""
    timed = [place for place in places if name in place.timed]
    return {place.value: place.group.rounds.log_seconds(place.timed[name].arm) for place in timed}


def _ruling(places: Sequence[Place]) -> tuple[Reign, ...]:
    """Return who is the fastest from where to where; a size that was not measured ends nobody's reign."""
    measured = [index for index, place in enumerate(places) if place.leaders]
    found = reigns([places[index].leaders for index in measured])
    return tuple(replace(one, first=measured[one.first], last=measured[one.last]) for one in found)


def _name(case: Case, *, several: bool) -> str:
    return f"{case.contender} {case.layout}" if several else case.contender


def _place(parameter: str, group: GroupFindings, stopping: Stopping, *, several: bool) -> Place:
    timed = {_name(finding.arm.case, several=several): finding for finding in group.ok}
    without: list[Finding | Left] = [*group.not_ok, *group.left]
    left = {
        _name(one.arm.case if isinstance(one, Finding) else one.case, several=several): (
            one.outcome.value + (f": {one.reason}" if one.reason else "")
        )
        for one in without
    }
    able = [name for name, one in timed.items() if not one.reference_blas]
    fastest = next(iter(able), None)  # by the ratio to the baseline, as everywhere
    if group.baseline not in group.ok:
        typical = {name: median(group.rounds.log_seconds(timed[name].arm).values()) for name in able}
        fastest = min(able, key=typical.__getitem__) if able else None
    behind = {} if fastest is None else _behind(group, timed, fastest, stopping)
    near = [name for name in able if name in behind and _near(group, behind[name])]
    return Place(
        value=case_of(group).size.values[parameter],
        group=group,
        stopping=stopping,
        timed=timed,
        left=left,
        behind=behind,
        leaders=(*([fastest] if fastest else []), *sorted(near, key=lambda name: behind[name].value)),
    )


def _behind(
    group: GroupFindings, timed: Mapping[str, Finding], fastest: str, stopping: Stopping
) -> dict[str, Estimate]:
    """Return the log-ratio of each over the fastest, from the rounds that both were in."""
    ratios = {
        name: estimate(group.rounds.log_ratios(one.arm, timed[fastest].arm), stopping)
        for name, one in timed.items()
        if name != fastest
    }
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}


def _near(group: GroupFindings, log_ratio: Estimate) -> bool:
    """Return whether a case is not told apart from the fastest."""
    if log_ratio.interval is None:
        return log_ratio.value <= log1p(group.least)
    return group.verdict_on(log_ratio) != Verdict.SLOWER


def _overtakings(places: Sequence[Place], names: Sequence[str], ruling: Sequence[Reign]) -> tuple[Overtaking, ...]:
    """Return who overtakes whom; a crossing counts only if on both sides a difference above the margin was shown."""
    found = []
    extents = [{name: place.group.rounds.extent(timed.arm) for name, timed in place.timed.items()} for place in places]
    for one, other in combinations(names, 2):
        if not _may_cross([(of[one], of[other]) for of in extents if one in of and other in of]):
            continue
        compared = [point for place in places if (point := _compared(place, one, other)) is not None]
        for crossing in crossings(compared):
            below = next(point.sign for point in reversed(compared) if point.size < crossing.low and point.sign)
            loser, winner = (one, other) if below < 0 else (other, one)
            fastest = _hands_over(places, ruling, (loser, winner), crossing)
            found.append(Overtaking(winner=winner, loser=loser, crossing=crossing, fastest=fastest))
    return tuple(sorted(found, key=lambda overtaking: overtaking.crossing.at))


def _may_cross(extents: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> bool:
    """Return whether each of two may be the faster somewhere: not, where all its bursts are longer than the other's."""
    return any(a[0] < b[1] for a, b in extents) and any(b[0] < a[1] for a, b in extents)


def _compared(place: Place, one: str, other: str) -> Comparison | None:
    """Return how two compare at a size; None where they have no ratio with an interval."""
    if one not in place.timed or other not in place.timed:
        return None
    ratio = estimate(place.group.rounds.log_ratios(place.timed[one].arm, place.timed[other].arm), place.stopping)
    if ratio is None or ratio.interval is None:
        return None
    sign = {Verdict.FASTER: -1, Verdict.SLOWER: 1}.get(place.group.verdict_on(ratio), 0)
    return Comparison(size=place.value, log_ratio=ratio, sign=sign)


def _hands_over(places: Sequence[Place], ruling: Sequence[Reign], pair: tuple[str, str], crossing: Crossing) -> bool:
    """Return whether the first of a pair is the fastest up to a crossing and the second from there."""
    loser, winner = pair
    return any(
        loser in before.names
        and winner in after.names
        and places[before.first].value <= crossing.high
        and places[after.last].value >= crossing.low
        for before, after in pairwise(ruling)
    )
