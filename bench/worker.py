"""The child process: pin, prepare, verify, time. Started fresh for each implementation and round.

It reads commands from one pipe and answers on another; what the implementation prints goes to stdout, which nobody
takes for a result. ``python -m bench.worker COMMANDS REPLIES PARENT``: two file descriptors and a process id.
"""

import contextlib
import gc
import os
import signal
import sys
import time
import timeit
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from . import exchange, origins, pinning
from .exchange import Message
from .judging import Unfit, collector_off, judged
from .making import write_inputs

#: A sample is at least this long: one call, or the smallest power of 2 of calls that reaches it (notes: stats, 3).
SHORTEST_SAMPLE_NS = 100_000

#: A sample is at least this many steps of the clock long, else it is refused.
SHORTEST_SAMPLE_RESOLUTIONS = 1000

#: Warm-up: at least so many calls and so long; a single call where that one takes longer than SLOW_CALL_NS.
WARMUP_CALLS, WARMUP_NS, SLOW_CALL_NS = 5, 50_000_000, 500_000_000

#: What takes longer to prepare and to call first is not prepared for another size.
LONGEST_READY_NS = 1_000_000_000


class Bench:
    """One implementation on one case, from import to the last check."""

    def __init__(self, order: Message) -> None:
        self._order = order
        self._threads: int = order["threads"]
        self._guard = pinning.Guard(self._threads)
        self._errors: tuple[Any, ...] = ()
        self._resolution_ns = clock_resolution_ns()
        self._evict = evictor(Path(order["filler"])) if order.get("filler") else None

    def start(self) -> Message:
        """Prepare, verify, warm up; return what was found on the way."""
        from . import implementation, verify
        from .arena import Arena

        order = self._order
        self._arena = Arena(Path(order["inputs"]), order["layout"])
        layout = self._arena.layout()
        for name, wanted in order["layout"].items():
            if wanted not in layout[name]:
                raise Unfit("failed", f"input {name} should be {wanted}-ordered, the worker holds {layout[name]}")
        with judged():
            module = implementation.load(Path(order["folder"]), order["implementation"])
            absent = module.unavailable() if hasattr(module, "unavailable") else None
            if absent:
                raise Unfit("unavailable", str(absent))
            reason = module.unsupported(SimpleNamespace(**order["case"])) if hasattr(module, "unsupported") else None
        if reason:
            raise Unfit("unsupported", str(reason))
        self._prepare = module.prepare
        self._guard.limit()
        with judged():
            started = time.perf_counter_ns()
            self._step = self._prepare(dict(self._arena.inputs))
            prepared = time.perf_counter_ns()
            if not callable(self._step):
                raise verify.Wrong(f"prepare(inputs) returned a {type(self._step).__name__}, expected a function")
        self._guard.limit()
        self._clock = getattr(self._step, "clock_ns", time.perf_counter_ns)
        self._resolution_ns = max(self._resolution_ns, getattr(self._step, "clock_resolution_ns", 0))
        pools = self._obedient_pools()
        first_call_ns, warmup_calls, call_ns = self._verify_and_warm_up()
        self._ready_ns = prepared - started + first_call_ns
        return {
            "pools": pools,
            "layout": layout,
            "prepare_ns": prepared - started,
            "transfer_ns": getattr(self._step, "transfer_ns", None),
            "own_clock": hasattr(self._step, "clock_ns"),
            "first_call_ns": first_call_ns,
            "warmup_calls": warmup_calls,
            "call_ns": call_ns + self._evict_ns(),
            "number": self._calls_in_a_sample(call_ns),
        }

    def _obedient_pools(self) -> list[dict[str, Any]]:
        pools = [*self._guard.pools(), *getattr(self._step, "pools", ())]
        reason = self._guard.disobedient(pools)
        if reason:
            raise Unfit("failed", reason)
        return pools

    def _verify_and_warm_up(self) -> tuple[int, int, int]:
        """Return the first call's time, the number of warm-up calls and the shortest of them, in ns."""
        first, first_call_ns = self._call()
        self._verify(first, "a")
        kept = {name: array.copy() for name, array in first.items()}
        second, shortest = self._call()
        from . import verify

        with judged():
            verify.require_own_memory(second, self._arena.inputs, first)
            for name, array in first.items():
                if not (array == kept[name]).all():
                    raise verify.Wrong(f"a second call changed the first call's {name}")
        calls, spent = 1, shortest
        while shortest < SLOW_CALL_NS and (calls < WARMUP_CALLS or spent < WARMUP_NS):
            _, call_ns = self._call()
            shortest = min(shortest, call_ns)
            calls, spent = calls + 1, spent + call_ns
        return first_call_ns, calls, shortest

    def _calls_in_a_sample(self, call_ns: int) -> int:
        """Return the smallest power of 2 of calls that makes a sample long enough."""
        needed = max(SHORTEST_SAMPLE_NS, SHORTEST_SAMPLE_RESOLUTIONS * self._resolution_ns)
        number = 1
        while number * call_ns < needed:
            number *= 2
        if self._evict and call_ns < SHORTEST_SAMPLE_RESOLUTIONS * self._resolution_ns:
            raise Unfit("unsupported", f"a call takes {call_ns} ns, too short to be timed alone as cold caches need it")
        return 1 if self._evict else number

    def _evict_ns(self) -> int:
        """Return how long filling the caches takes, 0 where they stay warm."""
        if self._evict is None:
            return 0
        self._evict()  # the first time maps the pages
        started = time.perf_counter_ns()
        self._evict()
        return time.perf_counter_ns() - started

    def _call(self) -> tuple[dict[str, Any], int]:
        """Make one call under the conditions of a sample; return its outputs and its time in ns."""
        from . import verify

        with judged(), collector_off():
            started = self._clock()
            result = self._step()
            ended = self._clock()
            return verify.named(result, self._order["outputs"]), ended - started

    def _verify(self, outputs: dict[str, Any], content: str) -> None:
        from . import verify

        with judged():
            reference, tolerance = self._arena.expected(content)
            found = verify.check(outputs, reference, tolerance, self._order["dtype"])
            verify.require_unchanged(self._arena.inputs, self._arena.originals(content))
            verify.require_own_memory(outputs, self._arena.inputs, {})
            self._errors = verify.worst(self._errors, found)

    def burst(self, number: int, samples: int) -> Message:
        """Time `samples` samples of `number` calls each, collector collected and off.

        Where caches are to be cold, the timer's setup fills them with other data before each sample, untimed.
        """
        timer: timeit.Timer = timeit.Timer(self._step, setup=self._evict or "pass", timer=self._clock)
        gc.collect()
        with judged(), collector_off():
            before = self._guard.read()
            started = time.perf_counter_ns()
            durations = [int(duration) for duration in timer.repeat(samples, number)]
            used = self._guard.read().since(before)
        contradiction = self._guard.contradiction(used)
        if contradiction:
            raise Unfit("failed", contradiction)
        shortest = min(durations)
        if shortest < SHORTEST_SAMPLE_RESOLUTIONS * self._resolution_ns:
            raise Unfit(
                "failed",
                f"a sample of {number} calls took {shortest} ns, less than {SHORTEST_SAMPLE_RESOLUTIONS} steps of the "
                f"clock ({self._resolution_ns} ns each), although warm-up calls took longer",
            )
        return {
            "start_ns": started,
            "sample_ns": durations,
            "cpu_ns": used.cpu_ns,
            "minor_faults": used.minor_faults,
            "involuntary_switches": used.involuntary_switches,
        }

    def finish(self) -> Message:
        """Verify the result again after the last burst, then on changed contents of the same arrays.

        An implementation that took a copy in prepare() answers for the old contents; where it says so
        (COPIES_INPUTS), it is prepared again, else an answer for old contents counts as remembered.
        """
        from . import verify

        self._obedient_pools()
        outputs, _ = self._call()
        self._verify(outputs, "a")
        self._arena.change_to("b")
        if self._order["copies_inputs"]:
            with judged():
                self._step = self._prepare(dict(self._arena.inputs))
        outputs, _ = self._call()
        try:
            self._verify(outputs, "b")
        except Unfit as unfit:
            with contextlib.suppress(verify.Wrong):
                verify.check(outputs, *self._arena.expected("a"), self._order["dtype"])
                raise Unfit(
                    "wrong",
                    "gave the answer for the earlier contents of its inputs: the result is remembered, not computed "
                    "(if prepare() copies the inputs, say COPIES_INPUTS = True)",
                ) from unfit
            raise
        return {
            "verification": [
                {"output": e.output, "error_over_tolerance": e.error_over_tolerance, "max_ulp": e.max_ulp}
                for e in self._errors
            ]
        }

    def count(self) -> Message:
        """Count what one evaluation does; to be asked for behind the last burst, for it leaves another heap."""
        from .counting import counted

        with judged():
            return {"counts": asdict(counted(self._step))}

    def explain(self) -> Message:
        """Count, see what NumPy is called for and measure what that costs; None is what cannot be seen.

        Page faults are counted in the bursts; here the calls' times are to be without them. What computes in another
        program, or takes long to get ready, is not prepared again.
        """
        from . import costs, making, observing

        pinning.retain_memory()
        inputs = dict(self._arena.inputs)
        largest = max((value.size for value in inputs.values() if hasattr(value, "size")), default=0)
        calls, smallest_ns = None, None
        if not hasattr(self._step, "clock_ns"):
            with contextlib.suppress(Exception):
                calls = [asdict(call) for call in observing.observed(self._prepare, inputs)]
            if self._ready_ns < LONGEST_READY_NS:
                with contextlib.suppress(Exception):
                    smallest_ns = costs.evaluation_ns(self._prepare(making.smallest_inputs(self._order)))
        found = {
            "calls": calls,
            "smallest_ns": smallest_ns,
            "costs": asdict(costs.measured(self._order["dtype"], largest)),
        }
        return self.count() | found


