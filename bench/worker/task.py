"""What a worker does with one implementation on one case: prepare, call, time, count; what it returns others verify."""

import gc
import inspect
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..machine import threads, usage
from ..machine.collector import collector_off
from ..store.worker_records import Burst, DiscardedBurst
from . import correctness
from .caches import Caches
from .checker import Checker
from .forcing import forced
from .inputs import Arena
from .integrity import Integrity
from .keeping import Keeping, keep
from .loading import loaded, problem_functions
from .originals import Originals
from .outcome import Unfit, Wrong, held_against, judged
from .outputs import Outputs, named
from .pools import obedient_pools
from .protocol import BurstTimed, Change, Changed, Counted, Start, Started, TimeBurst
from .sampling import Sampler, clock_resolution_ns, evictor

#: Warm-up, behind the first call: so long, in one call at least; in a single one that takes longer than SLOW_CALL_NS.
WARMUP_NS, SLOW_CALL_NS = 50_000_000, 500_000_000

#: A burst whose CPU time contradicts the threads asked for is timed again; so many in a row end the case.
MOST_CONTRADICTIONS = 3


class Bench:
    """One implementation on one case, from import to the last check."""

    def __init__(self, order: Start) -> None:
        self._order, self._spec = order, order.spec
        self._integrity = Integrity()  # before any code of the implementation runs
        self._wall_ns = time.perf_counter_ns
        self._guard = threads.Guard(order.spec.case.threads or 1)
        self._resolution_ns = clock_resolution_ns()
        self._evict = evictor(order.filler) if order.filler else None
        self._consumed: str | None = None
        self._given: tuple[Any, ...] = ()

    def start(self) -> Started:
        """Prepare, call, warm up; return what was found on the way."""
        began, order = self._wall_ns(), self._order
        originals = Originals(self._spec)
        with judged():
            self._fresh = problem_functions(self._spec).fresh if originals.making.renews or self._spec.origin else None
        inout, renews = self._spec.inout, self._fresh is not None
        self._arena = Arena(originals, order.layout, inout, first=originals.first, renews=renews)
        self._tested = originals.making.judges
        self._checker = Checker(self._spec, self._arena, originals)
        layout = self._arena.required_layout(order.layout)
        self._prepare = loaded(order, renews=self._fresh is not None).prepare
        self._guard.limit()
        started = self._wall_ns()
        self._make_step()
        prepared = self._wall_ns()
        self._guard.limit()
        pools = obedient_pools(self._guard, self._step)
        first_call_ns, warmup_calls, kept = self._call_and_warm_up()
        with judged(), collector_off():
            number, call_ns = self._sampler.calls_in_a_sample()
            aside_ns = self._sampler.aside_ns()
        warmed = self._wall_ns()
        self._integrity.require()
        self._ready_ns = prepared - started + first_call_ns
        return Started(
            pools=pools,
            layout=layout,
            prepare_ns=prepared - started,
            transfer_ns=getattr(self._step, "transfer_ns", None),
            own_clock=hasattr(self._step, "clock_ns"),
            first_call_ns=first_call_ns,
            warmup_calls=warmup_calls,
            call_ns=max(1, round(call_ns)) + aside_ns,
            number=number,
            accepted=originals.making.accepts,
            consumed=self._consumed or self._caches.told(),
            preparing_ns=self._called_ns - began,
            warming_ns=warmed - self._looked_ns,
            kept=kept,
        )

    def _make_step(self) -> None:
        """Prepare the implementation on the inputs as they are now."""
        with judged():
            self._step = self._prepare(dict(self._arena.inputs))
            if inspect.iscoroutine(self._step):
                self._step.close()
            if not callable(self._step):
                raise Wrong(f"prepare(inputs) returned a {type(self._step).__name__}, expected a function")
        self._caches = Caches(self._step)
        if self._consumed:
            with judged(), collector_off():
                result = self._step(*self._before())
            self._force(result)
        self._set_up_sampler()

    def _set_up_sampler(self) -> None:
        if hasattr(self._step, "clock_ns") and not self._order.own_clock:
            name = self._order.implementation
            raise Unfit(
                "failed", f'brings a clock of its own (step.clock_ns): its problem has to say CLOCKS = ("{name}",)'
            )
        self._clock = getattr(self._step, "clock_ns", self._wall_ns)
        with judged():
            resolution_ns = max(self._resolution_ns, getattr(self._step, "clock_resolution_ns", 0))
        self._sampler = Sampler(self._step, self._clock, resolution_ns)
        if self._evict or self._arena.overwritten or self._fresh or self._caches.forget:
            self._sampler.before = self._before

    def _before(self) -> tuple[Any, ...]:
        """Do what is done before each call, untimed; return what it is called with."""
        self._renew()
        if self._evict:
            self._evict()
        return self._given

    def _renew(self) -> None:
        """Give the next call what it may overwrite or use up, and take from it the answers that it keeps."""
        self._arena.restore()
        if self._caches.forget:
            self._caches.forget()
        if self._fresh:
            self._given = self._fresh(self._arena.inputs)

    def _force(self, result: Any) -> None:
        """Have what is computed only when it is looked at computed inside the clock."""
        with judged():
            found = forced(self._step, result)
        if found:
            self._step, self._consumed = found

    def _call_and_warm_up(self) -> tuple[int, int, str | None]:
        """Return the first call's time in ns, the number of warm-up calls, and the digest of what the first gave."""
        first, first_call_ns = self._first_call()
        self._called_ns = self._wall_ns()
        kept = self._keep(first, self._order.kept) if self._order.kept else None
        own = self._checker.look(self._checker.leaves(first))
        copies = {path: array.copy() for path, array in own.items()}
        self._looked_ns = self._wall_ns()
        self._caches.look()
        second, shortest = self._call()
        self._checker.look_again(self._checker.leaves(second), own, copies)
        calls = 1
        while shortest < SLOW_CALL_NS and self._wall_ns() - self._looked_ns < WARMUP_NS:
            shortest = min(shortest, self._call()[1])
            calls += 1
        self._is_short = shortest < SLOW_CALL_NS
        return first_call_ns, calls, kept

    def _keep(self, outputs: Outputs, folder: Path) -> str:
        """Write what a call has just returned to a new folder, for others to verify; return its digest."""
        return keep(folder, outputs, self._checker.leaves(outputs), tested=self._tested)

    def _first_call(self) -> tuple[Outputs, int]:
        """Make the first call; where its result is there only once it is looked at, one that ends with it."""
        result, call_ns = self._called()
        self._force(result)
        if self._consumed:
            self._set_up_sampler()
            return self._call()
        return self._outputs(result), call_ns

    def _call(self) -> tuple[Outputs, int]:
        """Make one call under the conditions of a sample; return its outputs and its time in ns."""
        result, call_ns = self._called()
        return self._outputs(result), call_ns

    def _called(self) -> tuple[Any, int]:
        """Make one call under the conditions of a sample; return what it gives and its time in ns."""
        with judged(), collector_off():
            self._renew()
            started = self._clock()
            result = self._step(*self._given)
            ended = self._clock()
        return result, int(ended - started)

    def _outputs(self, result: Any) -> Outputs:
        with held_against():
            return named(result, self._spec.outputs, self._arena.overwritten)

    def _computing(self) -> tuple[Outputs, int]:
        """Make one call; return its outputs and its time in ns, without that for which others had the CPU."""
        started = time.process_time_ns()
        outputs, call_ns = self._call()
        return outputs, min(call_ns, time.process_time_ns() - started)

    def burst(self, order: TimeBurst) -> BurstTimed:
        """Time a burst, collector collected and off.

        One that contradicts itself or the threads is timed again, for clocks err; three end the case.
        ``longer`` is how many calls a sample should have, if these were too few.
        """
        began = self._wall_ns()
        discarded: list[DiscardedBurst] = []
        while True:
            burst, contradiction, kept = self._timed(order, len(discarded))
            if changed := self._arena.changed():
                raise Unfit("wrong", correctness.changed(changed))
            if contradiction is None:
                longer, took_ns = self._sampler.longer(order.number, min(burst.sample_ns)), self._wall_ns() - began
                return BurstTimed(burst=burst, discarded=tuple(discarded), longer=longer, took_ns=took_ns, kept=kept)
            if len(discarded) == MOST_CONTRADICTIONS - 1:
                raise Unfit(contradiction.outcome, f"{contradiction.reason} (and in {len(discarded)} more before it)")
            discarded.append(DiscardedBurst(burst=burst, reason=contradiction.reason))

    def _timed(self, order: TimeBurst, attempt: int) -> tuple[Burst, Unfit | None, str | None]:
        """Return what a burst took, what contradicts that, and the digest of what was kept of it."""
        folder = order.kept / str(attempt) if order.kept else None
        keeping = Keeping(lambda result: self._keep(self._outputs(result), folder) if folder else None)
        gc.collect()
        with judged(), collector_off():
            before, waited_ns = usage.read(), usage.waited_ns(os.getpid())
            started = self._wall_ns()
            durations = self._sampler.samples(order.number, order.samples, keeping if folder else None)
            ended = self._wall_ns()
            used = usage.read().since(before).without(keeping.used)
        burst = Burst(
            pass_index=order.pass_index,
            position=order.position,
            start_ns=started,
            number=order.number,
            sample_ns=tuple(durations),
            cpu_ns=used.cpu_ns,
            minor_faults=used.minor_faults,
            involuntary_switches=used.involuntary_switches,
        )
        if said := self._guard.contradiction(used):
            return burst, Unfit("failed", said), keeping.digest
        if self._clock is self._wall_ns:
            passed_ns = ended - started - keeping.used.wall_ns - (usage.waited_ns(os.getpid()) - waited_ns)
            if said := self._sampler.contradiction(durations, passed_ns):
                return burst, Unfit("not measured", said), keeping.digest  # the machine may be too busy
        return burst, None, keeping.digest

    def change(self, order: Change) -> Changed:
        """Make a last call on the contents so far, and a first one on others, put into the same arrays.

        Who took a copy in prepare() answers for the old ones; where it says so (COPIES_INPUTS), or a number changed, it
        is prepared again, and a doubt is told (`input_files`). Else an answer for the old ones counts as remembered.
        """
        obedient_pools(self._guard, self._step)
        last = self._looked_at(self._call()[0], order.kept / "last")
        if not self._arena.digests:
            self._arena.change_to(self._arena.content)  # once more, as a call on others is held against it
        met_ns = self._computing()[1] if self._is_short else None
        anew = not self._arena.change_to(order.content) or self._order.copies_inputs
        if anew:
            self._make_step()
        outputs, unmet_ns = self._computing()
        first = self._looked_at(outputs, order.kept / "first")
        self._integrity.require()
        all_in_calls = not anew or self._spec.is_one_file  # to prepare a function of a file is to do nothing
        return Changed(
            last=last,
            first=first,
            met_ns=met_ns if all_in_calls else None,
            unmet_ns=unmet_ns if all_in_calls else None,
        )

    def _looked_at(self, outputs: Outputs, folder: Path) -> str:
        """Keep what a call has just returned; then see that it left its inputs alone."""
        digest = self._keep(outputs, folder)
        self._checker.look(self._checker.leaves(outputs))
        return digest

    @property
    def _given_step(self) -> Callable[[], Any]:
        """A step that takes nothing: what `_renew` has given it."""
        return (lambda: self._step(*self._given)) if self._fresh else self._step

    def count(self) -> Counted:
        """Count what one evaluation does; to be asked for behind the last burst, for it leaves another heap."""
        from .allocations import counted

        with judged():
            return Counted(counts=counted(self._given_step, self._renew))

    def explain(self) -> Counted:
        """Count what one evaluation does, and explain it."""
        from .explaining import explained

        with judged():
            return explained(
                self._given_step,
                self._renew,
                arena=self._arena,
                spec=self._spec,
                prepare=None if hasattr(self._step, "clock_ns") else self._prepare,
                ready_ns=self._ready_ns,
                fresh=self._fresh,
            )
