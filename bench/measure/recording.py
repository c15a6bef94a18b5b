"""What becomes the record of a worker: what is known of it while its round lasts, and of each burst."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..machine.variables import ALLOCATOR
from ..store.records import Arm
from ..store.worker_records import DiscardedBurst, Outcome, Worker
from ..worker.protocol import BurstTimed, Counted, Finished, Started
from .round_plan import Paced, RoundPlan
from .worker_process import WorkerProcess


@dataclass(slots=True)
class Active:
    """A worker in a round, while the round lasts."""

    arm: Arm
    process: WorkerProcess
    record: Worker
    number: int = 1
    samples: int = 1
    call_ns: int = 0
    lost: str | None = None
    """Why the round has to be measured again, if so."""

    @property
    def burst_ns(self) -> int:
        """How long a burst is expected to take."""
        return self.samples * self.number * self.call_ns


def paced(active: Mapping[str, Active]) -> list[Paced]:
    """Return what the sizes of bursts depend on, of each worker."""
    return [Paced(name=name, case=one.arm.case, number=one.number, call_ns=one.call_ns) for name, one in active.items()]


def unmeasured(arm: Arm, pid: int, plan: RoundPlan, environ: Mapping[str, str]) -> Worker:
    """Return the record of a worker that has just been started."""
    return Worker(
        arm=arm.name,
        pid=pid,
        spawn_position=plan.spawn_order.index(arm.name),
        position=plan.positions.index(arm.name),
        outcome=Outcome.OK,
        reason=None,
        affinity=plan.cpus,
        pools=(),
        layout={},
        malloc={key: environ[key] for key in ALLOCATOR if key in environ},
        prepare_ns=None,
        first_call_ns=None,
        warmup_calls=0,
        verification=(),
        bursts=(),
        output_tail="",
    )


def prepared(record: Worker, reply: Started) -> Worker:
    """Return the record with what the worker found on the way to its first burst."""
    return replace(
        record,
        pools=reply.pools,
        layout=dict(reply.layout),
        prepare_ns=reply.prepare_ns,
        transfer_ns=reply.transfer_ns,
        own_clock=reply.own_clock,
        first_call_ns=reply.first_call_ns,
        warmup_calls=reply.warmup_calls,
        accepted=reply.accepted,
    )


def with_burst(record: Worker, reply: BurstTimed) -> Worker:
    """Return the record with one more burst, and with those that were or will be timed again: none is dropped."""
    again = (*record.discarded_bursts, *reply.discarded)
    if reply.longer is None:
        return replace(record, bursts=(*record.bursts, reply.burst), discarded_bursts=again)
    short = DiscardedBurst(burst=reply.burst, reason="its samples were too short for the clock")
    return replace(record, discarded_bursts=(*again, short))


def finished(record: Worker, reply: Finished) -> Worker:
    """Return the record with what the last calls showed."""
    return replace(record, verification=reply.verification, met_ns=reply.met_ns, unmet_ns=reply.unmet_ns)


def counted(record: Worker, reply: Counted) -> Worker:
    """Return the record with what an evaluation does."""
    return replace(record, counts=reply.counts, calls=reply.calls, costs=reply.costs, smallest_ns=reply.smallest_ns)
