"""Commands in processes of their own, which a test waits for without knowing how long they take."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any, TypeVar

import psutil

#: Longest wait in seconds, for a machine that does a hundred things at once; nothing depends on it but a failure.
PATIENCE_S = 300.0

Found = TypeVar("Found")


@contextmanager
def started(command: list[str], folder: Path, **options: Any) -> Iterator["Popen[str]"]:
    """Start a command that signals end, even where these tests run in the background or under nohup."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL, signal.SIGQUIT: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    try:
        process = Popen(command, cwd=folder, text=True, **{"stdout": DEVNULL, "stderr": DEVNULL, **options})
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    with process:
        try:
            yield process
            process.wait(PATIENCE_S)
        finally:
            process.kill()


def children() -> list[psutil.Process]:
    """Return the processes that go on below this one."""
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def until(process: "Popen[str]", look: Callable[[], Found]) -> Found:
    """Return what a look finds, once it finds something while the process goes on.

    Raises
    ------
    AssertionError
        If the process ended before, which it was not to, or PATIENCE_S passed.
    """
    ends = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert process.poll() is None, f"ended with {process.returncode}"
        assert time.monotonic() < ends, "it goes on, and what was waited for does not come"
        time.sleep(0.05)  # a look at all processes takes milliseconds of what is waited for
    return found


def workers(process: "Popen[str]") -> list[psutil.Process]:
    """Return the workers that a command has started and that live."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if any(word.endswith(".worker") for word in child.cmdline()):
                found.append(child)
        except psutil.Error:  # it has just ended
            continue
    return found


def gone(processes: list[psutil.Process]) -> bool:
    """Return whether all of them have ended, or do so soon."""
    return psutil.wait_procs(processes, timeout=PATIENCE_S)[1] == []
