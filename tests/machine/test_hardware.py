"""The machine: read from made-up files, so that every machine can be tested on any other."""

import pytest

from bench.machine import hardware

INTEL = """\
processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 167
model name\t: Intel(R) Xeon(R) Processor
stepping\t: 1
cpu MHz\t\t: 2600.000
flags\t\t: fpu sse4_2 avx2 hypervisor avx512f amx_tile syscall

processor\t: 1
model name\t: another one
"""

ARM = """\
processor\t: 0
BogoMIPS\t: 243.75
Features\t: fp asimd sve crc32
CPU implementer\t: 0x41
CPU variant\t: 0x1
CPU part\t: 0xd40
"""


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def test_an_x86_cpu_is_told_by_its_first_core():
    assert hardware.parse_cpuinfo(INTEL) == {
        "model": "Intel(R) Xeon(R) Processor",
        "vendor": "GenuineIntel",
        "signature": "6-167-1",
        "simd": ["amx_tile", "avx2", "avx512f", "sse4_2"],
        "hypervisor": True,
    }
    assert hardware.parse_cpuinfo(INTEL.replace(" hypervisor", ""))["hypervisor"] is False


def test_an_arm_cpu_has_numbers_for_a_model_and_does_not_tell_a_hypervisor():
    assert hardware.parse_cpuinfo(ARM) == {
        "model": None,
        "vendor": "0x41",
        "signature": "0xd40-0x1",
        "simd": ["asimd", "sve"],
        "hypervisor": None,
    }


def test_without_proc_and_sys_everything_is_unknown_and_nothing_is_0(tmp_path):
    assert set(hardware.parse_cpuinfo("").values()) == {None}
    assert hardware.caches(tmp_path) == {"l1d_bytes": None, "l2_bytes": None, "l3_bytes": None}
    assert hardware.turbo(tmp_path) is None
    assert hardware.huge_pages(tmp_path) is None
    assert hardware.cpu_quota(tmp_path) is None
    assert hardware.cpu(tmp_path)["governor"] is None


def test_caches_are_those_of_data(tmp_path):
    cache = "sys/devices/system/cpu/cpu0/cache"
    kinds = [("1", "Data", "48K"), ("1", "Instruction", "64K"), ("2", "Unified", "2048K"), ("3", "Unified", "1G")]
    for index, (level, kind, size) in enumerate(kinds):
        folder = f"{cache}/index{index}"
        write(tmp_path, {f"{folder}/level": level, f"{folder}/type": kind, f"{folder}/size": size})
    assert hardware.caches(tmp_path) == {"l1d_bytes": 48 * 2**10, "l2_bytes": 2**21, "l3_bytes": 2**30}


@pytest.mark.parametrize(
    ("text", "size"), [("512", 512), ("32K", 32768), ("3M", 3 * 2**20), ("", None), ("wide", None)]
)
def test_a_size_is_read_with_its_unit(text, size):
    assert hardware.parse_size(text) == size


@pytest.mark.parametrize(
    ("file", "text", "on"),
    [
        ("intel_pstate/no_turbo", "0", True),
        ("intel_pstate/no_turbo", "1", False),
        ("cpufreq/boost", "1", True),
        ("cpufreq/boost", "0", False),
    ],
)
def test_turbo_is_told_by_either_driver(tmp_path, file, text, on):
    write(tmp_path, {f"sys/devices/system/cpu/{file}": text})
    assert hardware.turbo(tmp_path) is on


def test_the_setting_of_huge_pages_is_the_one_in_brackets(tmp_path):
    write(tmp_path, {"sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never"})
    assert hardware.huge_pages(tmp_path) == "madvise"


