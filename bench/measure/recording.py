"""What becomes the record of a worker: what is known of it while its round lasts, and of each burst."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from ..machine import load
from ..machine.variables import ALLOCATOR
from ..store.records import INTERRUPTED, Arm, Round
from ..store.worker_records import ANEW, DiscardedBurst, Outcome, Spent, Worker, worst
from ..worker.protocol import FIRST, BurstTimed, Changed, Kept, Returned, Started, Verified
from ..worker.untimed import Counted
from .ended import Ended
from .round_plan import BurstSize, BurstSizes, Paced, RoundPlan
from .worker_process import WorkerProcess

Told = TypeVar("Told")


class Active(Struct):
    """A worker in a round, while the round lasts."""

    arm: Arm
    process: WorkerProcess
    record: Worker
    number: int = 1
    samples: int = 1
    call_ns: int = 0
    stayed: bool = False
    """Whether it was in its place when it was stopped: what is otherwise after that, others have done."""
    lost: str | None = None
    """Why the round has to be measured again, if so."""
    content: str = FIRST
    """Name of the contents that its inputs have now."""
    returned: list[Returned] = field(default_factory=list)
    """What its calls returned and nobody has verified yet."""
    keeps: frozenset[int] = frozenset()
    """Passes in which something is kept of what its calls return."""
    largest_kept: int = 0
    """Bytes of what a call returns."""
    spent_ns: Counter[str] = field(default_factory=Counter)
    """Name of a field of `Spent` -> ns so far."""

    @property
    def size(self) -> BurstSize:
        """What a burst is expected to be."""
        return BurstSize(call_ns=self.call_ns, number=self.number, samples=self.samples)

    @contextmanager
    def spending(self, name: str) -> Iterator[None]:
        """Count the time that what is done in here takes to a field of `Spent`."""
        started = time.monotonic_ns()
        try:
            yield
        finally:
            self.spent_ns[name] += time.monotonic_ns() - started

    def keep(self, folder: Path, digest: str | None, *, first: bool = False) -> None:
        """Note what a call has returned; Ended where nothing was kept of it."""
        if digest is None:
            raise Ended(Outcome.FAILED, "its worker kept nothing that could be verified")
        self.returned.append(Returned(kept=Kept(folder=folder, digest=digest), content=self.content, first=first))

    def record_verified(self, found: Verified) -> None:
        """Put on the record how far results were from what is right: the largest errors count; and how good it is."""
        self.record = replace(
            self.record,
            verification=worst(self.record.verification, found.verification),
            quality=self.record.quality if found.quality is None else found.quality,
            doubt=self.record.doubt or found.doubt,
        )

    def whole_record(self) -> Worker:
        """Return the record, with where the time went."""
        return replace(self.record, spent=Spent(**self.spent_ns))


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


def prepared(record: Worker, reply: Started, *, copies: bool) -> Worker:
    """Return the record with what the worker found until its first burst; `copies`: whether it copies its inputs."""
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
        consumed=reply.consumed or (ANEW if copies else None),
        returns=dict(reply.returns),
        shares=reply.shares,
    )


def with_burst(record: Worker, reply: BurstTimed) -> Worker:
    """Return the record with one more burst, and with those that were or will be timed again: none is dropped."""
    again = (*record.discarded_bursts, *reply.discarded)
    if reply.longer is None:
        return replace(record, bursts=(*record.bursts, reply.burst), discarded_bursts=again)
    short = DiscardedBurst(burst=reply.burst, reason="its samples were too short for the clock")
    return replace(record, discarded_bursts=(*again, short))


def changed(record: Worker, reply: Changed) -> Worker:
    """Return the record with what a change of the contents showed: memory, and the shortest times, as others only add.

    Of long calls no call is made for that on contents that were met: those of the bursts are. Their lower quartile
    stands for them, as the shortest of many would for more than one or two calls on new contents can be held against.
    """
    met_ns, unmet_ns = reply.met_ns, reply.unmet_ns
    if met_ns is None and unmet_ns is not None and record.bursts:
        calls = sorted(ns // burst.number for burst in record.bursts for ns in burst.sample_ns)
        met_ns = calls[len(calls) // 4]
    return replace(
        record,
        met_ns=_least(record.met_ns, met_ns),
        unmet_ns=_least(record.unmet_ns, unmet_ns),
        anew_ns=_least(record.anew_ns, reply.anew_ns),
        peak=reply.peak or record.peak,
        consumed=record.consumed or (ANEW if reply.copies else None),
        shares=reply.shares,
    )


def _least(*times: int | None) -> int | None:
    return min((one for one in times if one is not None), default=None)


def discarded(record: Worker, reply: BurstTimed, reason: str) -> Worker:
    """Return the record with a burst that will be timed again."""
    again = (*record.discarded_bursts, *reply.discarded, DiscardedBurst(burst=reply.burst, reason=reason))
    return replace(record, discarded_bursts=again)


def counted(record: Worker, reply: Counted) -> Worker:
    """Return the record with what was seen of an evaluation."""
    return replace(
        record,
        counts=_known(reply.counts, record.counts),
        calls=_known(reply.calls, record.calls),
        functions=_known(reply.functions, record.functions),
        lines=_known(reply.lines, record.lines),
        lines_watched=record.lines_watched if reply.lines is None else reply.lines_watched,
        costs=_known(reply.costs, record.costs),
        smallest_ns=_known(reply.smallest_ns, record.smallest_ns),
    )


def _known(told: Told | None, before: Told | None) -> Told | None:
    return before if told is None else told


class OpenRound(Struct, kw_only=True):
    """A round while it lasts."""

    index: int
    group: str
    plan: RoundPlan
    before: load.Snapshot
    started_ns: int
    active: list[Active] = field(default_factory=list)
    passes: int = 0
    """Those that are whole so far."""

    def so_far(self, discarded: str | None = None) -> Round:
        """Return its record as it is now."""
        return Round(
            index=self.index,
            group=self.group,
            start_ns=self.started_ns,
            duration_ns=time.monotonic_ns() - self.started_ns,
            hash_seed=self.plan.hash_seed,
            padding=self.plan.padding,
            passes=self.passes,
            load=load.load_between(self.before, load.snapshot()),
            workers=tuple(one.whole_record() for one in self.active),
            discarded=discarded,
        )


class Past(Struct, kw_only=True):
    """What the rounds of a run tell those that follow."""

    sizes: BurstSizes = field(default_factory=BurstSizes)
    killed: set[str] = field(default_factory=set)
    """Arms of which somebody else has ended a worker, so that their round was measured once more."""

    def recall(self, held: Round, bursts: Mapping[str, BurstSize]) -> None:
        """Take note of a round that was held before the run was interrupted, with what bursts were expected to be."""
        self.sizes.recall(bursts, {one.arm: one.bursts[-1].number for one in held.workers if one.bursts})
        if held.discarded:
            self.killed |= {one.arm for one in held.workers if one.outcome == Outcome.NOT_MEASURED}


def unfinished(one: Round) -> Round | None:
    """Return what is known of a round that will not be finished: its whole passes; None where no worker was ready."""
    workers = tuple(
        replace(worker, bursts=tuple(burst for burst in worker.bursts if burst.pass_index < one.passes))
        for worker in one.workers
        if worker.first_call_ns is not None or worker.outcome != Outcome.OK
    )
    return replace(one, workers=workers, discarded=INTERRUPTED) if workers else None
