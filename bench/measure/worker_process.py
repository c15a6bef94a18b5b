"""A worker as the parent sees it: started, asked, stopped, continued and, when it must be, killed."""

import contextlib
import errno
import os
import secrets
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from ..errors import ForeignCode
from ..machine import affinity, memory
from ..machine.privacy import masked
from ..store.worker_records import Outcome
from ..units import amount
from ..worker import pipe
from ..worker.protocol import Answer, Failure, Foreign, Leave, Leaving, Order, Start
from . import descendants, seen, worker_start
from .deadline import Deadline
from .ended import Ended
from .seen import Seen
from .worker_start import Conditions

#: How much of a worker's stdout and stderr is kept, and how much of what is in the pipe at its end is looked at.
TAIL_BYTES, MOST_DRAINED = 4096, 2**20

#: A worker that was asked to end gets this long before it is killed.
GRACE_S = 2.0

#: Code that has set up something around a call gets so long to end that.
LONGEST_END_S = 30.0

#: The longest wait at a stretch.
LONGEST_POLL_S = 3600.0

#: Whoever waits longer than this for an answer does something else meanwhile, where there is something.
MEANWHILE_S = 1.0

#: Signals that are sent from outside; an error of the code itself ends in another.
FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT})


class WorkerProcess:
    """A fresh interpreter in a process group of its own, spoken to over two private pipes."""

    def __init__(self, conditions: Conditions) -> None:
        """Start it.

        Raises
        ------
        ImplbenchError
            If the system denies it, or its working directory is gone.
        """
        self._conditions = conditions
        self._received = pipe.Received()
        self._tail = bytearray()
        self._number = secrets.randbits(32)  # of the next order: who has not read that writes no reply to it
        self.is_new = True  # nothing was asked of it yet
        self._inputs: tuple[Path, ...] = ()
        self._ended_before = memory.ended_for_want_of_memory()
        self._started_ns = time.time_ns()
        self._at = worker_start.start(conditions)

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.end()
        self.kill()

    @property
    def pid(self) -> int:
        """Its process id, which is that of its process group too."""
        return self._at.process.pid

    @property
    def ended(self) -> bool:
        """Whether it was killed."""
        return self._at.closed

    @property
    def output_tail(self) -> str:
        """The last that it wrote to stdout and stderr."""
        return masked(self._tail.decode(errors="replace").strip(), self._conditions.environment)

    def ask(
        self,
        order: Order,
        expected: type[Answer],
        timeout_s: float,
        *,
        call_s: float | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Answer:
        """Send an order and wait for its answer; what is done `meanwhile`, every second, is nothing while it times.

        Of that time one call of the baseline, of which it tells when it begins and ends, may take `call_s`.

        Raises
        ------
        Ended
            If the worker says that the case has ended. If it died (crashed, out-of-memory), did not answer within
            `timeout_s`, or answered with something else than the `expected` reply; it is dead then. On a busy machine
            it gets as much longer as it had to wait for a CPU.
        ForeignCode
            If it has loaded other code than that of its side.
        ImplbenchError
            If its working directory is gone, and with it what it needs.
        """
        number, self._number, self.is_new = self._number, secrets.randbits(32), False
        if isinstance(order, Start):
            files = os.walk(order.spec.inputs)  # nothing where that is gone already
            self._inputs = (order.spec.inputs, *(Path(at, name) for at, _, names in files for name in names))
        try:
            pipe.send(self._at.commands, number, order)
            answered, body = self._wait(timeout_s, call_s, meanwhile)
            reply = pipe.decode_reply(body, expected)
        except ValueError as error:
            self.kill()
            raise Ended(Outcome.FAILED, f"its worker's reply cannot be read: {pipe.plain(str(error))}") from error
        except (OSError, EOFError) as error:
            ended = self._death()
            self._require_inputs()
            raise ended from error
        if answered != number:
            self.kill()
            raise Ended(Outcome.FAILED, "wrote to the harness's own pipe")
        if isinstance(reply, Failure):
            self._require_inputs()
            reason = masked(pipe.plain(reply.reason), self._conditions.environment)
            raise Ended(Outcome(reply.outcome), reason + self._limited(reply))
        if isinstance(reply, Foreign):
            raise ForeignCode(reply.reason)
        return reply

    def _require_inputs(self) -> None:
        """Raise ImplbenchError if what it needs is gone: else that would be its case's failure."""
        worker_start.require(self._conditions.folder, self._inputs)

    def _limited(self, failure: Failure) -> str:
        """Return that a limit was set, where that may be why a case has ended."""
        limit = self._conditions.memory_bytes
        reached = failure.outcome == "out-of-memory" or os.strerror(errno.EFBIG) in failure.reason
        return f"; it may have {amount(limit, 'B')} (--memory)" if limit and reached else ""

    def _wait(self, timeout_s: float, call_s: float | None, meanwhile: Callable[[], None] | None) -> tuple[int, bytes]:
        """Return number and JSON of the next message, Ended at the deadline; keep the tail of the output meanwhile."""
        whole, call = Deadline(self.pid, timeout_s), None
        longest_s = MEANWHILE_S if meanwhile else LONGEST_POLL_S
        poller = select.poll()
        for descriptor in (self._at.replies, self._at.output, *self._at.exits):
            poller.register(descriptor, select.POLLIN)
        while True:
            message = self._received.message()
            step = pipe.step_of(message[1]) if message else None
            if step:
                call = Deadline(self.pid, call_s) if step.begins and call_s else None
                continue
            if message:
                return message
            soonest = min(filter(None, (whole, call)), key=lambda one: one.left_s)
            if soonest.left_s <= 0:
                if soonest.put_off():
                    continue
                self.kill()
                what = "no answer" if soonest is whole else "no end of one call"
                reason = f"{what} within {soonest.timeout_s:g} s (--timeout)"
                raise Ended(Outcome.TIMEOUT, reason, from_outside=True)  # or others kept machine or disk busy
            ready = [descriptor for descriptor, _ in poller.poll(max(0.0, min(soonest.left_s, longest_s)) * 1000)]
            if meanwhile and not ready:
                meanwhile()
            if self._at.output in ready:
                self._take_output(poller)
            if self._at.replies in ready:
                self._take_reply()
            elif ready and ready[0] in self._at.exits:
                raise EOFError  # it has ended, though something that it started may hold its pipes

    def _take_reply(self) -> None:
        data = os.read(self._at.replies, 65536)
        if not data:
            raise EOFError
        self._received.add(data)

    def _take_output(self, poller: select.poll) -> None:
        data = os.read(self._at.output, 65536)
        self._keep(data)
        if not data:
            poller.unregister(self._at.output)

    def _keep(self, data: bytes) -> None:
        self._tail += data
        del self._tail[:-TAIL_BYTES]

    def _drain(self) -> None:
        """Take what is left in the output pipe."""
        with contextlib.suppress(BlockingIOError):  # nothing there
            for _ in range(MOST_DRAINED // 65536):  # something that it started may write for ever
                data = os.read(self._at.output, 65536)
                if not data:
                    return
                self._keep(data)

    def _death(self) -> Ended:
        """Return how the process ended, once it has."""
        try:
            code = self._at.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return Ended(Outcome.FAILED, "closed the harness's own pipe")
        self._drain()
        self.kill()
        if code >= 0:
            return Ended(Outcome.CRASHED, f"ended by itself with exit code {code}")
        if -code == signal.SIGKILL:
            return self._killed()
        return Ended(Outcome.CRASHED, f"killed by {_name(-code)}", from_outside=-code in FROM_OUTSIDE)

    def _killed(self) -> Ended:
        """Return that it was killed outright, and by whom as far as that is known."""
        ended = memory.ended_for_want_of_memory()
        if ended is not None and ended == self._ended_before:
            reason = "killed by SIGKILL, which another process has sent: memory had not run out"
            return Ended(Outcome.CRASHED, reason, from_outside=True)
        reason = "killed by SIGKILL, as the system does when memory runs out"
        return Ended(Outcome.OUT_OF_MEMORY, reason, from_outside=True)

    def seen(self) -> Seen:
        """Return what is seen of it now, whatever it says."""
        return seen.look(self.pid)

    def pause(self) -> None:
        """Stop it, with whatever it started: an idle thread pool would spin beside the one that is timed."""
        self._signal(signal.SIGSTOP)
        descendants.stop_below(self.pid)

    def resume(self) -> None:
        """Let it go on."""
        descendants.continue_below(self.pid)
        self._signal(signal.SIGCONT)

    def bind(self, cpus: Sequence[int]) -> None:
        """Bind all its threads to CPUs."""
        affinity.pin(self.pid, cpus)
        threads = Path(f"/proc/{self.pid}/task")
        with contextlib.suppress(OSError):  # elsewhere than on Linux
            for thread in threads.iterdir():
                affinity.pin(int(thread.name), cpus)

    def end(self) -> None:
        """End it; what other code has set up around a call gets the time to be ended before."""
        if self._conditions.is_led and not self.ended:
            with contextlib.suppress(Ended, ForeignCode):
                self.ask(Leave(), Leaving, LONGEST_END_S)
        self.kill()

    def kill(self) -> None:
        """End it and whatever it started; does nothing a second time."""
        if self.ended:
            return
        if self._at.process.poll() is None:
            self._end_what_it_started()
        else:
            descendants.end_marked(self._at.mark)
        self._signal(signal.SIGKILL)
        self._at.process.wait()
        self._drain()
        self._at.close()

    def _end_what_it_started(self) -> None:
        self._signal(signal.SIGSTOP)
        shared = descendants.shared_memory(self.pid, self._started_ns)
        descendants.end_below(self.pid)
        descendants.remove(shared)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it is gone, and its group with it
            os.killpg(self._at.process.pid, number)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of the real-time signals between the first and the last
        return f"signal {number}"
