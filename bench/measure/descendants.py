"""What a worker has started, wherever that has gone: processes in sessions of their own, and the shared memory held.

A worker adopts what its children leave behind (`threads.die_with_parent`), so as long as it lives everything that it
has started hangs below it. After its death a variable in the environment of each process tells whose it was. Both need
Linux's /proc; elsewhere what has left the worker's process group is found only while its parent lives.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import psutil

#: Variable of the environment that a worker hands down: its run's scratch folder, and its own number.
MARK = "IMPLBENCH_WORKER"

#: So often processes are looked for while they start new ones.
_MOST_LOOKS = 50

#: So long a resource tracker gets to clean up.
_GRACE_S = 2.0

#: A file's time comes from a coarser clock, which may be behind by so much.
_COARSE_NS = 20_000_000

_PROC = Path("/proc")
_SHARED = Path("/dev/shm")  # noqa: S108  # what others have made there is looked at


def end_below(pid: int) -> None:
    """Kill a process, which is stopped, and before it all that is below it."""
    _end(lambda: below(pid), {pid})


def end_marked(mark: str) -> None:
    """Kill all processes of this user whose mark begins so, as far as this process sees them by their own numbers."""
    _end(lambda: set(_marked(mark)))


def _end(look: Callable[[], set[int]], last: Collection[int] = ()) -> None:
    """Kill what is found until nothing new is: who has got the signal starts no more processes.

    Multiprocessing's resource trackers get some time: they remove semaphores and shared memory by their names as soon
    as all who could use them have ended.
    """
    killed: set[int] = set()
    trackers: set[int] = set()
    for _ in range(_MOST_LOOKS):
        new = look() - killed - trackers
        if not new:
            break
        trackers |= {one for one in new if _is_tracker(one)}
        _signal(new - trackers, signal.SIGKILL)
        killed |= new
    _signal(last, signal.SIGKILL)
    if trackers:
        _signal(trackers, signal.SIGCONT)
        known = [psutil.Process(one) for one in trackers if psutil.pid_exists(one)]
        _signal((one.pid for one in psutil.wait_procs(known, timeout=_GRACE_S)[1]), signal.SIGKILL)


def stop_below(pid: int) -> None:
    """Stop what a process, which is stopped, has started in other process groups than its own."""
    _signal(_elsewhere(pid), signal.SIGSTOP)


def continue_below(pid: int) -> None:
    """Let what `stop_below` has stopped go on."""
    _signal(_elsewhere(pid), signal.SIGCONT)


def _elsewhere(pid: int) -> Iterator[int]:
    """Yield the processes below one that its group does not have."""
    for one in below(pid):
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(one) != pid:
                yield one


def shared_memory(pid: int, since_ns: int) -> set[Path]:
    """Return the files in memory, younger than a time of the wall clock, that a process or one below it uses."""
    young = _young(since_ns)
    return young and young & {Path(name) for one in (pid, *below(pid)) for name in _used(_PROC / str(one))}


def abandoned(since_ns: int) -> list[Path]:
    """Return the files in memory, younger than a time of the wall clock, that no process uses, whoever made them."""
    young = _young(since_ns)
    return sorted(young and young - {Path(name) for one in _entries(_PROC) for name in _used(one)})


def _young(since_ns: int) -> set[Path]:
    return {path for path in _entries(_SHARED) if _is_young(path, since_ns - _COARSE_NS)}


def remove(files: Iterable[Path]) -> None:
    """Remove files that may be gone."""
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def below(pid: int) -> set[int]:
    """Return the processes below one."""
    if not (_PROC / str(pid)).exists():
        with contextlib.suppress(psutil.Error, OSError, IndexError):
            return {child.pid for child in psutil.Process(pid).children(recursive=True)}
        return set()
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        new = set(_children(waiting.pop())) - found
        waiting += new
        found |= new
    return found


def _children(pid: int) -> Iterator[int]:
    """Yield the children of each thread of a process."""
    for task in _entries(_PROC / str(pid) / "task"):
        yield from map(int, _read(task / "children").split())


def _marked(mark: str) -> Iterator[int]:
    start, own = f"{MARK}={mark}".encode(), _namespace(os.getpid())
    for place in _entries(_PROC):
        if place.name.isdigit() and any(entry.startswith(start) for entry in _read(place / "environ").split(b"\0")):
            pid = int(place.name)
            if pid != os.getpid() and _namespace(pid) == own:
                yield pid


def _namespace(pid: int) -> str | None:
    """Return within what a process's number is its number."""
    with contextlib.suppress(OSError):
        return os.readlink(_PROC / str(pid) / "ns" / "pid")  # noqa: PTH115  # it leads to no path
    return None


def _is_tracker(pid: int) -> bool:
    with contextlib.suppress(psutil.Error, OSError, IndexError):
        return "resource_tracker" in " ".join(psutil.Process(pid).cmdline())
    return False


def _is_young(path: Path, since_ns: int) -> bool:
    """Return whether it is a file of this user, made since then."""
    with contextlib.suppress(OSError):
        status = path.lstat()
        return path.is_file() and status.st_uid == os.geteuid() and status.st_ctime_ns >= since_ns
    return False


def _used(process: Path) -> Iterator[str]:
    """Yield the names of the files that a process has open or mapped."""
    for link in _entries(process / "fd"):
        with contextlib.suppress(OSError):
            yield str(link.readlink())
    for line in _read(process / "maps").splitlines():
        yield os.fsdecode(b" ".join(line.split(maxsplit=5)[5:]))


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, which may be gone at any moment."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
