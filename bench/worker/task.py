"""What a worker does with one implementation on one case: prepare, call, time, count; what it returns others verify."""

import gc
import os
import shutil
import time
from pathlib import Path

from ..machine import threads, usage
from ..machine.collector import collector_off
from ..machine.resident import Watch, resident
from ..store.worker_records import Burst, DiscardedBurst, Peak
from . import correctness
from .checker import Checker
from .inputs import Arena
from .integrity import Integrity
from .keeping import Keeping, keep
from .loading import problem_functions
from .originals import Originals
from .outcome import Unfit, judged
from .outputs import Outputs
from .pools import obedient_pools
from .prepared import Prepared
from .protocol import BurstTimed, Change, Changed, Start, Started, TimeBurst
from .untimed import Counted

#: Warm-up, behind the first call: so long, in one call at least; in a single one that takes longer than SLOW_CALL_NS.
WARMUP_NS, SLOW_CALL_NS = 50_000_000, 500_000_000

#: Of shorter calls one more is made on contents that were met, just written anew as those are that were not: behind
#: these the caches and branches are as cold. For longer ones that is nothing, and their samples tell.
LONGEST_MET_NS = 5_000_000

#: A burst whose CPU time contradicts the threads asked for is timed again; so many in a row end the case.
MOST_CONTRADICTIONS = 3

#: To prepare anew and to call takes at most so many times as long as a call, where prepare() only copies its inputs. Of
#: short calls the shortest of some tries counts, for the first finds nothing in the caches.
LONGEST_COPIED, MOST_COPIED, LONGEST_REPEATED_NS = 10, 5, 100_000

#: Why nothing is known of the memory of an implementation that brings a clock of its own.
ELSEWHERE = "another program computes it"


class Bench:
    """One implementation on one case, from import to the last check."""

    def __init__(self, order: Start) -> None:
        self._order, self._spec = order, order.spec
        self._integrity = Integrity()  # before any code of the implementation runs
        self._wall_ns = time.perf_counter_ns
        self._guard = threads.Guard(order.spec.case.threads or 1)
        self._prepared = Prepared(order)

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
        self._guard.limit()
        pools = obedient_pools(self._guard, prepared.step)
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
        )

    def _call_and_warm_up(self) -> tuple[int, int, str | None]:
        """Return the first call's time in ns, the number of warm-up calls, and the digest of what the first gave."""
        self._resident = resident()
        first, first_call_ns = self._prepared.first_call()
        self._called_ns = self._wall_ns()
        self._known = kept = self._keep(first, self._order.kept) if self._order.kept else None
        own = self._checker.look(self._checker.leaves(first))
        copies = {path: array.copy() for path, array in own.items()}
        self._looked_ns = self._wall_ns()
        self._prepared.caches.look()
        second, shortest = self._prepared.call()
        self._checker.look_again(self._checker.leaves(second), own, copies)
        calls = 1
        while shortest < SLOW_CALL_NS and self._wall_ns() - self._looked_ns < WARMUP_NS:
            shortest = min(shortest, self._prepared.call()[1])
            calls += 1
        self._call_ns: float = shortest
        self._is_short = shortest < LONGEST_MET_NS
        return first_call_ns, calls, kept

    def _keep(self, outputs: Outputs, folder: Path) -> str:
        """Write what a call has just returned to a new folder, for others to verify; return its digest."""
        return keep(folder, outputs, self._checker.leaves(outputs), tested=self._tested)

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
                self._call_ns = min(self._call_ns, *(ns / order.number for ns in burst.sample_ns))
                longer = self._prepared.sampler.longer(order.number, min(burst.sample_ns))
                took_ns = self._wall_ns() - began
                return BurstTimed(burst=burst, discarded=tuple(discarded), longer=longer, took_ns=took_ns, kept=kept)
            if len(discarded) == MOST_CONTRADICTIONS - 1:
                raise Unfit(contradiction.outcome, f"{contradiction.reason} (and in {len(discarded)} more before it)")
            discarded.append(DiscardedBurst(burst=burst, reason=contradiction.reason))

    def _timed(self, order: TimeBurst, attempt: int) -> tuple[Burst, Unfit | None, str | None]:
        """Return what a burst took, what contradicts that, and the digest of what was kept of it."""
        folder = order.kept / str(attempt) if order.kept else None
        keeping = Keeping(lambda result: self._keep(self._prepared.outputs(result), folder) if folder else None)
        gc.collect()
        with judged(), collector_off():
            before, waited_ns = usage.read(), usage.waited_ns(os.getpid())
            started = self._wall_ns()
            durations = self._prepared.sampler.samples(order.number, order.samples, keeping if folder else None)
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
        if self._prepared.clock is self._wall_ns:
            passed_ns = ended - started - keeping.used.wall_ns - (usage.waited_ns(os.getpid()) - waited_ns)
            if said := self._prepared.sampler.contradiction(durations, passed_ns):
                return burst, Unfit("not measured", said), keeping.digest  # the machine may be too busy
        return burst, None, keeping.digest

    def change(self, order: Change) -> Changed:
        """Make a first call on other contents, put into the same arrays; before it a last one on those that were timed.

        Who took a copy in prepare() answers for the old ones. Where it says so (COPIES_INPUTS), where a number changed,
        and where copies are all that it took (`_copied`), it is prepared again; a doubt is told (`input_files`).
        Else an answer for the old ones counts as remembered.
        """
        prepared, place = self._prepared, order.kept / "first"
        obedient_pools(self._guard, prepared.step)
        last, met_ns, peak = self._last(order.kept / "last") if order.timed else (None, None, None)
        anew = not self._arena.change_to(order.content) or self._order.copies_inputs
        if anew:
            prepared.make_step()
        outputs, unmet_ns = prepared.computing()
        first = self._looked_at(outputs, place)
        copies = False
        if first == self._known and not anew and (copied := self._copied()):
            shutil.rmtree(place)
            first = self._looked_at(copied[0], place)
            if copies := first != self._known:  # else one result is right for both
                unmet_ns = copied[1]
        self._known = first
        self._integrity.require()
        all_in_calls = not anew or self._spec.is_one_file  # to prepare a function of a file is to do nothing
        return Changed(
            last=last,
            first=first,
            met_ns=met_ns if all_in_calls else None,
            unmet_ns=unmet_ns if all_in_calls else None,
            copies=copies,
            peak=peak,
        )

    def _last(self, folder: Path) -> tuple[str, int | None, Peak]:
        """Make the last call on the contents that were timed, and of short calls one more, on these just written anew.

        Return the digest of what the first gave, the time of the second in ns, and what memory the first took.
        """
        outputs, peak = self._watched()
        self._known = last = self._looked_at(outputs, folder)
        if not self._is_short:
            return last, None, peak
        if not self._arena.digests:
            self._arena.change_to(self._arena.content)
        return last, self._prepared.computing()[1], peak

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

    def explain(self) -> Counted:
        """Count what one evaluation does, and explain it."""
        from .explaining import explained

        prepared = self._prepared
        with judged():
            return explained(
                prepared.given_step,
                prepared.renew,
                arena=self._arena,
                spec=self._spec,
                prepare=None if prepared.own_clock else prepared.prepare,
                ready_ns=self._ready_ns,
                fresh=prepared.fresh,
            )
