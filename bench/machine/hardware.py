"""The machine itself, as /proc, /sys and psutil tell it; what they do not tell is None, never 0.

The readers of files take the root of the file system, so that tests can put a made-up machine in a folder.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path("/")

_CPU0 = "sys/devices/system/cpu/cpu0"

#: A set of arrays that is this many times as large as the last-level cache comes from memory (STREAM's rule). It has at
#: most so many bytes, however large that cache is, and at most this part of the memory.
BEYOND_CACHES, MOST_SET_BYTES, MOST_OF_MEMORY = 4, 256 * 2**20, 1 / 16

#: Beginnings of the CPU flags that decide which kernels a numerical library may choose: x86, then Arm.
SIMD = ("sse4", "avx", "fma", "f16c", "amx", "asimd", "sve", "sme", "i8mm", "bf16")


def cpu(root: Path = ROOT) -> dict[str, object]:
    """Return what the CPU is: model, counts, SIMD flags, caches, hypervisor and clock."""
    about = parse_cpuinfo(read(root / "proc/cpuinfo") or "")
    if platform.system() == "Darwin":
        about["model"] = printed("sysctl", "-n", "machdep.cpu.brand_string")
    return about | {
        "physical": _physical_count(),
        "logical": os.cpu_count(),
        "caches": caches(root),
        "governor": read(root / _CPU0 / "cpufreq/scaling_governor"),
        "turbo": turbo(root),
        "frequency_hz": frequency_hz(),
    }


def parse_cpuinfo(text: str) -> dict[str, object]:
    """Return model, vendor, signature, SIMD flags and hypervisor from the text of /proc/cpuinfo (x86 or Arm)."""
    first: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            first.setdefault(key.strip(), value.strip())
    flags = (first.get("flags") or first.get("Features") or "").split()
    parts = [first[key] for key in ("cpu family", "model", "stepping", "CPU part", "CPU variant") if key in first]
    return {
        "model": first.get("model name"),
        "vendor": first.get("vendor_id") or first.get("CPU implementer"),
        # Clouds give many CPUs one model name ("Intel(R) Xeon(R) Processor"); these numbers tell them apart.
        "signature": "-".join(parts) or None,
        "simd": sorted(flag for flag in flags if flag.startswith(SIMD)) if flags else None,
        # Arm's list of features has no such flag, so its absence says nothing there.
        "hypervisor": "hypervisor" in flags if "flags" in first else None,
    }


def caches(root: Path = ROOT) -> dict[str, int | None]:
    """Return the sizes of the first CPU's level 1 data, level 2 and level 3 caches, each of one instance."""
    found: dict[str, int | None] = {"l1d_bytes": None, "l2_bytes": None, "l3_bytes": None}
    for index in sorted((root / _CPU0 / "cache").glob("index*")):
        kind = {"Data": "d", "Unified": ""}.get(read(index / "type") or "")
        name = f"l{read(index / 'level')}{kind}_bytes"
        if name in found:
            found[name] = parse_size(read(index / "size"))
    return found


def parse_size(text: str | None) -> int | None:
    """Return the bytes of a cache size as the kernel writes it, as in ``2048K``."""
    if not text:
        return None
    number, unit = (text[:-1], text[-1]) if text[-1] in "KMG" else (text, "")
    return int(number) * {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}[unit] if number.isdigit() else None


def beyond_caches(caches: Mapping[str, int | None], memory: int | None) -> int:
    """Return the bytes of a set of arrays that comes from main memory, as far as MOST_SET_BYTES and the memory allow.

    Parameters
    ----------
    caches
        What `caches` returned.
    memory
        Bytes; None is unknown.
    """
    last = caches.get("l3_bytes") or caches.get("l2_bytes")
    wanted = BEYOND_CACHES * last if last else MOST_SET_BYTES
    most = MOST_SET_BYTES if memory is None else min(MOST_SET_BYTES, int(memory * MOST_OF_MEMORY))
    return min(wanted, most)


def turbo(root: Path = ROOT) -> bool | None:
    """Return whether the CPU may raise its clock above the nominal one."""
    folder = root / "sys/devices/system/cpu"
    no_turbo = read(folder / "intel_pstate/no_turbo")
    if no_turbo is not None:
        return no_turbo == "0"
    boost = read(folder / "cpufreq/boost")
    return None if boost is None else boost == "1"


