"""How busy the machine is, from the CPUs' clocks as psutil reads them; what is not known is None, never 0."""

import os
import time
from collections.abc import Collection, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from ..units import percent
from .hardware import frequency_hz

#: The CPUs are watched for so long: 30 of the kernel's 10 ms steps, so a share is known to about 3 %.
WATCH_S = 0.3

#: A CPU that is busier than this with other programs, before a run starts, deserves a warning.
MOST_BUSY = 0.2

#: What any machine can tell; a record with more is none.
Share = Annotated[float, Meta(ge=0, le=1)]
Load = Annotated[float, Meta(ge=0, le=1e9)]
Frequency = Annotated[float, Meta(ge=0, le=1e15)]


class Snapshot(Struct, frozen=True, kw_only=True):
    """The CPUs' clocks at one moment; two of them make an Activity."""

    load: float | None
    """Load average of the last minute."""
    cpus: tuple[dict[str, float], ...]
    """Seconds that each CPU has spent since boot: idle, steal (where the system counts it) and in total."""
    frequency_hz: float | None


class Activity(Struct, frozen=True, kw_only=True):
    """How busy the machine was between two snapshots."""

    load_before: Load | None
    load_after: Load | None
    busy: tuple[Share, ...]
    """Share of the time for which each CPU ran something, 0 to 1; empty where unknown."""
    steal: tuple[Share, ...]
    """Share of the time that the hypervisor took from each CPU, 0 to 1; empty where unknown."""
    frequency_hz: Frequency | None


def snapshot() -> Snapshot:
    """Return the CPUs' clocks now."""
    import psutil

    try:
        cpus = tuple(cpu_seconds(times._asdict()) for times in psutil.cpu_times(percpu=True))
    except (OSError, ValueError, IndexError):  # a container may hide /proc, or fill it with something else
        cpus = ()
    return Snapshot(load=load_average(), cpus=cpus, frequency_hz=frequency_hz())


def cpu_seconds(times: Mapping[str, float]) -> dict[str, float]:
    """Return idle, steal and total seconds of one CPU from psutil's `times`, by kind."""
    # Time of guests is counted within user and nice already.
    total = sum(seconds for kind, seconds in times.items() if kind not in ("guest", "guest_nice"))
    counted = {"idle": times.get("idle", 0.0) + times.get("iowait", 0.0), "total": total}
    return counted | ({"steal": times["steal"]} if "steal" in times else {})


def load_average() -> float | None:
    """Return the load average of the last minute."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # Windows has none; a container may hide it
        return None


def load_between(before: Snapshot, after: Snapshot) -> Activity:
    """Return how busy the machine was between two snapshots; the clock is that of the second."""
    spent = [
        {kind: late[kind] - early[kind] for kind in late.keys() & early.keys()}
        for early, late in zip(before.cpus, after.cpus, strict=False)  # a CPU may have gone offline
    ]
    counted = bool(spent) and all(cpu["total"] > 0 for cpu in spent)  # the kernel counts in steps of 10 ms
    stolen = counted and all("steal" in cpu for cpu in spent)
    return Activity(
        load_before=before.load,
        load_after=after.load,
        busy=tuple(_share(cpu["total"] - cpu["idle"] - cpu.get("steal", 0.0), cpu) for cpu in spent) if counted else (),
        steal=tuple(_share(cpu["steal"], cpu) for cpu in spent) if stolen else (),
        frequency_hz=after.frequency_hz,
    )


def watch() -> Activity:
    """Return how busy the machine is with other things while this process sleeps for WATCH_S."""
    before = snapshot()
    time.sleep(WATCH_S)
    return load_between(before, snapshot())


def warnings(before: Activity, cpus: Collection[int]) -> list[str]:
    """Return a warning if other programs kept one of the `cpus` of a run busy before it."""
    shares = {cpu: share for cpu, share in enumerate(before.busy) if cpu in cpus}
    busy = {cpu: share for cpu, share in shares.items() if share > MOST_BUSY}
    if not busy:
        return []
    which = f"CPU {min(busy)} was" if len(busy) == 1 else f"{len(busy)} of {len(shares)} CPUs were up to"
    share = percent(max(busy.values()))
    return [f"{which} {share} busy with other programs just before the run; end them and measure again"]


def _share(seconds: float, cpu: Mapping[str, float]) -> float:
    """Return the share of a CPU's time, within 0 to 1 (the kernel's count of iowait may go back)."""
    return min(1.0, max(0.0, seconds / cpu["total"]))
