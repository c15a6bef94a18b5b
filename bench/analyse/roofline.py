"""The roofline model: how near each implementation comes to what this machine's limits allow. Pure.

Williams, Waterman & Patterson, Roofline: an insightful visual performance model for multicore architectures, CACM 52
(2009), 65-76: attainable flop/s = min(peak flop/s, intensity x peak bytes/s), where intensity = flops / bytes of the
computation. In time this reads: no call is shorter than max(flops / peak flop/s, bytes / peak bytes/s), which also
holds for what computes nothing. Flops and bytes are those of the problem's `work`, the bytes those that any
implementation must move; the peaks are not those of a data sheet, but measured in the same rounds.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import inf, log
from statistics import median

from msgspec import Struct

from ..stats import intervals
from ..stats.intervals import Estimate
from ..stats.sequential import FIXED, Stopping
from ..store.records import Limit, Run
from ..store.selectors import GroupRounds
from ..store.worker_records import Burst, Outcome, Worker
from .findings import Finding, GroupFindings, estimate
from .verdict import Ratio


def intensity(work: Mapping[str, float]) -> float:
    """Return the flops a byte of {"flops": ..., "bytes": ...}; infinite where no byte must be moved."""
    return work["flops"] / work["bytes"] if work["bytes"] else inf


#: A limit whose fastest calls took so many times their own CPU time was measured while it waited for a CPU.
MOST_WAITED = 1.1

#: A share whose interval's ends are further apart than this factor says too little to be given.
WIDEST = 1.3


class Doubt(StrEnum):
    """Why a share is not given, or not believed."""

    WAITED = "the limit waited for a CPU"
    ROUNDS_DIFFER = "the rounds differ"
    ABOVE = "above the limit"


class Roof(Struct, frozen=True, kw_only=True):
    """A limit that was measured."""

    limit: Limit
    rate: Estimate
    """Of its resource, flops or bytes, a second: from burst minima, median over rounds."""
    waited: float | None = None
    """Wall time of a burst's fastest sample over the CPU time of a sample, median over bursts; None where unknown.

    Well above 1, other programs took turns with even the fastest calls, and the limit was measured too low. Calls that
    are much shorter than such a turn are not caught by it: so code that is may look faster than its limit.
    """

    @property
    def uncertain(self) -> bool:
        """Whether other programs kept it from being measured."""
        return self.waited is not None and self.waited > MOST_WAITED


class Placed(Struct, frozen=True, kw_only=True):
    """Where an implementation stands under the roofs."""

    finding: Finding
    flops_per_second: float
    bytes_per_second: float
    """Both from the problem's work and the least time: what it computes or moves beyond that does not count."""
    share: Ratio | None
    """Shortest time that the limits allow / its time, from burst minima paired within rounds.

    None where the limit was measured badly: `doubt` tells why.
    """
    doubt: Doubt | None = None
    """With a share: its interval lies above 1, so that limit, work or implementation are not what they should be."""


class Roofline(Struct, frozen=True, kw_only=True):
    """A group under this machine's roofs."""

    group: GroupFindings
    work: Mapping[str, float]
    roofs: tuple[Roof, ...]
    missing: tuple[tuple[Limit, str], ...]
    """Limits that were not measured, with the reason."""
    binding: Roof
    """Of those that apply, the one that keeps the group's implementations from being faster."""
    placed: tuple[Placed, ...]
    """The cases with a time, fastest first."""

    @property
    def intensity(self) -> float:
        """Flops a byte, of the problem."""
        return intensity(self.work)

    @property
    def ridge(self) -> float | None:
        """The intensity at which the peaks of computing and of moving bytes meet; None if either is unknown."""
        peaks = {resource: peak(self.roofs, resource) for resource in ("flops", "bytes")}
        flops, moved = peaks["flops"], peaks["bytes"]
        return flops.rate.value / moved.rate.value if flops and moved else None


def rooflines(run: Run, groups: Sequence[GroupFindings]) -> tuple[Roofline, ...]:
    """Return the groups beside which a limit was measured, each under its roofs."""
    found = (_roofline(run, group) for group in groups)
    return tuple(one for one in found if one is not None)


def peak(roofs: Sequence[Roof], resource: str) -> Roof | None:
    """Return the highest of the roofs that apply to a resource, ``flops`` or ``bytes``."""
    applying = [roof for roof in roofs if roof.limit.applies and roof.limit.resource == resource]
    return max(applying, key=lambda roof: roof.rate.value, default=None)