def huge_pages(root: Path = ROOT) -> str | None:
    """Return the setting of transparent huge pages: always, madvise or never."""
    text = read(root / "sys/kernel/mm/transparent_hugepage/enabled") or ""
    return next((word.strip("[]") for word in text.split() if word.startswith("[")), None)


def cpu_quota(root: Path = ROOT) -> float | None:
    """Return the number of CPUs that the control group grants (the least on the way up), None if without limit."""
    return min((quota for group in control_groups("cpu", root) for quota in _quota(group)), default=None)


def control_groups(controller: str, root: Path = ROOT) -> Iterator[Path]:
    """Yield the folders of the control groups (version 1 or 2) that this process is in, from its own upwards."""
    mounted = root / "sys/fs/cgroup"
    for line in (read(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        base = mounted / controllers
        folder = base / path.lstrip("/")
        yield from (level for level in (folder, *folder.parents) if level.is_relative_to(base))


def _quota(folder: Path) -> list[float]:
    """Return the CPUs that one control group grants (version 2, then version 1), as a list of none or one."""
    text = read(folder / "cpu.max") or f"{read(folder / 'cpu.cfs_quota_us')} {read(folder / 'cpu.cfs_period_us')}"
    quota, _, period = text.partition(" ")
    # "max" (version 2) and -1 (version 1) say that there is no limit.
    return [int(quota) / int(period)] if quota.isdigit() and period.isdigit() and int(period) else []


def memory_bytes() -> int | None:
    """Return the physical memory."""
    import psutil  # here, and not above: 19 ms that --help and list do without

    try:
        return int(psutil.virtual_memory().total) or None
    except (OSError, ValueError, KeyError):  # no /proc
        return None


def frequency_hz() -> float | None:
    """Return the present clock, averaged over the CPUs; a virtual machine may tell the nominal one."""
    import psutil

    try:
        clock = psutil.cpu_freq()
    except (AttributeError, OSError, NotImplementedError, RuntimeError):  # depends on the system and its drivers
        return None
    megahertz = getattr(clock, "current", None)  # psutil's answer is None where it finds no clock
    return megahertz * 1e6 if megahertz else None


def allowed_cpus() -> tuple[int, ...]:
    """Return the CPUs on which this process may run, ascending."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def on_the_same_node(cpus: Collection[int], among: Sequence[int], root: Path = ROOT) -> tuple[int, ...]:
    """Return those `among` CPUs that share a memory node with one of `cpus`; all where the system tells of no nodes."""
    near: set[int] = set()
    for node in (root / "sys/devices/system/node").glob("node[0-9]*"):
        members = {int(each.name[3:]) for each in node.glob("cpu[0-9]*")}
        near |= members if members & set(cpus) else set()
    return tuple(cpu for cpu in among if cpu in near) or tuple(among)


def fingerprint(cpu: Mapping[str, object], memory: int | None, system: str) -> str:
    """Return what is equal for like machines: absolute times are compared within one fingerprint only.

    Parameters
    ----------
    cpu
        What `cpu` returned; only the fields that stay as they are count, not the clock or the governor.
    memory
        Bytes; rounded to GiB, as the kernel keeps a little more or less for itself at each boot.
    system
        Name of the operating system and architecture.
    """
    stable = {key: cpu.get(key) for key in ("model", "vendor", "signature", "simd", "physical", "logical")}
    stable |= {"caches": cpu.get("caches"), "system": system}
    stable["memory_gib"] = None if memory is None else round(memory / 2**30)
    return hashlib.sha256(json.dumps(stable, sort_keys=True).encode()).hexdigest()[:12]


def read(path: Path) -> str | None:
    """Return the text of a small file without the white space around it, None if it cannot be read or is empty."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None


def _physical_count() -> int | None:
    import psutil

    try:
        return psutil.cpu_count(logical=False)
    except (OSError, ValueError):  # no /proc
        return None


def printed(
    program: str, *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = 5
) -> str | None:
    """Return what a program prints, None if it is not there, fails, or takes more than `seconds`."""
    found = shutil.which(program)
    if found is None:
        return None
    try:
        done = subprocess.run(
            [found, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=seconds,
            check=True,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
