"""A worker as the parent sees it: started, asked, stopped, continued and, when it must be, killed."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from .. import worker
from ..errors import ForeignCode
from ..machine import address_space, affinity
from ..store.worker_records import Outcome
from ..worker import origins, pipe
from ..worker.origins import Own
from ..worker.protocol import Answer, Failure, Foreign, Order

#: How much of a worker's stdout and stderr is kept.
TAIL_BYTES = 4096

#: A worker that was asked to end gets this long before it is killed.
GRACE_S = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What is set before a worker starts."""

    environment: Mapping[str, str]
    cpus: Sequence[int]
    """CPUs it may use; empty: all."""
    folder: Path
    """Its working directory."""
    beside: tuple[Path, ...] = ()
    """Folders whose modules come before what is installed."""
    own: Own | None = None
    """The code of its side, where it measures one of two versions."""


#: Time in which a worker could have computed but had to wait for a CPU does not count; at most so many times its own.
MOST_WAITING = 10.0

#: Whoever waits longer than this for an answer does something else meanwhile, where there is something.
MEANWHILE_S = 1.0

#: A deadline is not put off by less.
SHORTEST_EXTENSION_S = 0.01

#: Signals that are sent from outside; an error of the code itself ends in another.
FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT})


class Ended(Exception):
    """A case ended otherwise than ok: its worker says so, says what nobody can read, died, or kept silent."""

    def __init__(self, outcome: Outcome, reason: str, *, from_outside: bool = False) -> None:
        """Take `from_outside`, whether somebody or something else may be why it ended."""
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.from_outside = from_outside