def roofs_of(run: Run, group: GroupFindings) -> tuple[Roof, ...]:
    """Return the limits that were measured beside a group."""
    return tuple(made for _limit, made in _limits(run, group) if isinstance(made, Roof))


def _limits(run: Run, group: GroupFindings) -> list[tuple[Limit, Roof | str]]:
    """Return each limit of a group with its roof, or why there is none."""
    return [(limit, _roof(limit, group.rounds)) for limit in run.limits if limit.group == group.name]


def _roofline(run: Run, group: GroupFindings) -> Roofline | None:
    work = run.problem.work.get(group.name)
    roofs = roofs_of(run, group)
    peaks = [found for resource in ("flops", "bytes") if (found := peak(roofs, resource))]
    if work is None or not peaks:
        return None
    binding = max(peaks, key=lambda roof: work[roof.limit.resource] / roof.rate.value)
    return Roofline(
        group=group,
        work=work,
        roofs=roofs,
        missing=tuple((limit, made) for limit, made in _limits(run, group) if not isinstance(made, Roof)),
        binding=binding,
        placed=tuple(_placed(finding, work, binding, group.rounds, run.settings.stopping) for finding in group.ok),
    )


def _roof(limit: Limit, rounds: GroupRounds) -> Roof | str:
    """Return a limit's rate, or why there is none."""
    workers = rounds.workers(limit.arm).values()
    bad = next((worker for worker in workers if worker.outcome != Outcome.OK), None)
    if bad is not None:
        return bad.reason or bad.outcome.value
    timed = [worker for worker in workers if worker.bursts]
    if not timed:
        return "not measured"
    seconds = intervals.median_interval([*rounds.min_seconds_per_call(limit.arm).values()])
    rate = seconds.mapped(lambda time: limit.work[limit.resource] / time)
    return Roof(limit=limit, rate=rate, waited=_waited(limit, timed))


def _waited(limit: Limit, workers: Sequence[Worker]) -> float | None:
    """Return how much longer the fastest samples took than they computed; known of one thread only."""
    if limit.arm.case.threads != 1:
        return None
    found = [waited for worker in workers for burst in worker.bursts if (waited := _waited_in(burst)) is not None]
    return median(found) if found else None


def _waited_in(burst: Burst) -> float | None:
    return min(burst.sample_ns) * len(burst.sample_ns) / burst.cpu_ns if burst.cpu_ns else None


def _placed(
    finding: Finding, work: Mapping[str, float], binding: Roof, rounds: GroupRounds, stopping: Stopping
) -> Placed:
    seconds = finding.min_seconds_per_call.value if finding.min_seconds_per_call else inf
    found = share(rounds.log_ratios(finding.arm, binding.limit.arm), work, binding.limit, stopping)
    doubt = doubt_of(found, binding)
    return Placed(
        finding=finding,
        flops_per_second=work["flops"] / seconds,
        bytes_per_second=work["bytes"] / seconds,
        share=found if doubt in (None, Doubt.ABOVE) else None,
        doubt=doubt,
    )


def doubt_of(share: Ratio | None, binding: Roof) -> Doubt | None:
    """Return why a share of a limit is not given or not believed; None where it is."""
    if share is None:
        return None
    low, high = (share.interval.low, share.interval.high) if share.interval else (share.value, share.value)
    waited = (binding.waited or 1.0) if binding.uncertain else 1.0
    if low > waited:  # by more than the waiting explains
        return Doubt.ABOVE
    if binding.uncertain:
        return Doubt.WAITED
    return Doubt.ROUNDS_DIFFER if high > WIDEST * low else None


def share(
    over_limit: Mapping[int, float], work: Mapping[str, float], limit: Limit, stopping: Stopping = FIXED
) -> Ratio | None:
    """Return which share of a limit an implementation reaches, with the interval over rounds.

    In each round the shortest time that the limit allows is the time of the limit's own call, times the work of the
    problem over the work of that call; so the share's logarithm is that of the ratio of works less that of the ratio of
    times, and its interval is that of the ratio of times, moved.

    Parameters
    ----------
    over_limit
        Round -> log(time of the implementation / time of the limit's call).
    work
        Of the problem.
    stopping
        Of the run; see `sequential`.
    """
    found = estimate(over_limit, stopping)
    amount = work[limit.resource] / limit.work[limit.resource]
    if found is None or amount <= 0:
        return None
    return Ratio.of(found.mapped(lambda value: value - log(amount))).inverse()