@pytest.mark.parametrize(
    ("files", "cpus"),
    [
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "150000 100000"}, 1.5),
        ({"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/b/cpu.max": "max 100000"}, None),
        (
            {
                "proc/self/cgroup": "0::/a/b",
                "sys/fs/cgroup/a/b/cpu.max": "400000 100000",
                "sys/fs/cgroup/a/cpu.max": "200000 100000",
            },
            2.0,
        ),
        (
            {
                "proc/self/cgroup": "5:memory:/x\n1:cpu:/x",
                "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000",
                "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000",
            },
            0.5,
        ),
        (
            {
                "proc/self/cgroup": "1:cpu:/",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
            },
            None,
        ),
    ],
)
def test_the_quota_is_the_least_on_the_way_up_in_both_versions_of_control_groups(tmp_path, files, cpus):
    write(tmp_path, files)
    assert hardware.cpu_quota(tmp_path) == cpus


CPU = {
    "model": "A",
    "vendor": "B",
    "signature": "6-1",
    "simd": ["avx2"],
    "physical": 4,
    "logical": 8,
    "caches": {"l2": 1},
}


def test_the_fingerprint_does_not_depend_on_what_changes_by_the_minute():
    now = hardware.fingerprint(CPU | {"frequency_hz": 2.6e9, "governor": "powersave", "turbo": True}, 2**34, "Linux")
    later = hardware.fingerprint(CPU | {"frequency_hz": 3.1e9, "governor": "performance"}, 2**34 - 2**20, "Linux")
    assert now == later


@pytest.mark.parametrize("change", [{"model": "Z"}, {"signature": "6-2"}, {"logical": 4}, {"caches": {"l2": 2}}])
def test_the_fingerprint_tells_unlike_cpus_apart(change):
    assert hardware.fingerprint(CPU | change, 2**34, "Linux") != hardware.fingerprint(CPU, 2**34, "Linux")


def test_the_fingerprint_tells_memory_and_system_apart():
    prints = {
        hardware.fingerprint(CPU, memory, name) for memory in (None, 2**34, 2**35) for name in ("Linux", "Darwin")
    }
    assert len(prints) == 6


def test_this_machine_allows_some_of_its_cpus():
    assert hardware.allowed_cpus() == tuple(sorted(set(hardware.allowed_cpus()))) != ()


def test_a_system_without_affinity_allows_all_its_cpus(monkeypatch):
    monkeypatch.delattr(hardware.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(hardware.os, "cpu_count", lambda: 3)
    assert hardware.allowed_cpus() == (0, 1, 2)


def test_a_program_that_fails_or_is_not_there_has_printed_nothing_known():
    assert hardware.printed("echo", "here") == "here"
    assert hardware.printed("false") is None
    assert hardware.printed("implbench-no-such-program") is None


@pytest.mark.parametrize(
    ("caches", "memory", "size"),
    [
        ({"l3_bytes": 8 * 2**20}, 2**34, 32 * 2**20),
        ({"l3_bytes": None, "l2_bytes": 2 * 2**20}, 2**34, 8 * 2**20),
        ({"l3_bytes": 480 * 2**20}, 2**34, 256 * 2**20),
        ({"l3_bytes": 480 * 2**20}, 2**31, 128 * 2**20),
        ({}, None, 256 * 2**20),
    ],
)
def test_what_lies_beyond_the_caches_is_four_times_the_last_one_within_bounds(caches, memory, size):
    assert hardware.beyond_caches(caches, memory) == size


def test_cpus_of_one_memory_node_are_told_from_others_and_all_are_where_there_are_no_nodes(tmp_path):
    assert hardware.on_the_same_node([2], (0, 1, 2, 3), tmp_path) == (0, 1, 2, 3)
    for node, cpus in enumerate(((0, 2), (1, 3))):
        for cpu in cpus:
            (tmp_path / f"sys/devices/system/node/node{node}/cpu{cpu}").mkdir(parents=True)
    assert hardware.on_the_same_node([2], (0, 1, 2), tmp_path) == (0, 2)
    assert hardware.on_the_same_node([1, 2], (0, 1, 2), tmp_path) == (0, 1, 2)
    assert hardware.on_the_same_node([9], (0, 1), tmp_path) == (0, 1)
