"""From the records of workers to one number each: seconds and page faults a call, ratios of two. Pure."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from ..stats import intervals
from .records import Burst, Outcome, Round, Worker


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
    return paired(burst_values(rounds, candidate, of), burst_values(rounds, baseline, of))


def burst_values(
    rounds: Sequence[Round], arm: str, of: Callable[[Sequence[int]], float] = min
) -> dict[int, dict[int, float]]:
    """Return round -> pass -> ns per call of an arm, for the rounds that it finished; see `log_ratios`."""
    return {
        one.index: _burst_values(worker.bursts, of)
        for one in rounds
        for worker in one.workers
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


def seconds_per_call(worker: Worker) -> float:
    """Return the median over all samples of one worker, in seconds per call."""
    return median(ns / burst.number for burst in worker.bursts for ns in burst.sample_ns) * 1e-9


def min_seconds_per_call(worker: Worker) -> float:
    """Return the median over the passes of one worker of its bursts' minima, in seconds per call."""
    return median(_burst_values(worker.bursts, min).values()) * 1e-9


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
