"""Finds the profilers, tracers, audit hooks, timers and frame evaluators that code under test has set.

Code of a worker that is called by them sees when the harness begins to look, and computes while no clock runs.
"""

import signal
import sys
import threading

from .evaluator import is_evaluated_by_other

#: The interpreter has so many places for those that watch it (PEP 669).
_MONITORS = 6

_TIMERS = ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF")


def hooks() -> dict[str, object]:
    """Return what is called so now, by the name of what sets it; of what has no identity whether it is there."""
    found: dict[str, object] = {
        "sys.setprofile": sys.getprofile(),
        "sys.settrace": sys.gettrace(),
        "threading.setprofile": threading.getprofile(),
        "threading.settrace": threading.gettrace(),
        "sys.addaudithook": _is_audited(),
        "a frame evaluator (PEP 523)": is_evaluated_by_other(),
    }
    for name in _TIMERS:
        found[f"signal.setitimer({name})"] = signal.getitimer(getattr(signal, name))[0] > 0
    if sys.version_info >= (3, 12):
        for number in range(_MONITORS):
            found[f"sys.monitoring ({number})"] = sys.monitoring.get_tool(number)
    return found


def is_watched() -> bool:
    """Return whether each call of Python in this thread, or in the whole interpreter, is told to somebody."""
    if sys.getprofile() is not None:
        return True
    return sys.version_info >= (3, 12) and any(sys.monitoring.get_tool(number) for number in range(_MONITORS))


def _is_audited() -> bool:
    """Return whether there are audit hooks: only for these CPython (sysmodule.c) looks whether an event is a text."""
    try:
        sys.audit(1)  # type: ignore[arg-type]
    except TypeError:
        return True
    return False
