"""Binds processes to CPUs."""

import contextlib
import os
from collections.abc import Sequence


def pin(pid: int, cpus: Sequence[int]) -> None:
    """Bind a process to CPUs, where the system can and lets us (Linux); 0 is this process."""
    if cpus and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.sched_setaffinity(pid, cpus)


def keep_off(cpus: Sequence[int], allowed: Sequence[int]) -> None:
    """Keep this process off some of the CPUs that it may use, where there are others."""
    pin(0, [cpu for cpu in allowed if cpu not in cpus] or allowed)