class WorkerProcess:
    """A fresh interpreter in a process group of its own, spoken to over two private pipes."""

    def __init__(self, conditions: Conditions) -> None:
        self._received = pipe.Received()
        self._tail = bytearray()
        self._asked = 0
        command_read, self._commands = os.pipe()
        self._replies, reply_write = os.pipe()
        output_read, output_write = os.pipe()
        self._output = output_read
        os.set_blocking(output_read, False)
        module = worker.__name__
        found = origins.variables(conditions.environment, conditions.own, conditions.beside)
        try:
            with address_space.alike():
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module, str(command_read), str(reply_write), str(os.getpid())],
                    stdin=subprocess.DEVNULL,
                    stdout=output_write,
                    stderr=output_write,
                    env={**conditions.environment, **found},
                    cwd=conditions.folder,
                    pass_fds=(command_read, reply_write),
                    start_new_session=True,
                )
        finally:
            for descriptor in (command_read, reply_write, output_write):
                os.close(descriptor)
        affinity.pin(self._process.pid, conditions.cpus)

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Its process id, which is that of its process group too."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it was killed."""
        return self._commands < 0

    @property
    def is_new(self) -> bool:
        """Whether it was asked nothing yet."""
        return self._asked == 0

    @property
    def output_tail(self) -> str:
        """The last that it wrote to stdout and stderr."""
        return self._tail.decode(errors="replace").strip()

    def ask(
        self,
        order: Order,
        expected: type[Answer],
        timeout_s: float,
        *,
        meanwhile: Callable[[], None] | None = None,
    ) -> Answer:
        """Send an order and wait for its answer; what is done `meanwhile`, every second, is nothing while it times.

        Raises
        ------
        Ended
            If the worker says that the case has ended. If it died (crashed, out-of-memory), did not answer within
            `timeout_s`, or answered with something else than the `expected` reply; it is dead then. On a busy machine
            it gets as much longer as it had to wait for a CPU.
        ForeignCode
            If it has loaded other code than that of its side.
        """
        self._asked += 1
        try:
            pipe.send(self._commands, self._asked, order)
            number, body = self._wait(timeout_s, meanwhile)
            reply = pipe.decode_reply(body, expected)
        except ValueError as error:
            self.kill()
            raise Ended(Outcome.FAILED, f"its worker's reply cannot be read: {pipe.plain(str(error))}") from error
        except (OSError, EOFError) as error:
            raise self._death() from error
        if number != self._asked:
            self.kill()
            raise Ended(Outcome.FAILED, "wrote to the harness's own pipe")
        if isinstance(reply, Failure):
            raise Ended(Outcome(reply.outcome), pipe.plain(reply.reason))
        if isinstance(reply, Foreign):
            raise ForeignCode(reply.reason)
        return reply

    def _wait(self, timeout_s: float, meanwhile: Callable[[], None] | None) -> tuple[int, bytes]:
        """Return number and JSON of the next message, Ended at the deadline; keep the tail of the output meanwhile."""
        started, waited_s = time.monotonic(), _waited_for_cpu_s(self.pid)
        longer_s = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            selector.register(self._output, selectors.EVENT_READ)
            while (message := self._received.message()) is None:
                left = started + timeout_s + longer_s - time.monotonic()
                if left <= 0:
                    owed_s = min(_waited_for_cpu_s(self.pid) - waited_s, MOST_WAITING * timeout_s) - longer_s
                    if owed_s <= SHORTEST_EXTENSION_S:
                        self.kill()
                        reason = f"no answer within {timeout_s:g} s (--timeout)"
                        raise Ended(Outcome.TIMEOUT, reason, from_outside=True)  # or others kept machine or disk busy
                    longer_s += owed_s
                    continue
                events = selector.select(min(left, MEANWHILE_S) if meanwhile else left)
                if meanwhile and not events:
                    meanwhile()
                for key, _ in events:
                    data = os.read(key.fd, 65536)
                    if key.fd == self._replies:
                        if not data:
                            raise EOFError
                        self._received.add(data)
                    elif data:
                        self._keep(data)
                    else:
                        selector.unregister(self._output)
        return message

    def _keep(self, data: bytes) -> None:
        self._tail += data
        del self._tail[:-TAIL_BYTES]

    def _drain(self) -> None:
        """Take what is left in the output pipe."""
        with contextlib.suppress(BlockingIOError):  # nothing there
            while data := os.read(self._output, 65536):
                self._keep(data)

    def _death(self) -> Ended:
        """Return how the process ended, once it has."""
        try:
            code = self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return Ended(Outcome.FAILED, "closed the harness's own pipe")
        self._drain()
        self.kill()
        if code >= 0:
            return Ended(Outcome.CRASHED, f"ended by itself with exit code {code}")
        name = signal.Signals(-code).name
        if -code == signal.SIGKILL:
            reason = "killed by SIGKILL, as the system does when memory runs out"
            return Ended(Outcome.OUT_OF_MEMORY, reason, from_outside=True)
        return Ended(Outcome.CRASHED, f"killed by {name}", from_outside=-code in FROM_OUTSIDE)

    def pause(self) -> None:
        """Stop it, with whatever it started: an idle thread pool would spin beside the one that is timed."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def bind(self, cpus: Sequence[int]) -> None:
        """Bind all its threads to CPUs."""
        affinity.pin(self.pid, cpus)
        threads = Path(f"/proc/{self.pid}/task")
        with contextlib.suppress(OSError):  # elsewhere than on Linux
            for thread in threads.iterdir():
                affinity.pin(int(thread.name), cpus)

    def kill(self) -> None:
        """End it and whatever it started; does nothing a second time."""
        if self._commands < 0:
            return
        self._let_trackers_clean_up()
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._drain()
        for descriptor in (self._commands, self._replies, self._output):
            os.close(descriptor)
        self._commands = -1

    def _let_trackers_clean_up(self) -> None:
        """End all of its group but multiprocessing's resource trackers, and wait for these.

        A tracker removes semaphores and shared memory by their names as soon as all who could use them have ended.
        """
        trackers: list[psutil.Process] = []
        others: list[psutil.Process] = []
        for process in self._others_of_its_group():
            with contextlib.suppress(psutil.Error):
                (trackers if "resource_tracker" in " ".join(process.cmdline()) else others).append(process)
        if not trackers:
            return
        self._process.kill()
        self._process.wait()
        for process in others:
            with contextlib.suppress(psutil.Error):
                process.kill()
        for process in trackers:
            with contextlib.suppress(psutil.Error):
                process.resume()
        psutil.wait_procs(trackers, timeout=GRACE_S)

    def _others_of_its_group(self) -> Iterator[psutil.Process]:
        """Yield what it started and what is still there."""
        with contextlib.suppress(psutil.Error, OSError):
            for pid in psutil.pids():
                with contextlib.suppress(psutil.Error, OSError):
                    if pid != self.pid and os.getpgid(pid) == self.pid:
                        yield psutil.Process(pid)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it is gone, and its group with it
            os.killpg(self._process.pid, number)


def _waited_for_cpu_s(pid: int) -> float:
    """Return for how long a process and its forks could have computed but others had the CPU; 0 where nobody tells.

    It is the second number of schedstat, in nanoseconds, of the first thread of each.
    """
    task, total = Path(f"/proc/{pid}"), 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        total += int((task / "schedstat").read_text().split()[1])
        for child in (task / "task" / str(pid) / "children").read_text().split():
            total += int(Path(f"/proc/{child}/schedstat").read_text().split()[1])
    return total * 1e-9
