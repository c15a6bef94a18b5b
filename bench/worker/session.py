"""The child process: it answers one parent's orders. Started fresh for each implementation and round.

It reads orders from one pipe and replies on another; what the implementation prints goes to stdout, which nobody
takes for a result. ``python -m bench.worker COMMANDS REPLIES PARENT``: two file descriptors and a process id.
"""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from ..errors import NO_ROOM, OWN_ERROR
from ..machine import threads
from ..problems import sources
from ..problems.origin import Origin
from . import absence, origins, pipe
from .answers import Answers
from .describing import Describe, described
from .outcome import Unfit, judged, shortened
from .outside import Outside
from .protocol import (
    Awake,
    CaseSpec,
    Change,
    Failure,
    Foreign,
    HandOut,
    Leave,
    Leaving,
    Order,
    Reply,
    Start,
    TimeBurst,
    Verify,
    Wake,
    WriteInputs,
)
from .steps import Calling, Tell, untold
from .task import Task
from .untimed import Count, Track


class Session:
    """The orders of one parent, answered one after the other."""

    def __init__(self, serve: Callable[[Order], None] | None = None, tell: Tell = untold) -> None:
        """Take `serve`, which answers an order and those behind it, for calls that other code leads to.

        `tell` is told, before the reply, what is being done.
        """
        self._tell = tell
        self._task: Task | None = None
        self._answers: Answers | None = None
        self._serve = serve
        self._is_led = False

    def answer(self, order: Order) -> Reply:
        """Do what the order says; an implementation's failure is an answer too."""
        try:
            origin = self._leading(order)
            reply = Leaving() if isinstance(order, Leave) else self._led(order, origin) if origin else self._do(order)
        except Unfit as unfit:
            folder = order.spec.folder if isinstance(order, WriteInputs | Start) else None
            reply = Failure(outcome=unfit.outcome, reason=absence.absent(unfit.__cause__, folder) or unfit.reason)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is no implementation's
            traceback.print_exc()
            full = isinstance(error, OSError) and error.errno in NO_ROOM
            whose = "no room for what it returned" if full else OWN_ERROR
            reply = Failure(outcome="not measured", reason=shortened(f"{whose}: {_told(error)}"))
        foreign = None if isinstance(order, TimeBurst | Leave) else origins.foreign()
        return Foreign(reason=pipe.plain(foreign)) if foreign else reply

    def _do(self, order: Order) -> Reply:
        match order, self._task or self._answers:
            case Wake() | Describe(), None:
                return Awake() if isinstance(order, Wake) else described()
            case WriteInputs() | Start(), None:
                return self._begun(order)
            case HandOut() | Verify(), Answers() as answers:
                return answers.hand_out(order) if isinstance(order, HandOut) else answers.verify(order)
            case TimeBurst() | Change() | Count() | Track(), Task() as task:
                return _done(task, order)
        raise ValueError(f"a worker cannot do {type(order).__name__} now")

    def _begun(self, order: WriteInputs | Start) -> Reply:
        """Become a process that knows what is right, or one that is measured."""
        _find(order.spec)
        if isinstance(order, WriteInputs):
            threads.hide_memory()
            own = origins.told()
            outside = Outside(own.tree) if own else None
            self._answers = Answers(order, self._tell)
            return replace(self._answers.written, outside=outside.made() if outside else ())
        self._task = Task(order)
        started = self._task.start()
        _settle()
        return started

    def _leading(self, order: Order) -> Origin | None:
        """Return what leads to the call that an order begins with, if something does and has not yet."""
        origin = order.spec.origin if isinstance(order, WriteInputs | Start) else None
        return origin if origin and self._serve and not self._is_led and sources.leads(origin) else None

    def _led(self, order: Order, origin: Origin) -> Reply:
        """Have other code lead to the call, and all orders served there; return the reply to the last of them."""
        if not isinstance(order, WriteInputs | Start):
            raise ValueError(f"nothing begins with {type(order).__name__}")
        _find(order.spec)
        name = order.baseline if isinstance(order, WriteInputs) else order.implementation
        reason = None
        try:
            with judged():
                reason = sources.within(origin, name, order.spec.case.size.values, lambda: self._go_on(order))
        except Unfit:
            if not self._is_led:
                raise  # else it is how the code ends, when all is said
        if not self._is_led:
            raise Unfit("unsupported", reason or "makes no call")
        return Leaving()

    def _go_on(self, order: Order) -> None:
        """Serve here, in the midst of other code."""
        self._is_led = True
        if self._serve:
            self._serve(order)


def _done(task: Task, order: TimeBurst | Change | Count | Track) -> Reply:
    """Have an implementation do what the order says."""
    match order:
        case TimeBurst():
            return task.burst(order)
        case Change():
            return task.change(order)
        case Track():
            return task.track(order)
    return task.count() if order.part == "counts" else task.explain(order.part)


def _settle() -> None:
    """Collect garbage, and have the collector pass over what is there by now.

    It would go through all of it before each burst: 5 ms, and 50 once Numba is loaded, of bursts that last 10.
    """
    gc.collect()
    gc.freeze()


def _told(error: Exception) -> str:
    """Return an error with its place in the harness's own code."""
    frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.f_code.co_filename).name}, line {line})"


def _find(spec: CaseSpec) -> None:
    """Have the problem's modules, and what lies beside them, found where nothing else has their names."""
    sys.path += [str(place) for place in (spec.importable, *spec.path) if str(place) not in sys.path]


def serve(commands: int, replies: int) -> None:
    """Answer orders until the parent closes the pipe; where that is asked for, those from start to leave in a fork."""
    _Line(commands, replies).serve()


class _Line:
    """The pipes between a parent and a session."""

    def __init__(self, commands: int, replies: int) -> None:
        self._commands = commands
        self._replies = replies
        self._session = Session(self._serve_there, self._told)
        self._is_led = False
        self._number = 0
        """Of the last order."""

    def serve(self, order: Order | None = None) -> None:
        """Answer an order, if there is one already, and all that come; in the midst of other code, until it is left."""
        while (order := order or self._received()) is not None:
            if self._is_led and isinstance(order, Leave):
                return
            if self._is_led or not (isinstance(order, Start) and order.forks) or _forked():
                self._answer(order)
            order = None

    def _serve_there(self, order: Order) -> None:
        """Serve in the midst of other code, until it is to be left."""
        self._is_led = True
        self.serve(order)

    def _told(self, step: Calling) -> None:
        pipe.send(self._replies, self._number, step)

    def _received(self) -> Order | None:
        received = pipe.receive(self._commands)
        if received is None:
            return None
        self._number, order = received
        return order

    def _answer(self, order: Order) -> None:
        reply = self._session.answer(order)
        sys.stdout.flush()
        sys.stderr.flush()
        pipe.reply(self._replies, self._number, reply)
        if isinstance(reply, Leaving):
            os._exit(0)


def _forked() -> bool:
    """Return True in a fork of this process, which has loaded what every worker loads; False here, once it has ended.

    Parent and fork share the pipes, and only one of them reads at a time. If the fork dies, so does this process, in
    the same way: who asked finds out what it was.
    """
    here = os.getpid()
    _settle()
    fork = os.fork()
    if fork == 0:
        threads.die_with_parent(here)
        return True
    code = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)  # Python ignores SIGPIPE and takes SIGINT for an exception
        os.kill(here, -code)
    if code > 0:
        os._exit(code)
    return False
