"""What this process used: CPU time, page faults, switches; and how long another waited for a CPU."""

import contextlib
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct


class Used(Struct, frozen=True):
    """What the process used between two readings."""

    cpu_ns: int
    minor_faults: int
    involuntary_switches: int
    wall_ns: int
    """In which `cpu_ns` was used."""

    def without(self, part: "Used") -> "Used":
        """Return what was used beside a part of it."""
        return Used(
            self.cpu_ns - part.cpu_ns,
            self.minor_faults - part.minor_faults,
            self.involuntary_switches - part.involuntary_switches,
            self.wall_ns - part.wall_ns,
        )


NOTHING = Used(0, 0, 0, 0)


class Reading(Struct, frozen=True):
    """The counters of the process at one moment; as reading takes a while itself, both clocks at both ends of that."""

    first_cpu_ns: int
    first_wall_ns: int
    """Read after `first_cpu_ns`."""
    minor_faults: int
    involuntary_switches: int
    last_wall_ns: int
    """Read before `last_cpu_ns`."""
    last_cpu_ns: int

    def since(self, earlier: "Reading") -> Used:
        """Return what was used between the end of an earlier reading and the beginning of this one.

        The wall time holds all of the CPU time: who loses the CPU between two clocks, while another thread of the
        process computes on, is not taken for two.
        """
        return Used(
            self.first_cpu_ns - earlier.last_cpu_ns,
            self.minor_faults - earlier.minor_faults,
            self.involuntary_switches - earlier.involuntary_switches,
            self.first_wall_ns - earlier.last_wall_ns,
        )


def read() -> Reading:
    """Read the counters of this process (some microseconds)."""
    first = time.process_time_ns(), time.perf_counter_ns()
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = time.perf_counter_ns(), time.process_time_ns()
    return Reading(*first, used.ru_minflt, used.ru_nivcsw, *last)


#: In the number of a process's CPU clock: the time that the scheduler counts (Linux, posix-timers.h).
_CPUCLOCK_SCHED = 2


def cpu_ns_of(pid: int) -> int | None:
    """Return the CPU time that a process has used, all its threads together; None where nobody tells."""
    if sys.platform != "linux":
        return None
    try:
        return time.clock_gettime_ns((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError:
        return None


def waited_ns(pid: int) -> int:
    """Return for how long a process's first thread could have computed but others had the CPU; 0 where nobody tells.

    It is the second number of schedstat.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def waited_for_cpu_s(pid: int) -> float:
    """Return for how long a process and its forks could have computed but others had the CPU; 0 where nobody tells."""
    forks = Path(f"/proc/{pid}/task/{pid}/children")
    with contextlib.suppress(OSError):
        return sum(map(waited_ns, (pid, *map(int, forks.read_text().split())))) * 1e-9
    return 0.0


def beside_ns() -> int:
    """Return the CPU time that this process has used in other threads than this one."""
    return time.process_time_ns() - time.thread_time_ns()


@contextlib.contextmanager
def waiting() -> Iterator[Callable[[], int]]:
    """Yield what tells `waited_ns` of this process within some microseconds: the file stays open meanwhile."""
    try:
        file = os.open("/proc/self/schedstat", os.O_RDONLY)
    except OSError:
        yield lambda: 0
        return
    try:
        yield lambda: int(os.pread(file, 100, 0).split()[1])
    finally:
        os.close(file)
