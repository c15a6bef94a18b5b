"""What this process used: CPU time, page faults, switches; and how long another waited for a CPU."""

import contextlib
import resource
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Used:
    """What the process used between two readings."""

    cpu_ns: int
    minor_faults: int
    involuntary_switches: int
    wall_ns: int
    """In which `cpu_ns` was used."""


@dataclass(frozen=True, slots=True)
class Reading:
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


def waited_for_cpu_s(pid: int) -> float:
    """Return for how long a process and its forks could have computed but others had the CPU; 0 where nobody tells.

    It is the second number of schedstat, in nanoseconds, of the first thread of each.
    """
    task, total = Path(f"/proc/{pid}"), 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        total += int((task / "schedstat").read_text().split()[1])
        for child in (task / "task" / str(pid) / "children").read_text().split():
            total += int(Path(f"/proc/{child}/schedstat").read_text().split()[1])
    return total * 1e-9
