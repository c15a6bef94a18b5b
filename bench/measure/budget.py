"""How long a run goes on: rounds, from what was asked for and what a round turned out to take."""

from collections.abc import Callable
from statistics import mean

from ..stats.intervals import MIN_ROUNDS
from ..store.records import Settings
from .progress import Progress

#: Length of a run in seconds where neither --rounds nor --budget says another.
USUAL_BUDGET_S = 75.0

#: A run that takes no longer says nothing of its time beforehand.
LONG_S = 600.0

#: It grows to so many times that where the rounds that an interval needs take longer.
MOST_GROWTH = 2.0

#: And to so many for the last of those rounds: all before it say nothing without it.
LAST_GROWTH = 2.5

#: Length of a run that looks for the best alone: so long for each case, and at least the usual one.
RACE_S_EACH = 6.0

#: The part of the time that the rounds up to the first look may take; the rest is for the pairs undecided then.
FIRST_PART = 0.6

#: Where a run does not look, a round may take this part of its time.
PLANNED_ROUNDS = 8

#: What the next round takes is told from so many before it.
RECENT = 3


def race_budget_s(cases: int) -> float:
    """Return the time for a run that looks for the best of so many cases, where nobody says another."""
    return max(USUAL_BUDGET_S, RACE_S_EACH * cases)


def planned_s(settings: Settings) -> float | None:
    """Return the time for a run, but for what it may grow to; None where its rounds alone end it."""
    if settings.rounds is not None and settings.budget_s is None:
        return None
    return settings.budget_s or USUAL_BUDGET_S


class Pace:
    """Keeps the time of a run."""

    def __init__(
        self, settings: Settings, monotonic_s: Callable[[], float], glance_s: Callable[[], float] | None = None
    ) -> None:
        """Start at once, by a clock in seconds; `glance_s` is the same one for what people are told."""
        self._settings = settings
        self._monotonic_s = monotonic_s
        self._glance_s = glance_s or monotonic_s
        self._started = monotonic_s()
        self._round_s: list[float] = []
        self.budget_s = settings.budget_s or USUAL_BUDGET_S
        """Of the whole run."""
        self._planned: int | None = None
        self._least = 1 if settings.budget_s is not None or settings.explains else MIN_ROUNDS

    @property
    def done(self) -> int:
        """Rounds so far."""
        return len(self._round_s)

    @property
    def spent_s(self) -> float:
        """Time since the start."""
        return self._monotonic_s() - self._started

    @property
    def left_s(self) -> float:
        """What is left of the budget."""
        return self.budget_s - self.spent_s

    @property
    def told_left_s(self) -> float:
        """The same for people, which nothing is planned by."""
        return self.budget_s - (self._glance_s() - self._started)

    @property
    def is_bounded(self) -> bool:
        """Whether the time may end the run before its rounds are done."""
        return planned_s(self._settings) is not None

    def add(self, round_s: float, counting_s: float = 0.0) -> None:
        """Count a round of all groups that took so long; what it took to see what workers do comes on top."""
        self._round_s.append(round_s - counting_s)
        self.budget_s += counting_s

    def another(self, next_s: float | None = None) -> bool:
        """Return whether another round is wanted and fits; a first one always does.

        Parameters
        ----------
        next_s
            What it is expected to take; None for as long as the longest of the last three.
        """
        if not self._round_s:
            return True
        if self._settings.looks and self.done >= self._settings.looks[-1]:
            return False
        if self._settings.rounds is not None and self.done >= self._settings.rounds:
            return False
        return not self.is_bounded or self.grown_left_s >= (max(self._round_s[-RECENT:]) if next_s is None else next_s)

    @property
    def grown_left_s(self) -> float:
        """What is left of the time that the next round may take: up to the fewest wanted, the budget may grow."""
        growth = MOST_GROWTH if self.done < self._least else 1.0
        if self.done == self._least - 1 > 0:
            growth = LAST_GROWTH
        return growth * self.budget_s - self.spent_s

    def plan(self, rounds: int) -> int:
        """Plan so many rounds, or as many as fit the time that is left; return how many that are."""
        if self.is_bounded:
            longest_s = max(self._round_s[-RECENT:])
            rounds = min(rounds, self.done + max(1, int(self.left_s / longest_s)))
        self._planned = rounds
        return rounds

    def share_s(self, groups: int) -> float:
        """Return the time for the next round of one of so many groups, its workers' start included."""
        looks = self._settings.looks
        following = next((look for look in looks if look > self.done), None)
        if following is None:
            return self.budget_s / PLANNED_ROUNDS / groups
        part = FIRST_PART if following == looks[0] else 1.0
        return part * self.left_s / (following - self.done) / groups

    def expected(self, left_s: float | None = None) -> tuple[int | None, float | None]:
        """Return how many rounds there will be and the seconds left; None before anything is known.

        Parameters
        ----------
        left_s
            Time for them; None for what is left of the budget.
        """
        if not self._round_s:
            return self._settings.rounds, None
        mean_s = mean(self._round_s[-RECENT:])
        fitting = self.done + max(0, int((self.left_s if left_s is None else left_s) / mean_s))
        expected = max(fitting, self._least)
        if self._planned:
            expected = self._planned
        if self._settings.looks:
            expected = min(expected, next((look for look in self._settings.looks if look > self.done), self.done))
        if self._settings.rounds is not None:
            within = expected if self._settings.budget_s else self._settings.rounds
            expected = min(within, self._settings.rounds)
        return expected, max(0.0, (expected - self.done) * mean_s)

    def progress(self, doing: str) -> Progress:
        """Return where the run stands while that is being done."""
        expected, left_s = self.expected(self.told_left_s)
        coming = None if expected is None else max(expected, self.done + 1)
        return Progress(doing=doing, rounds_done=self.done, rounds_expected=coming, left_s=left_s)
