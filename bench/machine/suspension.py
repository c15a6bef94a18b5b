"""Whether the machine was asleep over a round: what was being timed then has no time."""

import time

#: A machine that slept longer in a round has lost it.
LONGEST_S = 0.5

#: Where only the wall clock tells of sleep, so large a share of a round may be its being set right: NTP slews a clock
#: by 500 millionths at most, a bad oscillator runs wrong by less.
LARGEST_DRIFT = 1e-3


class Watch:
    """Begins when it is made."""

    def __init__(self) -> None:
        self._started_s = time.monotonic()
        self._offset_s = _slept_s()

    def told(self) -> str | None:
        """Return that the machine slept since then, None if it did not."""
        drift_s = 0.0 if _has_clock() else LARGEST_DRIFT * (time.monotonic() - self._started_s)
        slept_s = abs(_slept_s() - self._offset_s) - drift_s
        return f"the machine slept for {slept_s:.1f} s" if slept_s > LONGEST_S else None


def _has_clock() -> bool:
    """Return whether there is a clock that goes on while the machine sleeps and that nobody sets (Linux)."""
    return hasattr(time, "CLOCK_BOOTTIME")


def _slept_s() -> float:
    """Return for how long the machine has slept, but for a constant; without such a clock the wall clock tells."""
    if _has_clock():
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.time() - time.monotonic()
