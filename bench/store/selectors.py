"""From the records of workers to one number each: seconds and page faults a call, ratios of two. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from statistics import median

from msgspec.structs import replace

from ..stats import intervals
from .records import Arm, Round, Run
from .worker_records import Burst, Outcome, Worker

#: A first process that takes so long to its first result, and so many times as long as later ones, compiled for them.
LEAST_COLD_NS, TIMES_COLDER = 300_000_000, 2.0


def used_rounds(run: Run) -> tuple[Round, ...]:
    """Return the rounds that count.

    A group that has none has the passes done in a round that the run was interrupted in, if there are: enough for a
    first estimate, and for no interval.
    """
    return _used(run.rounds)


def _used(rounds: Sequence[Round]) -> tuple[Round, ...]:
    whole = {round_.group for round_ in rounds if round_.discarded is None}
    return tuple(
        round_
        for round_ in rounds
        if round_.discarded is None or (round_.unfinished and round_.passes and round_.group not in whole)
    )


def finished(run: Run) -> Run:
    """Return a run without the round that it was interrupted in, whose answers nobody checked a last time."""
    return replace(run, rounds=tuple(round_ for round_ in run.rounds if not round_.unfinished))


def doubts(run: Run) -> dict[str, str]:
    """Return group -> why a right result of it tells little, if so: of its inputs, or of what was returned."""
    found = dict(run.doubts)
    for round_ in run.rounds:
        for doubt in filter(None, (worker.doubt for worker in round_.workers)):
            found.setdefault(round_.group, doubt)
    return found


def take_arrays(rounds: Iterable[Round]) -> bool:
    """Return whether an array was seen among the inputs of some rounds, or nothing was seen of them."""
    seen = [worker for one in rounds for worker in one.workers if worker.bursts]
    return not seen or any(worker.layout for worker in seen)


class GroupRounds:
    """The rounds of a group by arm: how each ended, its workers that count, and ratios. Each burst is read once."""

    def __init__(self, arms: Sequence[Arm], rounds: Sequence[Round]) -> None:
        """Take the arms of a group, and its rounds, those that do not count among them."""
        self.arms = tuple(arms)
        self.rounds = tuple(rounds)
        self.used = _used(rounds)
        """Those that count."""
        self.baseline = next((arm for arm in self.arms if arm.baseline and not arm.again), None)
        self.again = next((arm for arm in self.arms if arm.again), None)
        self._workers: dict[str, dict[int, Worker]] = {}
        for round_ in self.used:
            for worker in round_.workers:
                self._workers.setdefault(worker.arm, {})[round_.index] = worker
        self._ended: dict[str, Worker] = {}
        for worker in (worker for round_ in rounds for worker in round_.ended):
            self._ended.setdefault(worker.arm, worker)
        self._first_call_ns = {
            worker.arm: worker.first_call_ns for round_ in rounds if round_.unfinished for worker in round_.workers
        }
        self._values: dict[tuple[str, Callable[[Sequence[int]], float]], dict[int, dict[int, float]]] = {}
        self._seconds: dict[str, dict[int, float]] = {}

    def workers(self, arm: Arm) -> Mapping[int, Worker]:
        """Return round -> worker of an arm, for the rounds that count."""
        return self._workers.get(arm.name, {})

    def ended(self, arm: Arm) -> Worker | None:
        """Return the first worker of an arm that ended otherwise than ok, be its round discarded; None where none did.

        The baseline shares the end of its second arm.
        """
        twin = self.again if arm is self.baseline else None
        return self._ended.get(arm.name) or (self._ended.get(twin.name) if twin else None)

    def first_call_ns(self, arm: Arm) -> int | None:
        """Return the time of an arm's first call in a round that was not finished; None if it made none.

        The baseline has that of its second arm, where that one was ready before it.
        """
        twin = self.again if arm is self.baseline else None
        return self._first_call_ns.get(arm.name) or (self._first_call_ns.get(twin.name) if twin else None)

    def outcome(self, arm: Arm) -> Outcome:
        """Return how an arm's case ended: badly if any of its workers did."""
        ended = self.ended(arm)
        if ended is not None:
            return ended.outcome
        return Outcome.OK if self.workers(arm) else Outcome.NOT_MEASURED

    def log_ratios(self, candidate: Arm, baseline: Arm, of: Callable[[Sequence[int]], float] = min) -> dict[int, float]:
        """Return round -> log-ratio of two arms, as `log_ratios` does."""
        return paired(self._burst_values(candidate, of), self._burst_values(baseline, of))

    def seconds_per_call(self, arm: Arm) -> Mapping[int, float]:
        """Return round -> median over all samples of an arm's worker, for the rounds that count."""
        if arm.name not in self._seconds:
            self._seconds[arm.name] = {index: seconds_per_call(one) for index, one in self.workers(arm).items()}
        return self._seconds[arm.name]

    def min_seconds_per_call(self, arm: Arm) -> dict[int, float]:
        """Return round -> median over passes of the bursts' minima, for the rounds that the arm finished."""
        return {index: median(values.values()) * 1e-9 for index, values in self._burst_values(arm, min).items()}

    def peak_bytes(self, arm: Arm) -> dict[int, int]:
        """Return round -> peak of an arm's memory, for the rounds that know it."""
        peaks = {index: peak_bytes(worker) for index, worker in self.workers(arm).items()}
        return {index: peak for index, peak in peaks.items() if peak is not None}

    def extent(self, arm: Arm) -> tuple[float, float]:
        """Return the least and the largest of the bursts' minima, in ns per call, of an arm that finished a round."""
        values = [value for by_pass in self._burst_values(arm, min).values() for value in by_pass.values()]
        return min(values), max(values)

    def log_seconds(self, arm: Arm) -> dict[int, float]:
        """Return round -> logarithm of `min_seconds_per_call`."""
        return {index: log(seconds) for index, seconds in self.min_seconds_per_call(arm).items()}

    def _burst_values(self, arm: Arm, of: Callable[[Sequence[int]], float]) -> dict[int, dict[int, float]]:
        if (arm.name, of) not in self._values:
            self._values[arm.name, of] = {
                index: _burst_values(worker.bursts, of)
                for index, worker in self.workers(arm).items()
                if worker.outcome == Outcome.OK
            }
        return self._values[arm.name, of]


