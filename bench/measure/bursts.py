"""How large the bursts of each arm are: decided in its first round, and kept where that round was right. Pure.

Two versions that are compared call by call have bursts of one size, or the minimum of more samples would look faster.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from . import round_plan

#: Two versions whose calls differ by such a factor need no bursts of equal size to be told apart.
FAR_APART = 4.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Paced:
    """An arm whose worker has warmed up."""

    name: str
    case: Hashable
    """Arms of one case are versions of the same."""
    number: int
    """Calls in a sample, as the worker found them to be long enough for the clock."""
    call_ns: int


class BurstSizes:
    """Remembers the size of each arm's bursts, and the shortest call of each: a disturbed one is longer."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}
        self._shortest_ns: dict[str, int] = {}

    def of(self, arms: Sequence[Paced]) -> dict[str, tuple[int, int]]:
        """Return arm -> calls in a sample and samples in a burst.

        Arms of a case that are near each other have one size, that of their first round; the fastest decides. Those
        that are far apart have one of their own: else a burst of the slower would last as many times longer. Where they
        prove near after all, because one was disturbed before, they get one size from then on.
        """
        for one in arms:
            self._shortest_ns[one.name] = min(one.call_ns, self._shortest_ns.get(one.name, one.call_ns))
        for near in self._near(arms):
            known = {self._known[one.name] for one in near if one.name in self._known}
            size = known.pop() if len(known) == 1 else self._usual(near, known)
            self._known |= dict.fromkeys([one.name for one in near], size)
        return {one.name: self._known[one.name] for one in arms}

    def _near(self, arms: Sequence[Paced]) -> list[list[Paced]]:
        """Return the arms in parts: in each, those of one case whose calls, by length, are near the one before."""
        parts: list[list[Paced]] = []
        for one in sorted(arms, key=lambda one: self._shortest_ns[one.name]):
            fits = [
                part
                for part in parts
                if part[0].case == one.case
                and self._shortest_ns[one.name] < FAR_APART * self._shortest_ns[part[-1].name]
            ]
            if fits:
                fits[0].append(one)
            else:
                parts.append([one])
        return parts

    def _usual(self, near: Sequence[Paced], known: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """Return the size for arms that have none, or several: with the most calls in a sample that any needs."""
        number = max([*(one.number for one in near), *(number for number, _ in known)])
        return number, round_plan.samples_in_a_burst(min(self._shortest_ns[one.name] for one in near), number)

    def lengthen(self, name: str, number: int, arms: Sequence[Paced]) -> dict[str, int]:
        """Give an arm's samples, which turned out too short, more calls; return arm -> calls of all that follow.

        Arms of its case that had samples of the same size get the new one too, or the minimum of shorter samples would
        look faster.
        """
        case = next(one.case for one in arms if one.name == name)
        size = self._known[name]
        same = [one.name for one in arms if one.case == case and self._known.get(one.name) == size]
        self._known |= dict.fromkeys(same, (number, size[1]))
        return dict.fromkeys(same, number)
