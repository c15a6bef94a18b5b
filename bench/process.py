"""A worker as the parent sees it: started, asked, stopped, continued and, when it must be, killed."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from . import exchange, origins, pinning
from .exchange import Message
from .measurement import Outcome
from .origins import Own

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
    own: Own | None = None
    """The code of its side, where it measures one of two versions."""


class Ended(Exception):
    """A worker gave no answer: it died, or the deadline passed."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class WorkerProcess:
    """A fresh interpreter in a process group of its own, spoken to over two private pipes."""

    def __init__(self, conditions: Conditions) -> None:
        self._received = exchange.Received()
        self._tail = bytearray()
        self._asked = 0
        command_read, self._commands = os.pipe()
        self._replies, reply_write = os.pipe()
        output_read, output_write = os.pipe()
        self._output = output_read
        os.set_blocking(output_read, False)
        module = f"{__package__}.worker"
        found = origins.variables(conditions.environment, conditions.own)
        try:
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
        pinning.pin(self._process.pid, conditions.cpus)

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
    def output_tail(self) -> str:
        """The last that it wrote to stdout and stderr."""
        return self._tail.decode(errors="replace").strip()

    def ask(self, order: Message, timeout_s: float) -> Message:
        """Send an order and wait for its answer.

        Raises
        ------
        Ended
            If the worker died (crashed, out-of-memory), or did not answer within `timeout_s`; it is dead then.
        """
        self._asked += 1
        try:
            exchange.send(self._commands, {**order, "nonce": self._asked})
            reply = self._wait(time.monotonic() + timeout_s)
        except (OSError, ValueError, EOFError) as error:
            raise self._death() from error
        if reply is None:
            self.kill()
            raise Ended(Outcome.TIMEOUT, f"no answer within {timeout_s:g} s (--timeout)")
        if reply.get("nonce") != self._asked:
            self.kill()
            raise Ended(Outcome.FAILED, "wrote to the harness's own pipe")
        return reply

    def _wait(self, deadline: float) -> Message | None:
        """Return the next message, None at the deadline; keep the tail of the output meanwhile."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            selector.register(self._output, selectors.EVENT_READ)
            while (message := self._received.message()) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                for key, _ in selector.select(left):
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
            return Ended(Outcome.OUT_OF_MEMORY, "killed by SIGKILL, as the system does when memory runs out")
        return Ended(Outcome.CRASHED, f"killed by {name}")

    def pause(self) -> None:
        """Stop it, with whatever it started: an idle thread pool would spin beside the one that is timed."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it and whatever it started; does nothing a second time."""
        if self._commands < 0:
            return
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._drain()
        for descriptor in (self._commands, self._replies, self._output):
            os.close(descriptor)
        self._commands = -1

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it is gone, and its group with it
            os.killpg(self._process.pid, number)
