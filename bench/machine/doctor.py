"""What is here, what is missing and how to add it, and what would make this machine noisy.

`examine` looks; the functions below it turn what was seen into remarks, each on one subject.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from ..units import percent, significant
from . import environment, hardware, variables
from .distributions import EXTRAS
from .load import WATCH_S, Activity, watch

WHILE = f"over {WATCH_S} s in which implbench slept"

#: From here on, what others do is called noise.
BUSY_SHARE, STEAL_SHARE, LOAD = 0.1, 0.01, 0.5

#: Less room than this in the results folder is worth a word: a long run takes some 10 MB.
ROOM_BYTES = 100 * 2**20

#: What names a tuned BLAS in NumPy's and Octave's own words; the reference BLAS is slower by an order of magnitude.
TUNED_BLAS = ("openblas", "mkl", "blis", "flexiblas", "accelerate", "atlas", "nvpl", "armpl")


class Remark(Struct, frozen=True, kw_only=True):
    """What is to be said of one subject."""

    subject: str
    state: Literal["good", "missing", "noisy", "note"]
    text: str
    remedy: str | None = None


def examine(results_folder: Path) -> tuple[Remark, ...]:
    """Look at this machine and return what was found; takes about a second."""
    activity = watch()
    facts: dict[str, Any] = environment.capture()
    return (
        *installed(facts, environment.numeric_stack()),
        *frameworks(),
        *tools(),
        *noise(facts),
        *neighbours(activity),
        *power(),
        *support(facts),
        *bending(facts["variables"]),
        results(results_folder),
    )


def installed(facts: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[Remark]:
    """Tell Python, the CPU and NumPy with its BLAS."""
    python, cpu, blas, simd = facts["python"], facts["cpu"], stack["blas"], stack["simd"]["tier"]
    yield Remark(subject="python", state="good", text=f"{python['implementation']} {python['version']}")
    caches = [f"{name.partition('_')[0]} {_size(size)}" for name, size in cpu["caches"].items() if size]
    named = [cpu["model"] or "a CPU that does not tell its model", f"{cpu['logical']} logical CPUs", *caches]
    yield Remark(subject="cpu", state="good", text=", ".join(named))
    text = f"NumPy {stack['numpy']} uses {blas['name'] or 'an unknown BLAS'} {blas['version'] or ''}".rstrip()
    kernel = f"its {blas['kernel']} kernel" if blas["kernel"] else "a kernel that it does not name"
    text = f"{text} with {kernel}" + (f" and SIMD up to {simd}" if simd else "")
    if tuned(blas["name"]):
        yield Remark(subject="numpy", state="good", text=text)
    else:
        remedy = "use NumPy's own wheel, which brings OpenBLAS: pip install --force-reinstall --only-binary :all: numpy"
        yield Remark(subject="numpy", state="note", text=f"{text}; it may be the slow reference BLAS", remedy=remedy)


def tuned(blas: str | None) -> bool:
    """Return whether a BLAS is known, by what it calls itself, to be another than the reference one."""
    return any(name in (blas or "").lower() for name in TUNED_BLAS)


def frameworks() -> Iterator[Remark]:
    """Tell which of the optional distributions are here; none of them is imported."""
    for name in EXTRAS:
        yield _distribution(name, "implementations that need it are unavailable", f"pip install implbench[{name}]")
    yield _distribution("memray", "explain --memray has nothing to draw with", "pip install implbench[memray]")


def _distribution(name: str, loss: str, remedy: str) -> Remark:
    if environment.missing([name]):
        return Remark(subject=name, state="missing", text=f"{name} is not installed: {loss}", remedy=remedy)
    return Remark(subject=name, state="good", text=f"{name} {environment.version(name)} is installed")


def tools() -> Iterator[Remark]:
    """Tell the programs that implementations in other languages need."""
    named = (os.environ.get("CC") or "").split()[:1]
    compiler = next(filter(shutil.which, [*named, "cc", "gcc", "clang"]), None)
    if compiler:
        about = (hardware.printed(compiler, "--version") or "").partition("\n")[0]
        yield Remark(subject="c compiler", state="good", text=about or compiler)
    else:
        text = "no C compiler (cc, gcc, clang or $CC) was found: implementations in C are unavailable"
        yield Remark(subject="c compiler", state="missing", text=text, remedy="apt-get install gcc libc6-dev")
    yield octave()


def octave() -> Remark:
    """Tell whether GNU Octave is here and, since Debian may give it the reference BLAS, which BLAS it uses."""
    if shutil.which("octave-cli") is None:
        text = "GNU Octave (octave-cli) is not installed: implementations in its language are unavailable"
        remedy = "apt-get install octave (not with --no-install-recommends: that gives it the slow reference BLAS)"
        return Remark(subject="octave", state="missing", text=text, remedy=remedy)
    said = hardware.printed("octave-cli", "--norc", "--eval", "disp(version('-blas'))", seconds=20) or ""
    blas = said.rpartition("\n")[2] or "an unknown BLAS"
    if tuned(blas):
        return Remark(subject="octave", state="good", text=f"GNU Octave uses {blas}")
    text = f"GNU Octave uses {blas}: with the reference BLAS it is slower by an order of magnitude"
    return Remark(subject="octave", state="noisy", text=text, remedy="apt-get install libopenblas0")


def noise(facts: Mapping[str, Any]) -> Iterator[Remark]:
    """Tell what about the machine and its settings makes times vary."""
    cpu, allowed, quota = facts["cpu"], len(facts["cpus_allowed"]), facts["cgroup"]["cpus"]
    if allowed < 2:
        text = f"implbench may run on {allowed} of {cpu['logical']} CPUs, which harness, system and worker share"
        yield _noisy("cpus", text, "allow it at least 2 (taskset, the container's --cpuset-cpus)")
    else:
        yield Remark(subject="cpus", state="good", text=f"implbench may run on {allowed} of {cpu['logical']} CPUs")
    if quota is not None and quota < allowed:
        text = (
            f"the control group grants {significant(quota)} of {allowed} CPUs, and stops a worker that has used them up"
        )
        yield _noisy("quota", text, "run without a CPU quota (the container's --cpus), with a set of CPUs instead")
    if cpu["hypervisor"]:
        text = "this is a virtual machine: neighbours may take CPU time, caches and memory bandwidth from it"
        yield _noisy("hypervisor", text, "measure on bare metal what differs by a few percent, or measure more rounds")
    if cpu["governor"] not in (None, "performance"):
        text = f"the frequency governor is {cpu['governor']}, so the clock follows the load"
        yield _noisy("governor", text, "sudo cpupower frequency-set --governor performance")
    if cpu["turbo"]:
        text = "turbo is on, so the clock depends on temperature and on what the other cores do"
        yield _noisy("turbo", text, f"{_write(0, 'cpufreq/boost')}, or {_write(1, 'intel_pstate/no_turbo')}")
    if facts["system"]["transparent_huge_pages"] == "always":
        text = (
            "transparent huge pages are set to always: whether an array gets them is chance and decides its page faults"
        )
        remedy = "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"
        yield _noisy("huge pages", text, remedy)


def neighbours(activity: Activity) -> Iterator[Remark]:
    """Tell what ran beside this process while it watched."""
    load, busiest = activity.load_after, max(activity.busy, default=None)
    stolen = max(activity.steal, default=0.0)
    if load is not None and load > LOAD:
        text = f"the load average of the last minute is {significant(load)}"
        yield _noisy("load", text, "wait until what caused it has ended, or end it (see: top)")
    if busiest is not None and busiest > BUSY_SHARE:
        text = f"CPU {activity.busy.index(busiest)} was {percent(busiest)} busy {WHILE}"
        yield _noisy("other programs", text, "end what runs beside implbench (see: top)")
    elif busiest is not None:
        text = f"no CPU was more than {percent(busiest)} busy {WHILE}"
        yield Remark(subject="other programs", state="good", text=text)
    if stolen > STEAL_SHARE:
        text = f"the hypervisor took {percent(stolen)} of CPU {activity.steal.index(stolen)}'s time {WHILE}"
        yield _noisy("steal", text, "measure at another time or on another host")


def power() -> Iterator[Remark]:
    """Tell whether the machine runs on its battery."""
    import psutil

    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if battery is not None and battery.power_plugged is False:
        text = f"this machine runs on its battery ({battery.percent:.0f} %), which lowers the clock"
        yield _noisy("power", text, "plug it in")


def support(facts: Mapping[str, Any]) -> Iterator[Remark]:
    """Tell what this system cannot do for a quiet measurement."""
    if not hasattr(os, "sched_setaffinity"):
        text = "this system cannot bind a process to CPUs: workers may move between them while they are timed"
        yield _noisy("affinity", text, "measure on Linux")
    if not hasattr(signal, "SIGSTOP"):
        text = "this system cannot stop a process: idle thread pools spin beside the worker that is timed"
        yield _noisy("stopping", text, "measure on Linux or macOS")
    if not (facts["system"]["libc"] or "").startswith("glibc"):
        text = f"the C library is {facts['system']['libc'] or 'unknown'}: --allocator retain is heeded by glibc alone"
        yield Remark(subject="allocator", state="note", text=text)


def bending(found: Mapping[str, str]) -> Iterator[Remark]:
    """Tell the environment variables that bend results."""
    for variable in variables.bending(found):
        yield _noisy(variable.name, variable.text, variable.remedy)


def results(folder: Path) -> Remark:
    """Tell whether runs can be kept in a folder, which need not exist yet."""
    try:
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        text = f"{folder}: cannot be written ({error.strerror})"
        return Remark(subject="results", state="missing", text=text, remedy="choose another folder with --results")
    room = f"{folder}: can be written, {significant(free / 2**30)} GiB are free"
    if free < ROOM_BYTES:
        return Remark(subject="results", state="note", text=room, remedy="make room, or choose another with --results")
    return Remark(subject="results", state="good", text=room)


def _noisy(subject: str, text: str, remedy: str) -> Remark:
    return Remark(subject=subject, state="noisy", text=text, remedy=remedy)


def _size(count: int) -> str:
    return f"{significant(count / 2**10)} KiB" if count < 2**20 else f"{significant(count / 2**20)} MiB"


def _write(value: int, file: str) -> str:
    return f"echo {value} | sudo tee /sys/devices/system/cpu/{file}"


#: How remarks are put in order: first what bends numbers, last what is fine.
_ORDER = ("noisy", "note", "missing", "good")


def ordered(examined: Iterable[Remark]) -> tuple[Remark, ...]:
    """Return remarks with what disturbs measurements first, then what is missing, then what is fine."""
    return tuple(sorted(examined, key=lambda one: _ORDER.index(one.state)))


def verdict(examined: Iterable[Remark]) -> str:
    """Return in one line whether this machine is fit to measure on, and how much that is optional is missing."""
    found = list(examined)
    noisy, missing = ([one.subject for one in found if one.state == state] for state in ("noisy", "missing"))
    optional = [subject for subject in missing if subject != "results"]
    parts = [
        f"Expect noise, from: {', '.join(noisy)}" if noisy else "Quiet: nothing here disturbs what is measured",
        *(["runs cannot be kept"] if "results" in missing else []),
        *([f"optional, and not installed: {', '.join(optional)}"] if optional else []),
    ]
    return f"{'; '.join(parts)}."
