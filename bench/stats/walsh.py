"""Averages of pairs, as the signed-rank test has them: of many values without listing all. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from math import inf, nextafter

#: Up to so many values all averages are listed: 2080 of them.
MOST_LISTED = 64


class WalshAverages:
    """The averages (d_i + d_j) / 2 of all pairs with i <= j, in ascending order.

    An average that is asked for is found by bisection of its value (after Johnson & Mizoguchi 1978): counting those up
    to a value takes n steps, for in sorted d the partners of each value end further left than those of the one before.
    """

    def __init__(self, d: Sequence[float]) -> None:
        """Take at least one value, all of them finite."""
        self._d = sorted(d)
        self._all = self._listed() if len(d) <= MOST_LISTED else None

    def __len__(self) -> int:
        """Return how many there are: n (n + 1) / 2."""
        return len(self._d) * (len(self._d) + 1) // 2

    def __getitem__(self, place: int) -> float:
        """Return the average at a place, from 0; from the end where it is below 0."""
        place = range(len(self))[place]
        return self._found(place) if self._all is None else self._all[place]

    @property
    def median(self) -> float:
        """The middle one, or the mean of the two in the middle."""
        middle = len(self) // 2
        return self[middle] if len(self) % 2 else (self[middle - 1] + self[middle]) / 2

    def _listed(self) -> list[float]:
        """Return all; they are made in ascending runs, of which a sort makes one in few steps."""
        return sorted([(a + b) / 2 for i, a in enumerate(self._d) for b in self._d[i:]])

    def _found(self, place: int) -> float:
        low, high = nextafter(self._d[0], -inf), self._d[-1]
        below, up_to = 0, len(self)  # how many are at most `low`, and at most `high`
        while up_to - below > 4 * len(self._d):
            middle = low + (high - low) / 2
            if not low < middle < high:
                return high
            count = self._count(middle)
            if count > place:
                high, up_to = middle, count
            else:
                low, below = middle, count
        return sorted(self._between(low, high))[place - below]

    def _count(self, most: float) -> int:
        """Return how many averages are at most `most`."""
        d, count, end = self._d, 0, len(self._d)
        for i, a in enumerate(d):
            while end > i and (a + d[end - 1]) / 2 > most:
                end -= 1
            if end <= i:
                break
            count += end - i
        return count

    def _between(self, low: float, high: float) -> list[float]:
        """Return the averages above `low` and at most `high`."""
        found: list[float] = []
        for i, a in enumerate(self._d):
            averages = partial(_average, a)
            first = bisect_right(self._d, low, lo=i, key=averages)
            last = bisect_right(self._d, high, lo=first, key=averages)
            found += map(averages, self._d[first:last])
        return found


def _average(a: float, b: float) -> float:
    return (a + b) / 2
