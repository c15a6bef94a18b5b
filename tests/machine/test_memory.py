"""How much memory is free, on machines that are made up, and that a process keeps to its limit."""

import resource
import subprocess
import sys
from types import SimpleNamespace

import pytest

from bench.machine import memory

MIB = 2**20


def put(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_what_nobody_tells_is_unknown(tmp_path):
    assert memory.free_bytes(tmp_path) is None
    assert memory.worker_limit(tmp_path) is None
    assert memory.ended_for_want_of_memory(tmp_path) is None


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 8000 * MIB),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/b/memory.max": "max",
                "sys/fs/cgroup/a/b/memory.current": "5",
                "sys/fs/cgroup/a/memory.max": str(4000 * MIB),
                "sys/fs/cgroup/a/memory.current": str(3000 * MIB),
                "sys/fs/cgroup/a/memory.stat": f"anon 7\ninactive_file {500 * MIB}\n",
            },
            1500 * MIB,
        ),
        (
            {
                "proc/self/cgroup": "4:memory:/a\n1:cpu:/c\n",
                "sys/fs/cgroup/memory/a/memory.limit_in_bytes": str(2000 * MIB),
                "sys/fs/cgroup/memory/a/memory.usage_in_bytes": str(2100 * MIB),
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "1",
            },
            0,
        ),
    ],
    ids=["machine", "version 2", "version 1"],
)
def test_free_is_what_the_machine_and_each_control_group_leave(tmp_path, files, free):
    put(tmp_path, {"proc/meminfo": f"MemTotal: 9 kB\nMemAvailable: {8000 * 1024} kB\n"} | files)
    assert memory.free_bytes(tmp_path) == free
    assert memory.worker_limit(tmp_path) == max(2**30, int(0.8 * free))


def test_processes_that_the_system_has_ended_are_counted_where_it_counts_them(tmp_path):
    put(tmp_path, {"proc/vmstat": "pgfault 3\noom_kill 12\noom_killer 4\n"})
    assert memory.ended_for_want_of_memory(tmp_path) == 12


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs Linux")
@pytest.mark.machine
def test_a_process_keeps_to_its_limit_and_to_a_lower_one_that_it_has(tmp_path, monkeypatch):
    code = "import resource, sys; sys.stdin.read(); print(resource.getrlimit(resource.RLIMIT_{})[0])"

    def limited(*limits, kind="DATA"):
        with subprocess.Popen([sys.executable, "-c", code.format(kind)], stdin=-1, stdout=-1, text=True) as process:
            for limit in limits:
                memory.limit(process.pid, limit, tmp_path)
            return int(process.communicate()[0])

    assert limited(2**30) == 2**30
    assert limited(2**30, 2**31) == 2**30
    assert limited(None) == resource.getrlimit(resource.RLIMIT_DATA)[0]
    monkeypatch.setattr(memory.shutil, "disk_usage", lambda place: SimpleNamespace(free=2**32))
    assert limited(2**30, kind="FSIZE") == 2**30
    assert limited(2**33, kind="FSIZE") == 3 * 2**30  # three quarters of the room