def evictor(filler: Path) -> Callable[[], object]:
    """Return a function that reads a file which all workers have in memory, so that little else stays in the caches."""
    import numpy as np

    other = np.memmap(filler, np.uint64, mode="r")
    return other.max


def clock_resolution_ns() -> int:
    """Return the smallest step that the clock was seen to make."""
    steps = []
    for _ in range(100):
        start = end = time.perf_counter_ns()
        while end == start:
            end = time.perf_counter_ns()
        steps.append(end - start)
    return min(steps)


class Session:
    """The orders of one parent, answered one after the other."""

    def __init__(self) -> None:
        self._bench: Bench | None = None

    def answer(self, order: Message) -> Message:
        """Do what the order says; an implementation's failure is an answer too."""
        try:
            reply = {"outcome": "ok", **self._do(order)}
        except Unfit as unfit:
            reply = {"outcome": unfit.outcome, "reason": origins.absent(unfit.__cause__) or unfit.reason}
        return {"nonce": order["nonce"], **reply, "foreign": None if order["do"] == "burst" else origins.foreign()}

    def _do(self, order: Message) -> Message:
        match order["do"], self._bench:
            case "write-inputs", None:
                return write_inputs(order)
            case "start", None:
                self._bench = Bench(order)
                return self._bench.start()
            case "burst", Bench() as bench:
                return bench.burst(order["number"], order["samples"])
            case "finish", Bench() as bench:
                return bench.finish()
            case "count", Bench() as bench:
                return bench.count()
            case "explain", Bench() as bench:
                return bench.explain()
        raise ValueError(f"a worker cannot do {order['do']!r} now")


