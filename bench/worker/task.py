"""What a worker does with one implementation on one case: prepare, verify, time, count."""

import contextlib
import gc
import inspect
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from ..machine import threads, usage
from ..machine.collector import collector_off
from ..store.worker_records import Burst, DiscardedBurst, Pool
from . import correctness
from .caches import Caches
from .checker import Checker
from .forcing import forced
from .inputs import Arena
from .loading import loaded, problem_functions
from .originals import Originals
from .outcome import Unfit, Wrong, held_against, judged
from .outputs import Outputs, named
from .protocol import BurstTimed, Counted, Finished, Start, Started, TimeBurst
from .sampling import Sampler, clock_resolution_ns, evictor

#: Warm-up, behind the first call: so long, in one call at least; in a single one that takes longer than SLOW_CALL_NS.
WARMUP_NS, SLOW_CALL_NS = 50_000_000, 500_000_000

#: What takes longer to prepare and to call first is not prepared for another size.
LONGEST_READY_NS = 1_000_000_000

#: A burst whose CPU time contradicts the threads asked for is timed again; so many in a row are the implementation's.
MOST_CONTRADICTIONS = 3


class Bench:
    """One implementation on one case, from import to the last check."""

    def __init__(self, order: Start) -> None:
        self._order = order
        self._spec = order.spec
        self._guard = threads.Guard(order.spec.case.threads or 1)
        self._resolution_ns = clock_resolution_ns()
        self._evict = evictor(order.filler) if order.filler else None
        self._consumed: str | None = None
        self._given: tuple[Any, ...] = ()

    def start(self) -> Started:
        """Prepare, verify, warm up; return what was found on the way."""
        began, order = time.perf_counter_ns(), self._order
        originals = Originals(self._spec)
        with judged():
            self._fresh = problem_functions(self._spec).fresh if originals.making.renews or self._spec.origin else None
        self._arena = Arena(originals, order.layout, self._spec.inout, renews=self._fresh is not None)
        self._checker = Checker(self._spec, self._arena, originals)
        layout = self._arena.layout()
        for name, wanted in order.layout.items():
            if wanted not in layout[name]:
                raise Unfit("failed", f"input {name} should be {wanted}-ordered, the worker holds {layout[name]}")
        self._prepare = loaded(order, renews=self._fresh is not None).prepare
        self._guard.limit()
        started = time.perf_counter_ns()
        self._make_step()
        prepared = time.perf_counter_ns()
        self._guard.limit()
        pools = self._obedient_pools()
        first_call_ns, warmup_calls = self._verify_and_warm_up()
        with judged(), collector_off():
            number, call_ns = self._sampler.calls_in_a_sample()
            aside_ns = self._sampler.aside_ns()
        warmed = time.perf_counter_ns()
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
            warming_ns=warmed - self._verified_ns,
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
            self._force(self._once())
        self._set_up_sampler()

    def _set_up_sampler(self) -> None:
        self._clock = getattr(self._step, "clock_ns", time.perf_counter_ns)
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

    def _once(self) -> Any:
        """Make one call that is not timed and return what it gives."""
        with judged(), collector_off():
            return self._step(*self._before())

    def _force(self, result: Any) -> None:
        """Have what is computed only when it is looked at computed inside the clock."""
        with judged():
            found = forced(self._step, result)
        if found:
            self._step, self._consumed = found

    def _obedient_pools(self) -> tuple[Pool, ...]:
        with judged():
            pools = [*self._guard.pools(), *getattr(self._step, "pools", ())]
            try:
                known = msgspec.convert(pools, tuple[Pool, ...])
            except msgspec.ValidationError as error:
                raise Unfit("failed", f"its step.pools are not as documented: {error}") from error
            reason = self._guard.disobedient(pools)
        if reason:
            raise Unfit("failed", reason)
        return known

    def _verify_and_warm_up(self) -> tuple[int, int]:
        """Return the first call's time in ns and the number of warm-up calls."""
        first, first_call_ns = self._first_call()
        self._called_ns = time.perf_counter_ns()
        own = self._checker.verify(first, "a")
        kept = {path: array.copy() for path, array in own.items()}
        self._verified_ns = time.perf_counter_ns()
        self._caches.look()
        second, shortest = self._call()
        with held_against():
            self._checker.require_own_memory(self._checker.leaves(second), own)
            for path, array in own.items():
                if not correctness.same(array, kept[path]):
                    raise Wrong(f"a second call changed the first call's {path}")
        calls = 1
        while shortest < SLOW_CALL_NS and time.perf_counter_ns() - self._verified_ns < WARMUP_NS:
            shortest = min(shortest, self._call()[1])
            calls += 1
        self._is_short = shortest < SLOW_CALL_NS
        return first_call_ns, calls

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

        A burst that contradicts the number of threads is timed again, for clocks err; only where none does not, it is
        the implementation's fault. ``longer`` is how many calls a sample should have, if these were too few.
        """
        discarded: list[DiscardedBurst] = []
        while True:
            burst, contradiction = self._timed(order)
            changed = self._arena.changed()
            if changed:
                raise Unfit("wrong", correctness.changed(changed))
            if contradiction is None:
                longer = self._sampler.longer(order.number, min(burst.sample_ns))
                return BurstTimed(burst=burst, discarded=tuple(discarded), longer=longer)
            if len(discarded) == MOST_CONTRADICTIONS - 1:
                raise Unfit("failed", f"{contradiction} (and in {len(discarded)} more before it)")
            discarded.append(DiscardedBurst(burst=burst, reason=contradiction))

    def _timed(self, order: TimeBurst) -> tuple[Burst, str | None]:
        """Return what a burst took, and how that contradicts the number of threads."""
        gc.collect()
        with judged(), collector_off():
            before = usage.read()
            started = time.perf_counter_ns()
            durations = self._sampler.samples(order.number, order.samples)
            used = usage.read().since(before)
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
        return burst, self._guard.contradiction(used)

    def finish(self) -> Finished:
        """Verify the result again after the last burst, then on changed contents of the same arrays.

        An implementation that took a copy in prepare() answers for the old contents; where it says so
        (COPIES_INPUTS), it is prepared again, and so is any where a number changed: nobody can see that from within,
        and a doubt is told (`input_files`). Else an answer for old contents counts as remembered.
        """
        self._obedient_pools()
        outputs, _ = self._call()
        self._checker.verify_later(outputs, "a")
        if not self._arena.digests:
            self._arena.change_to("a")  # the same contents once more, as a call on other ones is held against it
        met_ns = self._computing()[1] if self._is_short else None
        anew = not self._arena.change_to("b") or self._order.copies_inputs
        if anew:
            self._make_step()
        outputs, unmet_ns = self._computing()
        self._checker.verify_changed(outputs)
        all_in_calls = not anew or self._spec.is_one_file  # to prepare a function of a file is to do nothing
        return Finished(
            verification=self._checker.errors,
            met_ns=met_ns if all_in_calls else None,
            unmet_ns=unmet_ns if all_in_calls else None,
        )

    def count(self) -> Counted:
        """Count what one evaluation does; to be asked for behind the last burst, for it leaves another heap."""
        from .allocations import counted

        with judged():
            return Counted(counts=counted(self._given_step(), self._renew))

    def _given_step(self) -> Callable[[], Any]:
        """Return a step that takes nothing: what `_renew` has given it."""
        return (lambda: self._step(*self._given)) if self._fresh else self._step

    def explain(self) -> Counted:
        """Count, see what NumPy is called for and measure what that costs; None is what cannot be seen.

        Page faults are counted in the bursts; here the calls' times are to be without them. What computes in another
        program, or takes long to get ready, is not prepared again.
        """
        from . import input_files, numpy_calls, unit_costs

        threads.retain_memory()
        inputs = dict(self._arena.inputs)
        largest = max((value.size for value in inputs.values() if isinstance(value, np.ndarray)), default=0)
        calls, smallest_ns = None, None
        if not hasattr(self._step, "clock_ns"):
            with contextlib.suppress(Exception):
                calls = numpy_calls.observed(self._prepare, inputs, self._arena.restore, self._fresh)
            if self._ready_ns < LONGEST_READY_NS and not self._fresh:
                with contextlib.suppress(Exception):
                    smallest_ns = unit_costs.evaluation_ns(self._prepare(input_files.smallest_inputs(self._spec)))
        costs = unit_costs.measured(self._spec.case.dtype, largest)
        return Counted(counts=self.count().counts, calls=calls, costs=costs, smallest_ns=smallest_ns)