def by_group(run: Run) -> dict[str, GroupRounds]:
    """Return the rounds of each group that has an arm, in the order of the arms."""
    arms: dict[str, list[Arm]] = {}
    for arm in run.arms:
        arms.setdefault(arm.case.group, []).append(arm)
    rounds: dict[str, list[Round]] = {}
    for round_ in run.rounds:
        rounds.setdefault(round_.group, []).append(round_)
    return {name: GroupRounds(members, rounds.get(name, [])) for name, members in arms.items()}


def log_ratios(
    rounds: Sequence[Round], candidate: str, baseline: str, of: Callable[[Sequence[int]], float] = min
) -> dict[int, float]:
    """Return round -> log-ratio of two arms, for the rounds that both finished; ratios are formed within a round only.

    Parameters
    ----------
    rounds
        Rounds of one group.
    candidate, baseline
        Names of the arms.
    of
        What makes one value of a burst's samples: min, or median.
    """
    return paired(_values_of(rounds, candidate, of), _values_of(rounds, baseline, of))


def _values_of(rounds: Sequence[Round], arm: str, of: Callable[[Sequence[int]], float]) -> dict[int, dict[int, float]]:
    """Return round -> pass -> ns per call of an arm, for the rounds that it finished; see `log_ratios`."""
    return {
        round_.index: _burst_values(worker.bursts, of)
        for round_ in rounds
        for worker in round_.workers
        if worker.arm == arm and worker.outcome == Outcome.OK
    }


def paired(
    candidate: Mapping[int, Mapping[int, float]], baseline: Mapping[int, Mapping[int, float]]
) -> dict[int, float]:
    """Return round -> log-ratio of two arms' `burst_values`, for the rounds that have one."""
    ratios = {
        index: intervals.pass_log_ratio(own, baseline[index]) for index, own in candidate.items() if index in baseline
    }
    return {index: ratio for index, ratio in ratios.items() if ratio is not None}


def _burst_values(bursts: Sequence[Burst], of: Callable[[Sequence[int]], float]) -> dict[int, float]:
    """Return pass -> ns per call."""
    return {burst.pass_index: of(burst.sample_ns) / burst.number for burst in bursts}


def burst_minima(worker: Worker) -> dict[int, float]:
    """Return pass -> ns per call of a worker's bursts, by their shortest sample."""
    return _burst_values(worker.bursts, min)


def seconds_per_call(worker: Worker) -> float:
    """Return the median over all samples of one worker, in seconds per call."""
    values: list[float] = []
    for burst in worker.bursts:
        number = burst.number
        values += [ns / number for ns in burst.sample_ns]
    return median(values) * 1e-9


def min_seconds_per_call(worker: Worker) -> float:
    """Return the median over the passes of one worker of its bursts' minima, in seconds per call."""
    return median(burst_minima(worker).values()) * 1e-9


def faults_per_call(worker: Worker) -> float | None:
    """Return the minor page faults per call of one worker: median over its bursts; None where they are unknown.

    They are counted for the worker's own process, and not known of another program that computes for it.
    """
    if worker.own_clock:
        return None
    known = [
        burst.minor_faults / (burst.number * len(burst.sample_ns))
        for burst in worker.bursts
        if burst.minor_faults is not None
    ]
    return median(known) if known else None


def peak_bytes(worker: Worker) -> int | None:
    """Return the peak of one worker's memory; None where it is unknown."""
    return worker.peak.resident_bytes if worker.peak else None


def cold_start_s(workers: Sequence[Worker]) -> float | None:
    """Return how long the first worker took to its first result, None where it was not far longer than later ones."""
    starts = [
        one.prepare_ns + one.first_call_ns
        for one in workers
        if one.prepare_ns is not None and one.first_call_ns is not None
    ]
    if len(starts) < 2 or starts[0] < max(LEAST_COLD_NS, TIMES_COLDER * median(starts[1:])):
        return None
    return starts[0] * 1e-9
