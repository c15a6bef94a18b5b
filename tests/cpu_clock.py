"""A clock of CPU time for tests: to read it, and what is computed, takes just so long as they say."""


class CpuClock:
    """Nanoseconds."""

    def __init__(self, reading_ns):
        """Take what it takes to read it."""
        self._reading_ns = reading_ns
        self._now_ns = 0

    def __call__(self):
        self._now_ns += self._reading_ns
        return self._now_ns

    def spend(self, ns):
        """Compute for so long."""
        self._now_ns += ns
