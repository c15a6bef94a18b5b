"""How large the bursts of each arm are: decided in the first round that it is in, and kept. Pure: no clock, no process.

Two versions that are compared call by call have bursts of one size, or the minimum of more samples would look faster.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from . import rounds

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
    """Remembers the size of each arm's bursts."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, arms: Sequence[Paced]) -> dict[str, tuple[int, int]]:
        """Return arm -> calls in a sample and samples in a burst.

        Arms of a case that are near each other have one size, that of their first round; the fastest decides. Those
        that are far apart have one of their own: else a burst of the slower would last as many times longer.
        """
        for one in arms:
            near = [other for other in arms if other.case == one.case and _near(one, other)]
            number, call_ns = max(other.number for other in near), min(other.call_ns for other in near)
            usual = number, rounds.samples_in_a_burst(call_ns, number)
            known = (self._known[other.name] for other in near if other.name in self._known)
            self._known.setdefault(one.name, next(known, usual))
        return {one.name: self._known[one.name] for one in arms}

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


def _near(one: Paced, other: Paced) -> bool:
    return 1 / FAR_APART < other.call_ns / one.call_ns < FAR_APART
