"""An implementation prepared on the inputs as they are, and its calls under the conditions of a sample."""

import gc
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ..machine import usage
from ..machine.collector import collector_off
from .caches import Caches
from .forcing import forced
from .inputs import Arena
from .loading import loaded
from .outcome import Unfit, Wrong, held_against, judged
from .outputs import Outputs, named
from .protocol import Start
from .sampling import Sampler, clock_resolution_ns, evictor

#: Inputs -> the arguments of the next call, where a call uses up what it is given.
Fresh = Callable[[Mapping[str, Any]], tuple[Any, ...]]

#: Most calls are watched by nobody.
_UNWATCHED: AbstractContextManager[object] = nullcontext()


def _stay() -> None:
    """Leave the inputs as they are."""


class Prepared:
    """What ``prepare`` makes of the inputs: the step, the clock that it is timed with, and what it is called with."""

    def __init__(self, order: Start) -> None:
        """Look at the clock, before any code of the implementation runs."""
        self._order, self._spec = order, order.spec
        self.wall_ns = time.perf_counter_ns
        self._resolution_ns = clock_resolution_ns()
        self._evict = evictor(order.filler) if order.filler else None
        self._consumed: str | None = None
        self._given: tuple[Any, ...] = ()
        self.prepare_ns = 0
        """What it took to prepare the last time, without waiting for a CPU or for others."""

    def load(self, arena: Arena, fresh: Fresh | None) -> None:
        """Load the implementation, for these inputs."""
        self._arena, self.fresh = arena, fresh
        self.prepare = loaded(self._order, renews=fresh is not None).prepare

    def make_step(self) -> None:
        """Prepare the implementation on the inputs as they are now."""
        inputs = dict(self._arena.inputs)
        started, used = self.wall_ns(), time.process_time_ns()
        with judged():
            self.step = self.prepare(inputs)
            self.prepare_ns = min(self.wall_ns() - started, time.process_time_ns() - used)
            if inspect.iscoroutine(self.step):
                self.step.close()
            if not callable(self.step):
                raise Wrong(f"prepare(inputs) returned a {type(self.step).__name__}, expected a function")
        self.caches = Caches(self.step)
        if self._consumed:
            with judged(), collector_off():
                result = self.step(*self._before())
            self._force(result)
        self._set_up_sampler()

    @property
    def own_clock(self) -> bool:
        """Whether it is timed by a clock of its own."""
        return hasattr(self.step, "clock_ns")

    @property
    def is_forced(self) -> bool:
        """Whether a call ends only when its result, which may be on a device, is there."""
        return self._consumed is not None

    @property
    def consumed(self) -> str | None:
        """What is done so that a call computes, where its result is made only when it is looked at, or is kept."""
        return self._consumed or self.caches.told()

    @property
    def given_step(self) -> Callable[[], Any]:
        """A step that takes nothing: what `renew` has given it."""
        return (lambda: self.step(*self._given)) if self.fresh else self.step

    def _set_up_sampler(self) -> None:
        if self.own_clock and not self._order.own_clock:
            name = self._order.implementation
            raise Unfit(
                "failed", f'brings a clock of its own (step.clock_ns): its problem has to say CLOCKS = ("{name}",)'
            )
        self.clock = getattr(self.step, "clock_ns", self.wall_ns)
        with judged():
            resolution_ns = max(self._resolution_ns, getattr(self.step, "clock_resolution_ns", 0))
        self.sampler = Sampler(self.step, self.clock, resolution_ns)
        if self._evict or self._arena.overwritten or self.fresh or self.caches.forget:
            self.sampler.before = self._before

    def _before(self) -> tuple[Any, ...]:
        """Do what is done before each call, untimed; return what it is called with.

        The collector is off again, whatever the last call has made of it: what is called by it (`gc.callbacks`,
        finalizers of garbage) would see the inputs before the clock starts.
        """
        gc.disable()
        self.renew()
        if self._evict:
            self._evict()
        return self._given

    def renew(self) -> None:
        """Give the next call what it may overwrite or use up, and take from it the answers that it keeps."""
        self._arena.restore()
        if self.caches.forget:
            self.caches.forget()
        if self.fresh:
            self._given = self.fresh(self._arena.inputs)

    def _force(self, result: Any) -> None:
        """Have what is computed only when it is looked at computed inside the clock."""
        with judged():
            found = forced(self.step, result)
        if found:
            self.step, self._consumed = found

    def first_call(self) -> tuple[Outputs, int]:
        """Make the first call; where its result is there only once it is looked at, one that ends with it."""
        result, call_ns = self._called(_UNWATCHED)
        self._force(result)
        if self._consumed:
            self._set_up_sampler()
            return self.call()
        return self.outputs(result), call_ns

    def call(self, watch: AbstractContextManager[object] = _UNWATCHED) -> tuple[Outputs, int]:
        """Make one call under the conditions of a sample; return its outputs and its time in ns."""
        result, call_ns = self._called(watch)
        return self.outputs(result), call_ns

    def _called(self, watch: AbstractContextManager[object]) -> tuple[Any, int]:
        """Make one call under the conditions of a sample; return what it gives and its time in ns."""
        with judged(), collector_off():
            self.renew()
            with watch:
                started = self.clock()
                result = self.step(*self._given)
                ended = self.clock()
        return result, int(ended - started)

    def outputs(self, result: Any) -> Outputs:
        """Return what a call has returned by name."""
        with held_against():
            return named(result, self._spec.outputs, self._arena.overwritten)

    def computing(self, puts: Sequence[Callable[[], None]] = (_stay,)) -> tuple[Outputs, list[int]]:
        """Make a call behind each of what puts contents into the inputs; return the outputs of the last, and their ns.

        The calls follow each other as closely as in a burst, and nothing else is done in between, so that who looks up
        what it has met where it is timed does so here. What other threads compute from then on counts too: they may do
        it before the call. The time for which others had the CPU does not.
        """
        given: list[Any] = []
        times = []
        with judged(), collector_off():
            before_ns = usage.beside_ns()
            for put in puts:
                given.clear()
                gc.disable()  # as in `_before`
                put()
                started = time.process_time_ns()
                call_ns = self.sampler.call(lambda result, _ended: given.append(result))
                call_ns = min(call_ns, time.process_time_ns() - started)
                beside_ns = usage.beside_ns()
                times.append(call_ns + max(0, beside_ns - before_ns))
                before_ns = beside_ns
        return self.outputs(given.pop()), times

    def computing_anew(self) -> tuple[Outputs, int]:
        """Prepare on the inputs as they are now and make one call; return its outputs and the time of both in ns."""
        self.make_step()
        outputs, (call_ns,) = self.computing()
        return outputs, self.prepare_ns + call_ns
