"""What a worker does with one implementation on one case: prepare, call, time, count; what it returns others verify."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..machine import own_pages, threads
from ..machine.collector import collector_off
from ..machine.peak_memory import Watch, resident
from ..store.profile_records import LONGEST_NAME
from ..store.worker_records import Peak, Pool
from .bursts import Bursts
from .checker import Checker
from .inputs import Arena
from .integrity import Integrity
from .keeping import Look, keep, look
from .loading import problem_functions
from .originals import Originals
from .outcome import judged, shortened
from .outputs import Outputs
from .pools import obedient_pools
from .prepared import Prepared
from .protocol import BurstTimed, Change, Changed, Start, Started, TimeBurst
from .untimed import Counted, Part, Track, Tracked

#: Warm-up, behind the first call: so long, in one call at least; in a single one that takes longer than SLOW_CALL_NS.
WARMUP_NS, SLOW_CALL_NS = 50_000_000, 500_000_000

#: Of shorter calls some are made on contents that were met, just written anew as those are that were not: behind these
#: the caches and branches are as cold. Who looks up only where calls follow each other does so in all but the first.
#: For longer calls that is nothing, and their samples tell; but of several threads, which have gone to sleep meanwhile,
#: one is made.
MET, LONGEST_MET_NS = 3, 5_000_000

#: To prepare anew and to call takes at most so many times as long as a call, where prepare() only copies its inputs. Of
#: short calls the shortest of some tries counts, for the first finds nothing in the caches.
LONGEST_COPIED, MOST_COPIED, LONGEST_REPEATED_NS = 10, 5, 100_000

#: Why nothing is known of the memory of an implementation that brings a clock of its own.
ELSEWHERE = "another program computes it"


class Task:
    """One implementation on one case, from import to the last check."""

    def __init__(self, order: Start) -> None:
        self._order, self._spec = order, order.spec
        self._integrity = Integrity()  # before any code of the implementation runs
        self._wall_ns = time.perf_counter_ns
        self._guard = threads.Guard(order.spec.case.threads or 1)
        self._prepared = Prepared(order)
        self._call_ns = 0.0
        self._room = 0
        """How many bytes a copy of what a call returns takes, as far as is known."""

    def start(self) -> Started:
        """Prepare, call, warm up; return what was found on the way."""
        began, order, prepared = self._wall_ns(), self._order, self._prepared
        originals = Originals(self._spec)
        with judged():
            fresh = problem_functions(self._spec).fresh if originals.making.renews or self._spec.origin else None
        self._arena = Arena(originals, order.layout, self._spec.inout, first=originals.first, renews=fresh is not None)
        self._tested = originals.making.judges
        self._checker = Checker(self._spec, self._arena, originals)
        layout = self._arena.required_layout(order.layout)
        prepared.load(self._arena, fresh)
        self._guard.limit()
        started = self._wall_ns()
        prepared.make_step()
        prepare_ns = self._wall_ns() - started
        pools = self._pools()
        first_call_ns, warmup_calls, kept = self._call_and_warm_up()
        with judged(), collector_off():
            number, self._call_ns = prepared.sampler.calls_in_a_sample(self._call_ns)
            aside_ns = prepared.sampler.aside_ns()
        warmed = self._wall_ns()
        self._integrity.require()
        self._ready_ns = prepare_ns + first_call_ns
        return Started(
            pools=pools,
            layout=layout,
            prepare_ns=prepare_ns,
            transfer_ns=getattr(prepared.step, "transfer_ns", None),
            own_clock=prepared.own_clock,
            first_call_ns=first_call_ns,
            warmup_calls=warmup_calls,
            call_ns=max(1, round(self._call_ns)) + aside_ns,
            number=number,
            accepted=originals.making.accepts,
            consumed=prepared.consumed,
            preparing_ns=self._called_ns - began,
            warming_ns=warmed - self._looked_ns,
            kept=kept,
            returns=self._returns,
            shares=self._checker.shares,
        )

    def _pools(self) -> tuple[Pool, ...]:
        """Return the thread pools of all that is loaded, limited; and have its libraries in pages of their own."""
        self._guard.limit()
        found = obedient_pools(self._guard, self._prepared.step)
        if self._order.own_pages:
            own_pages.take((sys.prefix, sys.base_prefix))
        return found

    def _call_and_warm_up(self) -> tuple[int, int, str | None]:
        """Return the first call's time in ns, the number of warm-up calls, and the digest of what the first gave."""
        self._resident = resident()
        first, first_call_ns = self._prepared.first_call()
        self._returns = {name: shortened(type(value).__name__, LONGEST_NAME) for name, value in first.items()}
        self._called_ns = self._wall_ns()
        self._known = kept = self._keep(first, self._order.kept) if self._order.kept else None
        own = self._checker.look(self._checker.leaves(first))
        copies = {path: array.copy() for path, array in own.items()}
        self._checker.require_apart(own, copies)
        self._looked_ns = self._wall_ns()
        self._prepared.caches.look()
        second, shortest = self._prepared.call()
        self._checker.look_again(self._checker.leaves(second), own, copies)
        calls = 1
        while shortest < SLOW_CALL_NS and self._wall_ns() - self._looked_ns < WARMUP_NS:
            shortest = min(shortest, self._prepared.call()[1])
            calls += 1
        self._call_ns = shortest
        self._is_short = shortest < LONGEST_MET_NS
        return first_call_ns, calls, kept

    def _look(self, outputs: Outputs) -> Look:
        """Return a look at what a call has just returned."""
        return look(outputs, self._checker.looked(outputs), tested=self._tested)

    def _look_between(self, result: Any) -> Look:
        """Return a look at what a call has returned among others; Wrong if it lies where it must not."""
        seen = self._look(self._prepared.outputs(result))
        self._checker.require_own_memory(seen.leaves, {})
        return seen

    def _keep(self, outputs: Outputs, folder: Path) -> str:
        """Write what a call has just returned to a new folder, for others to verify; return its digest."""
        seen = self._look(outputs)
        self._room = seen.room
        return keep(folder, seen)

    def burst(self, order: TimeBurst) -> BurstTimed:
        """Time a burst."""
        bursts = Bursts(
            self._prepared,
            self._arena,
            self._look_between,
            guard=self._guard,
            integrity=self._integrity,
        )
        found = bursts.timed(order, self._room)
        self._call_ns = min(self._call_ns, *(ns / order.number for ns in found.burst.sample_ns))
        return found

    def change(self, order: Change) -> Changed:
        """Make a first call on other contents, put into the same arrays; before it a last one on those that were timed.

        Who took a copy in prepare() answers for the old ones. Where it says so (COPIES_INPUTS), where a number changed,
        and where copies are all that it took (`_copied`), it is prepared again; a doubt is told (`input_files`).
        Else an answer for the old ones counts as remembered.
        """
        prepared, place = self._prepared, order.kept / "first"
        obedient_pools(self._guard, prepared.step)
        last, peak = self._last(order.kept / "last") if order.timed else (None, None)
        again, others = self._again() if order.timed else [], self._arena.loaded(order.content)
        anew = not others.in_place or self._order.copies_inputs

        def change() -> None:
            others.put()
            if anew:
                prepared.make_step()

        outputs, (*met, unmet_ns) = prepared.computing((*again, change))
        first = self._looked_at(outputs, place)
        self._arena.note()
        copies = False
        if first == self._known and not anew and (copied := self._copied()):
            shutil.rmtree(place)
            first = self._looked_at(copied[0], place)
            if copies := first != self._known:  # else one result is right for both
                unmet_ns = copied[1]
        self._known = first
        self._integrity.require()
        all_in_calls = not anew or self._spec.is_one_file  # to prepare a function of a file is to do nothing
        tells = all_in_calls and not self._arena.may_keep
        return Changed(
            last=last,
            first=first,
            met_ns=min(met, default=None) if tells else None,
            unmet_ns=unmet_ns if tells else None,
            anew_ns=prepared.prepare_ns + unmet_ns if self._order.copies_inputs else None,
            copies=copies,
            peak=peak,
            shares=self._checker.shares,
        )

    def _last(self, folder: Path) -> tuple[str, Peak]:
        """Make the last call on the contents that were timed; return the digest of what it gave, and its memory."""
        outputs, peak = self._watched()
        self._known = self._looked_at(outputs, folder)
        return self._known, peak

    def _again(self) -> list[Callable[[], None]]:
        """Return what puts the contents so far into the inputs once more, for each of some calls; few of long ones."""
        times = MET if self._is_short else int((self._spec.case.threads or 1) > 1)
        loaded = self._arena.loaded(self._arena.content) if times and not self._arena.digests else None
        return [loaded.put if loaded else lambda: None] * times

    def _copied(self) -> tuple[Outputs, int] | None:
        """Prepare anew an implementation that answers for earlier contents; None where more was kept than copies.

        Where copies are all that prepare() takes, to prepare and to call is to copy and to compute. Where it computed
        what a call hands out, or the first call did, that is far longer than the calls that were timed. A candidate is
        asked to say that it copies (`bench.problems.implementation`).
        """
        prepared = self._prepared
        if prepared.own_clock or self._order.apart:
            return None
        outputs, took_ns = prepared.computing_anew()
        for _ in range(MOST_COPIED - 1):
            if took_ns <= LONGEST_COPIED * self._call_ns or took_ns > LONGEST_REPEATED_NS:
                break
            outputs, again_ns = prepared.computing_anew()
            took_ns = min(took_ns, again_ns)
        return (outputs, took_ns) if took_ns <= LONGEST_COPIED * self._call_ns else None

    def _watched(self) -> tuple[Outputs, Peak]:
        """Make one call; return its outputs, and the most that was resident beyond what was before the first call.

        It is the last call on the contents that were timed, which is verified and not timed: to watch it leaves another
        heap, and watched at the first call it made calls fault in the bursts that did not fault before. By what was
        resident before the first call, what an implementation makes once and keeps counts too.
        """
        watch = Watch(self._resident)
        outputs = self._prepared.call(watch)[0]
        reason = ELSEWHERE if self._prepared.own_clock else watch.reason
        return outputs, Peak(resident_bytes=None if reason else watch.peak_bytes, reason=reason)

    def _looked_at(self, outputs: Outputs, folder: Path) -> str:
        """Keep what a call has just returned; then see that it left its inputs alone."""
        digest = self._keep(outputs, folder)
        self._checker.look(self._checker.leaves(outputs))
        return digest

    def count(self) -> Counted:
        """Count what one evaluation does; to be asked for behind the last burst, for it leaves another heap."""
        from .allocations import counted

        with judged():
            return Counted(counts=counted(self._prepared.given_step, self._prepared.renew))

    def track(self, order: Track) -> Tracked:
        """Have memray write down what one evaluation allocates."""
        from .tracking import tracked

        prepared = self._prepared
        with judged():
            return tracked(prepared.given_step, prepared.renew, file=order.file, folder=self._spec.folder)

    def explain(self, part: Part) -> Counted:
        """See another part of what explains one evaluation; the same holds."""
        from .explaining import Explaining

        prepared = self._prepared
        with judged():
            explaining = Explaining(
                step=prepared.given_step,
                renew=prepared.renew,
                arena=self._arena,
                spec=self._spec,
                prepare=None if prepared.own_clock else prepared.prepare,
                ready_ns=self._ready_ns,
                fresh=prepared.fresh,
            )
            return explaining.part(part)
