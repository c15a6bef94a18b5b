"""How long a run goes on: rounds and passes, from what was asked for and what a round turned out to take."""

from collections.abc import Callable

from ..store.records import Settings
from . import round_plan
from .progress import Progress

#: Length of a run in seconds where neither --rounds nor --budget says another.
USUAL_BUDGET_S = 75.0

#: The part of the time that the wanted rounds may take where a run looks; the rest is for the pairs still undecided.
FIRST_PART = 0.6


class Pace:
    """Keeps the time of a run."""

    def __init__(self, settings: Settings, monotonic_s: Callable[[], float]) -> None:
        """Start at once, by a clock in seconds."""
        self._settings = settings
        self._monotonic_s = monotonic_s
        self._started = monotonic_s()
        self._round_s: list[float] = []
        self._budget_s = settings.budget_s or USUAL_BUDGET_S
        self._least = round_plan.WANTED_ROUNDS if settings.budget_s is None else 1

    @property
    def done(self) -> int:
        """Rounds so far."""
        return len(self._round_s)

    @property
    def left_s(self) -> float:
        """What is left of the budget."""
        return self._budget_s - (self._monotonic_s() - self._started)

    def add(self, round_s: float) -> None:
        """Count a round of all groups that took so long."""
        self._round_s.append(round_s)

    def another(self) -> bool:
        """Return whether another round is wanted and fits; a first one always does."""
        if not self._round_s:
            return True
        if self._settings.looks and self.done >= self._settings.looks[-1]:
            return False
        if self._settings.rounds is not None:
            if self.done >= self._settings.rounds:
                return False
            if self._settings.budget_s is None:
                return True
        return self.done < self._least or self.left_s >= max(self._round_s[-3:])

    def passes(self, pass_ns: int, start_ns: int, groups: int) -> int:
        """Return the passes of a group's rounds, from the time of one pass and of starting its workers."""
        part = FIRST_PART if self._settings.looks else 1.0
        share_s = part * self.left_s / round_plan.WANTED_ROUNDS / groups
        return round_plan.passes_for(pass_ns, start_ns, round(share_s * 1e9))

    def expected(self) -> tuple[int | None, float | None]:
        """Return how many rounds there will be and the seconds left; None before anything is known."""
        if not self._round_s:
            return self._settings.rounds, None
        mean_s = sum(self._round_s) / self.done
        fitting = self.done + max(0, int(self.left_s / mean_s))
        expected = max(fitting, self._least)
        if self._settings.looks:
            expected = min(expected, next((look for look in self._settings.looks if look > self.done), self.done))
        if self._settings.rounds is not None:
            within = expected if self._settings.budget_s else self._settings.rounds
            expected = min(within, self._settings.rounds)
        return expected, max(0.0, (expected - self.done) * mean_s)

    def progress(self, doing: str) -> Progress:
        """Return where the run stands while that is being done."""
        expected, left_s = self.expected()
        return Progress(doing=doing, rounds_done=self.done, rounds_expected=expected, left_s=left_s)
