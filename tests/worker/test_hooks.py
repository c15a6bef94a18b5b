"""What has itself called by what others do is seen, and ends a case."""

import ctypes
import signal
import subprocess
import sys
import threading

import pytest

from bench.worker import hooks as hooks_module
from bench.worker.hooks import hooks
from bench.worker.integrity import Integrity
from bench.worker.outcome import Unfit


def test_nothing_is_said_of_what_was_there_before():
    known = threading.getprofile()
    threading.setprofile(print)
    try:
        Integrity().require_unseen()
    finally:
        threading.setprofile(known)


class Alike:
    """A hook that is equal to everything."""

    def __call__(self, *_):
        return None

    def __eq__(self, _other):
        return True

    __hash__ = None


@pytest.mark.parametrize("module", [sys, threading])
@pytest.mark.parametrize("kind", ["profile", "trace"])
def test_a_hook_that_was_set_since_is_named(module, kind):
    one, known = Integrity(), getattr(module, f"get{kind}")()
    getattr(module, f"set{kind}")(Alike())
    try:
        with pytest.raises(Unfit, match=rf"has itself called by {module.__name__}\.set{kind}") as caught:
            one.require()
    finally:
        getattr(module, f"set{kind}")(known)
    assert caught.value.outcome == "failed"
    one.require_unseen()


def test_so_is_a_timer_that_runs():
    one = Integrity()
    signal.setitimer(signal.ITIMER_PROF, 1000)
    try:
        with pytest.raises(Unfit, match=r"signal\.setitimer\(ITIMER_PROF\)"):
            one.require_unseen()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@pytest.mark.skipif(not hooks_module._TIMERS_FILE.exists(), reason="the system does not tell of these")
def test_so_is_a_timer_of_the_system():
    one, libc, timer = Integrity(), ctypes.CDLL(None), ctypes.c_void_p()
    nothing = (ctypes.c_int * 16)(0, 0, 0, 1)  # SIGEV_NONE
    assert libc.timer_create(1, nothing, ctypes.byref(timer)) == 0
    try:
        with pytest.raises(Unfit, match="has itself called by timer_create"):
            one.require_unseen()
    finally:
        libc.timer_delete(timer)
    one.require_unseen()


@pytest.mark.skipif(
    sys.implementation.name != "cpython" or sys.version_info >= (3, 14), reason="of CPython before 3.14"
)
def test_an_audit_hook_is_seen_and_not_called():
    """In a process of its own: nobody can take one away."""
    code = (
        "import sys\nfrom bench.worker.hooks import hooks\nassert hooks()['sys.addaudithook'] is False\nsaid = []\n"
        "sys.addaudithook(lambda name, _: said.append(name))\nassert hooks()['sys.addaudithook'] is True\n"
        "assert 1 not in said\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="of Python 3.12")
def test_so_is_what_monitors():
    before = hooks()
    number = next(one for one in range(6) if before[f"sys.monitoring ({one})"] is None)
    sys.monitoring.use_tool_id(number, "somebody")
    try:
        assert hooks()[f"sys.monitoring ({number})"] == "somebody"
    finally:
        sys.monitoring.free_tool_id(number)
