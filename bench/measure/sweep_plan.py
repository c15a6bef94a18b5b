"""Which sizes of a sweep, and which implementations at each, its budget allows. Pure.

A size that is measured gets the rounds that its intervals need. Where the budget does not pay for all of it,

1. what costs far more than others at a size and is far behind the fastest there leaves that size, the dearest first;
2. what costs far more for another reason, mostly compiling, leaves the sizes between the ends and the powers of ten;
3. of these sizes, as many as fit are measured, spread as evenly as can be;
4. what costs far more leaves the ends and powers of ten as well, one after the other;
5. of these, as many as fit are measured, the smallest first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from statistics import median_low

from msgspec import Struct

#: An implementation, and its layout.
Who = tuple[str, str]

#: Length of a sweep in seconds, making the inputs included, where neither --rounds nor --budget says another.
SWEEP_BUDGET_S = 270.0

#: What takes more than so many times as long as half of those at that size do at most, costs far more.
TIMES_DEARER = 2.0

#: What takes so many times as long as the fastest is far behind.
TIMES_SLOWER = 5.0

#: The baseline, without which a size has no speed-ups, leaves it only where it would take more than this of the time.
MOST_OF_BASELINE = 0.25


class Want(Struct, frozen=True, kw_only=True):
    """A group of the sweep, and what its rounds would take."""

    group: str
    coarse: bool
    """Whether its size is an end of the sweep or a power of ten."""
    costs_s: Mapping[Who, float]
    """Seconds of all rounds that it still wants."""
    behind: Mapping[Who, float]
    """Time of a call / that of the fastest, where that is known."""
    baseline: Who | None
    begun: bool = False
    """Whether it has had rounds already: then it is not left out."""


#: Group -> who is measured there.
Kept = dict[str, frozenset[Who]]


def in_order(values: Sequence[int]) -> list[int]:
    """Return sizes in the order in which they matter: ends and powers of ten, then whatever is farthest from those."""
    chosen = [value for value in sorted(values) if is_coarse(value, values)]
    rest = [value for value in sorted(values) if value not in chosen]
    while rest:
        farthest = max(rest, key=lambda value: min(abs(log(value / other)) for other in chosen))
        chosen.append(farthest)
        rest.remove(farthest)
    return chosen


def is_coarse(value: int, values: Sequence[int]) -> bool:
    """Return whether a size is an end of the sweep or a power of ten."""
    return value in (min(values), max(values)) or str(value).strip("0") == "1"


def cost_s(wants: Iterable[Want], kept: Kept) -> float:
    """Return the seconds of the rounds that those who are kept still want."""
    return sum(
        one_s for want in wants for who, one_s in want.costs_s.items() if who in kept.get(want.group, frozenset())
    )


def planned(wants: Sequence[Want], room_s: float) -> Kept:
    """Return who is measured where, within `room_s` seconds; a group that is not in it is not measured.

    Parameters
    ----------
    wants
        The groups that still want rounds, in the order in which they matter.
    """
    keeping = _Keeping(wants)
    for cells in _thinned(wants, room_s):
        if keeping.cost_s <= room_s:
            break
        keeping.leave(cells)
    if keeping.cost_s <= room_s:
        return keeping.kept(want.group for want in wants)
    coarse = {want.group for want in wants if want.coarse}
    found = keeping.fitting(room_s)
    for cells in _dear_in(wants, coarse):
        if coarse <= found.keys():
            break
        keeping.leave(cells)
        found = keeping.fitting(room_s)
    return found


#: Somebody at a size.
_Cell = tuple[Want, Who]


class _Keeping:
    """Who is kept at which size and what that costs, while one after the other leaves."""

    def __init__(self, wants: Sequence[Want]) -> None:
        self._wants = wants
        self._kept = {want.group: set(want.costs_s) for want in wants}
        self._costs_s = {want.group: sum(want.costs_s.values()) for want in wants}

    @property
    def cost_s(self) -> float:
        """What all that is kept costs."""
        return sum(self._costs_s.values())

    def leave(self, cells: Iterable[_Cell]) -> None:
        """Have some leave, those of them that are still there."""
        for want, who in cells:
            if who in self._kept[want.group]:
                self._kept[want.group].remove(who)
                self._costs_s[want.group] -= want.costs_s[who]

    def kept(self, groups: Iterable[str]) -> Kept:
        """Return who is kept in these groups."""
        return {group: frozenset(self._kept[group]) for group in groups}

    def fitting(self, room_s: float) -> Kept:
        """Return what of it fits: groups that have begun, then as many of the others as can be paid, in their order."""
        found = [want.group for want in self._wants if want.begun]
        left_s = room_s - sum(self._costs_s[group] for group in found)
        for want in self._wants:
            cost_s = self._costs_s[want.group]
            if not want.begun and cost_s <= left_s:
                found.append(want.group)
                left_s -= cost_s
        return self.kept(found)


def _dear(want: Want) -> list[Who]:
    """Return who costs far more than others at a size, the dearest first."""
    usual_s = median_low(want.costs_s.values()) if want.costs_s else 0.0
    dear = [who for who, cost_s in want.costs_s.items() if cost_s > TIMES_DEARER * usual_s]
    return sorted(dear, key=want.costs_s.__getitem__, reverse=True)


def hopeless(want: Want) -> list[Who]:
    """Return who costs far more than others at a size and is far behind the fastest, the dearest first."""
    return [who for who in _dear(want) if want.behind.get(who, 1.0) > TIMES_SLOWER]


def _thinned(wants: Sequence[Want], room_s: float) -> Iterator[Sequence[_Cell]]:
    """Yield who leaves first, one by one: who is dear and far behind at a size, then who is dear between."""
    cells = [(want, who) for want in wants if not want.begun for who in hopeless(want)]
    for want, who in sorted(cells, key=lambda cell: cell[0].costs_s[cell[1]], reverse=True):
        if who != want.baseline or want.costs_s[who] > MOST_OF_BASELINE * room_s:
            yield [(want, who)]
    yield from _dear_in(wants, {want.group for want in wants if not want.coarse})


def _dear_in(wants: Sequence[Want], groups: set[str]) -> Iterator[Sequence[_Cell]]:
    """Yield who leaves all of these groups, as it is dear in them, the dearest first."""
    among = [want for want in wants if want.group in groups]
    total_s: dict[Who, float] = {}
    for want in among:
        for who in _dear(want):
            if who != want.baseline:
                total_s[who] = total_s.get(who, 0.0) + want.costs_s[who]
    for who in sorted(total_s, key=total_s.__getitem__, reverse=True):
        yield [(want, who) for want in among if who in want.costs_s]
