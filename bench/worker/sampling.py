"""The timing loop: how fine the clock is, how many calls make a sample, and what is done between them, untimed."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from .outcome import Unfit

Clock = Callable[[], int]

#: Is given what a call has returned, and when by the clock, outside of the time.
Take = Callable[[Any, int], object]

_drawn_below = secrets.randbelow

#: A sample is at least this long: one call, or the smallest power of 2 of calls that reaches it (notes: stats, 3).
SHORTEST_SAMPLE_NS = 100_000

#: A sample is at least this many steps of the clock long, else it is timed again with more calls.
SHORTEST_SAMPLE_STEPS = 1000

#: The calls of a sample are chosen so that it may get so many times shorter before it is too short.
HEAD_ROOM = 4

#: However coarse the clock is, a sample of this length is long enough.
LONG_ENOUGH_NS = 250_000_000

#: Where calls are timed one by one, a sample and what is done between its calls take at most about this long.
LONGEST_ALONE_NS = 100_000_000

#: A clock is looked at so long, or until it has made so many steps.
LONGEST_LOOK_NS, STEPS = 20_000_000, 100

#: Between the samples of a burst passes at most so much of its time, and that share.
MOST_BETWEEN_NS, MOST_BETWEEN_SHARE = 1_000_000, 0.1

#: The shortest of so many samples tells how many calls a sample needs; of one that takes so long, that one alone.
TRIES, LONGEST_TRIED_NS = 3, 10_000_000


def clock_resolution_ns(clock: Clock = time.perf_counter_ns) -> int:
    """Return the smallest step that a clock which goes by itself was seen to make."""
    least, steps = 0, 0
    started = before = clock()
    while steps < STEPS and (not least or before - started < LONGEST_LOOK_NS):
        now = clock()
        if now != before:
            least = min(least or now - before, now - before)
            before, steps = now, steps + 1
    return least


def evictor(filler: Path) -> Callable[[], object]:
    """Return a function that reads a file which all workers have in memory, so that little else stays in the caches."""
    import numpy as np

    other = np.memmap(filler, np.uint64, mode="r")
    return other.max


class _One:
    """Takes what one of several calls has returned, each as likely as the others."""

    def __init__(self, take: Take, calls: int) -> None:
        self._take = take
        self._left = calls
        self._is_taken = False

    def __call__(self, result: Any, ended: int) -> None:
        if not self._is_taken and _drawn_below(self._left) == 0:
            self._is_taken = True
            self._take(result, ended)
        self._left -= 1


def _nobody(_result: Any, _ended: int) -> None:
    """Take nothing."""


def _nothing() -> None:
    """Do nothing."""


def _together(step: Callable[..., object], clock: Clock, calls: list[Iterator[None]], offer: Take) -> int:
    """Return the ns of some calls in a row; what the last of them returns is offered.

    Each call frees what the one before has returned, as the name is given nothing first. How many calls there are, no
    name says: the iterator is nowhere but in the loop.
    """
    result: object = None
    started = clock()
    for result in calls.pop():  # it is what frees the result before the next call
        result = step()  # noqa: PLW2901
    ended = clock()
    offer(result, ended)
    total = ended - started
    if result is not None:
        started = clock()
        result = None
        total += clock() - started
    return total


class Sampler:
    """Times samples of one step on one clock.

    Calls are timed together, as `timeit` does: what one returns is freed before the next, and that is timed too. Where
    something has to be done before each (inputs put back, caches filled), every call is timed alone and a sample is
    their sum: an error of a step of the clock in each averages out, for calls begin anywhere between two steps.
    """

    def __init__(self, step: Callable[..., object], clock: Clock, resolution_ns: int) -> None:
        self._step = step
        self._clock = clock
        self._resolution_ns = resolution_ns
        self._reachable_ns = LONG_ENOUGH_NS
        self.before: Callable[[], tuple[Any, ...] | None] | None = None
        """What is done before each call, untimed; it may return what that is called with."""

    @property
    def shortest_ns(self) -> int:
        """How long a sample has to be for its calls to be timed together."""
        return min(SHORTEST_SAMPLE_STEPS * self._resolution_ns, self._reachable_ns)

    @property
    def _is_timed_together(self) -> bool:
        """Whether the clock of this process shows all of the calls."""
        return self.before is None and self._clock is time.perf_counter_ns

    @property
    def _wanted_ns(self) -> int:
        return max(SHORTEST_SAMPLE_NS, HEAD_ROOM * self.shortest_ns)

    def samples(
        self, number: int, count: int, take: Take | None = None, begin: Callable[[], object] = _nothing
    ) -> list[int]:
        """Return the ns of `count` samples of `number` calls each; `begin` is called before each sample.

        What one of these calls returns goes to `take`, as soon as it has returned and outside of the time. Which call
        that is, is drawn when it has returned: none can be told beforehand from the one that is looked at.
        """
        offer = _One(take, count) if take else _nobody
        durations = []
        for _ in range(count):
            begin()
            durations.append(self._sample(number, 1 + _drawn_below(number), offer))
        return durations

    def call(self, take: Take) -> int:
        """Return the ns of one call, made and timed as those of a sample are; what it returns goes to `take`."""
        return self._sample(1, 1, take)

    def _sample(self, number: int, first: int, offer: Take) -> int:
        """Return the ns of a sample; what the call of that number returns is offered."""
        if self.before is not None:
            return self._alone(number, first, offer)
        total = _together(self._step, self._clock, [repeat(None, first)], offer)
        if first < number:
            total += _together(self._step, self._clock, [repeat(None, number - first)], _nobody)
        return int(total)

    def _alone(self, number: int, offered: int, offer: Take) -> int:
        step, clock, before = self._step, self._clock, self.before or tuple
        total = 0
        for place in range(1, number + 1):
            given = before() or ()
            started = clock()
            result = step(*given)
            ended = clock()
            total += ended - started
            if place == offered:
                offer(result, ended)
            if result is not None:
                started = clock()
                result = None
                total += clock() - started
        return int(total)

    def calls_in_a_sample(self, call_ns: float = 0) -> tuple[int, float]:
        """Return how many calls make a sample, a power of 2, and the ns of the shortest call seen meanwhile.

        `call_ns`: what a call took before, on the same clock; where it alone is a long sample, none is tried.
        """
        if self.before is None and call_ns >= max(self._wanted_ns, LONGEST_TRIED_NS):
            return 1, call_ns
        number, (shortest, took) = 1, self._shortest(1)
        if self.before is not None:
            return self._calls_alone(shortest)
        while shortest < self._wanted_ns and not self._is_all_there_is(shortest, took):
            number *= 2
            shortest, took = self._shortest(number)
        return number, shortest / number

    def _shortest(self, number: int) -> tuple[int, int]:
        """Return the ns of the shortest of a few samples, of a long one that alone, and how long a sample took."""
        started = time.perf_counter_ns()
        shortest = self.samples(number, 1)[0]
        took = time.perf_counter_ns() - started
        self._require_going(shortest, took)
        alone = took > (LONGEST_TRIED_NS if number == 1 else LONGEST_ALONE_NS)
        return shortest if alone else min(shortest, *self.samples(number, TRIES - 1)), took

    @property
    def _longest_ns(self) -> int:
        return HEAD_ROOM * max(LONG_ENOUGH_NS, self._wanted_ns)

    def _require_going(self, shown_ns: int, took_ns: int) -> None:
        """Raise Unfit for a clock that stood still."""
        if shown_ns == 0 and took_ns > self._longest_ns:
            raise Unfit("failed", f"its own clock (clock_ns) stood still over calls that took {took_ns} ns")

    def _is_all_there_is(self, shown_ns: int, took_ns: int) -> bool:
        """Return whether a clock of another program shows too little of the time for longer samples; keep to these."""
        if took_ns <= self._longest_ns:
            return False
        self._reachable_ns = min(self._reachable_ns, max(1, shown_ns // HEAD_ROOM))
        return True

    def _calls_alone(self, call_ns: int) -> tuple[int, float]:
        """Return how many calls, each wrong by up to a step, have a sum that is right to one part in as many steps.

        The error of a call is uniform with a standard deviation of step / sqrt(6), both ends together. Their number is
        bounded by the time that they take; only a sum of 0 gets more.
        """
        relative = self._resolution_ns / max(1, call_ns)
        needed = max((SHORTEST_SAMPLE_STEPS * relative) ** 2 / 6, SHORTEST_SAMPLE_NS / max(1, call_ns))
        number = 1
        while number < needed:
            started = time.perf_counter_ns()
            total = self._alone(number, number, _nobody)
            took = time.perf_counter_ns() - started
            self._require_going(total, took)
            if total and 2 * took > LONGEST_ALONE_NS:
                return number, call_ns or total / number
            number *= 2
        return number, call_ns

    def aside_ns(self) -> int:
        """Return how long a call takes beside what the clock shows of it, when nothing disturbs it."""
        if self._is_timed_together:
            return 0
        readings = []
        for _ in range(TRIES):
            started = time.perf_counter_ns()
            shown = self.samples(1, 1)[0]
            took = time.perf_counter_ns() - started
            readings.append(max(0, took - shown))
            if took > LONGEST_ALONE_NS:
                break
        return min(readings)

    def longer(self, number: int, shortest_ns: int) -> int | None:
        """Return how many calls a sample needs, where one of `number` calls was too short; None where it was not."""
        if self.before is not None:
            return None if shortest_ns else 2 * number
        if shortest_ns >= self.shortest_ns:
            return None
        longer = 2 * number
        while longer * shortest_ns < self._wanted_ns * number and longer < 1024 * number:
            longer *= 2
        return longer

    def contradiction(self, sample_ns: Sequence[int], passed_ns: int) -> str | None:
        """Return how samples contradict the time in which they were taken, None if they do not.

        Next to nothing is done between them, where calls are timed together.
        """
        total_ns = sum(sample_ns)
        if self.before is not None or passed_ns - total_ns <= MOST_BETWEEN_NS + MOST_BETWEEN_SHARE * passed_ns:
            return None
        return f"its samples hold {total_ns / 1e6:.2f} ms of the {passed_ns / 1e6:.2f} ms in which they were taken"
