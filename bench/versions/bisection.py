"""Which commit made an implementation slower: a binary search whose steps are gates against GOOD. Pure.

BAD is compared first: where it is not slower, there is nothing to find. Then each step takes the commit that leaves the
fewest whichever way it turns out. A commit that cannot be compared (it does not build, its result is wrong) is skipped,
as with ``git bisect skip``, and so is one that stays undecided, in a second comparison of twice the time, too. Where
skipped commits are left between the last that is not slower and the first that is, all of these are named.

The search looks again and again, and goes where the last look led. So that it says no more that is not so than a single
gate does, its gates share the level (`gate.rule_of_search`): with n commits, ceil(log2 n) + 1 of them decide, and as
many again may end undecided. After those it ends with the commits that are left.

It takes for granted that what has become slower stays so. If it does not, the commit that is named is slower all the
same, and the one before it is not: both have been compared with GOOD.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from math import ceil, inf, log2

from msgspec import Struct

from ..stats.intervals import Estimate
from .ancestry import Commit
from .benchmarks import SAME
from .comparison import Compared, Comparison
from .standing import Standing

#: So often a commit is compared before it is left undecided; each time its budget is so many times the usual one.
TIMES = (1, 2)

#: A commit next to a skipped one is likely to be skipped, too: a step may leave more commits the nearer it is to one.
_APART = 8


class State(StrEnum):
    """What is known of a commit."""

    SLOWER = "slower"
    """Than GOOD, by more than the margin."""
    NOT_SLOWER = "not slower"
    UNDECIDED = "undecided"
    NOT_COMPARABLE = "not comparable"


#: What of a benchmark's standing is no time.
_WITHOUT_TIME = frozenset({Standing.WRONG, Standing.DIFFERENT, Standing.NOT_COMPARABLE, Standing.LOST})


class Tried(Struct, frozen=True, kw_only=True):
    """What a comparison of a commit with GOOD has said."""

    state: State
    reason: str | None = None
    compared: Compared | None = None
    """What was measured; None where nothing was."""

    @property
    def log_ratio(self) -> Estimate | None:
        """log(commit / GOOD), where there is a time of both."""
        return self.compared.log_ratio if self.compared else None


class Bisection(Struct, frozen=True, kw_only=True):
    """What a search has found."""

    good: str
    bad: str
    case: str
    """Id of what was measured, or the name of the implementation where nothing was."""
    margin: float
    path: tuple[Commit, ...]
    """The commits behind GOOD up to BAD, the oldest first."""
    tried: Mapping[int, Tried]
    """Place in the path -> what was said of that commit in the end."""
    whole: Comparison
    """BAD against GOOD."""
    warnings: tuple[str, ...]
    seconds: float

    @property
    def candidates(self) -> range:
        """Places of the commits of which one is the first that is slower; none where BAD is not."""
        return candidates(self.tried)

    @property
    def first(self) -> int | None:
        """The place of the first commit that is slower, where only one can be."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    @property
    def measured(self) -> int:
        """How many commits were measured."""
        return sum(one.log_ratio is not None for one in self.tried.values())


class Search:
    """A search that is going on: which commit is to be compared next."""

    def __init__(self, commits: int) -> None:
        """Begin with so many commits, the last of which is BAD."""
        self._last = commits - 1
        self._left = most_comparisons(commits)
        self._times: Counter[int] = Counter()
        self._latest = self._last
        self.tried: dict[int, Tried] = {}
        """Place -> what the latest comparison of that commit has said."""

    def next(self) -> tuple[int, int] | None:
        """Return the place of a commit to be compared, and how often it was before; None where the search has ended."""
        if self._left == 0:
            return None
        latest = self.tried.get(self._latest)
        if latest is None or (latest.state == State.UNDECIDED and self._times[self._latest] < len(TIMES)):
            return self._latest, self._times[self._latest]
        between = candidates(self.tried)[:-1]  # the last is known to be slower
        untried = [place for place in between if place not in self.tried]
        if not untried:
            return None
        skipped = [place for place in between if place in self.tried]

        def certain_to_go(place: int) -> float:
            apart = min((abs(place - one) for one in skipped), default=inf)
            return min(place - between[0] + 1, between[-1] + 1 - place, _APART * apart)

        return max(untried, key=certain_to_go), 0

    def add(self, place: int, said: Tried) -> None:
        """Take what a comparison has said of the commit at a place."""
        self.tried[place] = said
        self._latest = place
        self._times[place] += 1
        self._left -= said.log_ratio is not None  # what has no time has said nothing by chance


def most_comparisons(commits: int) -> int:
    """Return how many comparisons a search among so many commits may take."""
    return 2 * (ceil(log2(commits)) + 1)


def candidates(tried: Mapping[int, Tried]) -> range:
    """Return the places of the commits of which one is the first that is slower; none where none is known to be.

    They follow the last that is known not to be, and end with the first that is.
    """
    slower = [place for place, one in tried.items() if one.state == State.SLOWER]
    if not slower:
        return range(0)
    first = min(slower)
    before = [place for place, one in tried.items() if one.state == State.NOT_SLOWER and place < first]
    return range(max(before, default=-1) + 1, first + 1)


def said(found: Comparison) -> Tried:
    """Return what a comparison of one case says of a commit: HEAD, against GOOD."""
    if not found.compared:
        reasons = dict.fromkeys(one.reason for one in found.skipped)
        state = State.NOT_SLOWER if [*reasons] == [SAME] else State.NOT_COMPARABLE
        reason = "the same code as GOOD" if state == State.NOT_SLOWER else "; ".join(reasons)
        return Tried(state=state, reason=reason or "the problem is not there")
    (one,) = found.compared
    return Tried(state=_state(one, found), reason=next(_reasons(one, found), None), compared=one)


def _state(one: Compared, found: Comparison) -> State:
    if one.standing == Standing.SLOWER:
        return State.SLOWER
    if found.unbuilt or one.standing in _WITHOUT_TIME:
        return State.NOT_COMPARABLE
    return State.UNDECIDED if found.too_noisy or one.standing == Standing.UNDECIDED else State.NOT_SLOWER


def _reasons(one: Compared, found: Comparison) -> Iterator[str]:
    """Yield why a benchmark is neither slower nor not, the most important first."""
    if _state(one, found) in (State.SLOWER, State.NOT_SLOWER):
        return
    if one.standing in _WITHOUT_TIME and one.reason:
        yield one.reason
    if found.unbuilt:
        yield found.unbuilt
    if found.too_noisy:
        yield "this machine was too noisy for the margin"
    yield one.reason or "its interval ends on both sides of the margin"
