"""How long an answer is waited for: longer, where whoever answers had to wait for a CPU."""

import time

from ..machine import usage

#: Time in which a worker could have computed but had to wait for a CPU does not count; at most so many times its own.
MOST_WAITING = 10.0

#: A deadline is not put off by less.
SHORTEST_EXTENSION_S = 0.01


class Deadline:
    """Of a process that does something from now on."""

    def __init__(self, pid: int, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._pid = pid
        self._started_s = time.monotonic()
        self._waited_s = usage.waited_for_cpu_s(pid)
        self._longer_s = 0.0

    @property
    def left_s(self) -> float:
        """Seconds until it is over, or put off."""
        return self._started_s + self.timeout_s + self._longer_s - time.monotonic()

    def put_off(self) -> bool:
        """Put it off by as long as the process has waited for a CPU since; return whether that is any time."""
        waited_s = usage.waited_for_cpu_s(self._pid) - self._waited_s
        owed_s = min(waited_s, MOST_WAITING * self.timeout_s) - self._longer_s
        if owed_s <= SHORTEST_EXTENSION_S:
            return False
        self._longer_s += owed_s
        return True