def serve(commands: int, replies: int) -> None:
    """Answer orders until the parent closes the pipe; where that is asked for, those from start to leave in a fork."""
    session = Session()
    while (order := exchange.receive(commands)) is not None:
        if order.get("forks") and not _forked():
            continue
        reply = {"nonce": order["nonce"], "outcome": "ok"} if order["do"] == "leave" else session.answer(order)
        sys.stdout.flush()
        sys.stderr.flush()
        exchange.send(replies, reply)
        if order["do"] == "leave":
            os._exit(0)


def _forked() -> bool:
    """Return True in a fork of this process, which has loaded what every worker loads; False here, once it has ended.

    Parent and fork share the pipes, and only one of them reads at a time. If the fork dies, so does this process, in
    the same way: who asked finds out what it was.
    """
    from . import arena, implementation, verify  # noqa: F401  # before the fork, which then has them

    here = os.getpid()
    fork = os.fork()
    if fork == 0:
        pinning.die_with_parent(here)
        return True
    code = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)  # Python ignores SIGPIPE and takes SIGINT for an exception
        os.kill(here, -code)
    if code > 0:
        os._exit(code)
    return False


if __name__ == "__main__":
    pinning.die_with_parent(int(sys.argv[3]))
    serve(int(sys.argv[1]), int(sys.argv[2]))
    os._exit(0)  # no exit handlers of an implementation's libraries
