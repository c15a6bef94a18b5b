"""What the parent sees of a worker by itself, around a burst: its clock and CPU time are held against what it says.

A worker that is measured on its own word could slow its clock, compute beside it, or leave its CPU. None of what is
seen here can be changed by its code. A busy machine makes a burst longer, never shorter, and gives no process more CPU
time than has passed on the CPUs that it may use.
"""

import os
import time
from collections.abc import Sequence

from msgspec import Struct

from ..machine import affinity, usage
from ..machine.threads import CPU_SLACK, SHORTEST_JUDGED_NS
from ..store.worker_records import Outcome
from . import descendants

#: Reading an order, replying, errors of clocks: CPU time may exceed the time told by so much, and by this share.
TOLD_NS, TOLD_SHARE = 1_000_000, 0.02

#: Waking takes longer: the wall time may exceed the time told by so much more, and by this share.
WAITED_NS, WAITED_SHARE = 5_000_000, 0.1

#: A burst that contradicts what is seen is timed again; so many in a row end the case.
MOST_CONTRADICTIONS = 3


class Contradiction(Struct, frozen=True, kw_only=True):
    """What contradicts a worker's word."""

    reason: str
    outcome: Outcome
    """How the case ends if it goes on: what only clocks say may be a machine that is too busy, and nobody's fault."""


class Seen(Struct, frozen=True, kw_only=True):
    """What is seen of a worker at one moment; None is what the system does not tell."""

    at_ns: int
    cpu_ns: int | None
    """CPU time of the worker and of all that it has started, as far as that lives."""
    waited_ns: int
    """How long it and this process could have computed but others had the CPU."""
    cpus: frozenset[int] | None = None
    """On which it may compute, with all its threads and all that it has started."""
    scheduling: frozenset[tuple[int, int]] | None = None
    """Its policies, and its nice values."""


def look(pid: int) -> Seen:
    """Return what is seen of a worker now."""
    processes = [pid, *descendants.below(pid)]
    times = [usage.cpu_ns_of(one) for one in processes]
    waited_ns = usage.waited_ns(os.getpid()) + sum(map(usage.waited_ns, processes))
    return Seen(
        at_ns=time.monotonic_ns(),
        cpu_ns=None if times[0] is None else sum(one or 0 for one in times),
        waited_ns=waited_ns,
        cpus=affinity.of_all(processes),
        scheduling=affinity.scheduling(processes),
    )


def moved(seen: Seen, cpus: Sequence[int], own: frozenset[tuple[int, int]] | None) -> Contradiction | None:
    """Return how a worker has left the place that it was given; None where it has not.

    Parameters
    ----------
    seen
        Of the worker.
    cpus
        On which it was to stay; empty: on all.
    own
        The scheduling of this process, which workers are started with.
    """
    if cpus and seen.cpus is not None and not seen.cpus <= set(cpus):
        reason = f"changed the CPUs that it may use to {sorted(seen.cpus)}, it was given {sorted(cpus)}"
        return Contradiction(reason=reason, outcome=Outcome.FAILED)
    if own is not None and seen.scheduling is not None and seen.scheduling != own:
        return Contradiction(reason="changed how the system schedules it", outcome=Outcome.FAILED)
    return None


def by_others(left: Contradiction) -> Contradiction:
    """Return how that is told of a worker which was stopped meanwhile: it is not its own doing."""
    reason = f"another process has interfered while it was stopped: by that it {left.reason}"
    return Contradiction(reason=reason, outcome=Outcome.NOT_MEASURED)


def contradiction(before: Seen, after: Seen, *, told_ns: int, threads: int) -> Contradiction | None:
    """Return how what was seen over an order contradicts the time that the worker tells of it; None if it does not.

    Parameters
    ----------
    before, after
        Before the order was sent, and after its reply had come.
    told_ns
        How long it took by the worker's clock.
    threads
        That it was asked to use.
    """
    reason = _contradiction(before, after, told_ns, threads)
    return Contradiction(reason=reason, outcome=Outcome.NOT_MEASURED) if reason else None


def _contradiction(before: Seen, after: Seen, told_ns: int, threads: int) -> str | None:
    if before.cpu_ns is None or after.cpu_ns is None:
        return None
    passed_ns, used_ns = after.at_ns - before.at_ns, after.cpu_ns - before.cpu_ns
    if passed_ns >= SHORTEST_JUDGED_NS and used_ns > (threads + CPU_SLACK) * passed_ns:
        return f"it and what it has started used {used_ns / passed_ns:.2f} CPUs, {threads} asked for"
    if threads == 1 and used_ns > told_ns * (1 + TOLD_SHARE) + TOLD_NS:
        return (
            f"by its own clock a burst took {told_ns / 1e6:.2f} ms, in which it used {used_ns / 1e6:.2f} ms of CPU time"
        )
    missing_ns = passed_ns - (after.waited_ns - before.waited_ns) - told_ns
    if missing_ns > WAITED_SHARE * passed_ns + WAITED_NS:
        return f"by its own clock a burst took {told_ns / 1e6:.2f} ms, by that of its parent {passed_ns / 1e6:.2f} ms"
    return None
