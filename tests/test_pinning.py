"""Threads and CPUs."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from bench import pinning
from bench.pinning import Guard, Reading, Used

CHECKOUT = Path(__file__).parent.parent

WALL_NS = 10_000_000


def usage(cpu_ns, threads):
    return Used(cpu_ns, 0, 0, dict(enumerate(threads)), WALL_NS)


@pytest.mark.parametrize(
    ("threads", "used"),
    [
        (1, usage(WALL_NS, [WALL_NS])),
        (1, usage(WALL_NS, [WALL_NS * 0.95, WALL_NS * 0.05])),
        (2, usage(1.9 * WALL_NS, [WALL_NS, 0.9 * WALL_NS])),
        (1, usage(0, [])),
    ],
)
def test_cpu_time_that_agrees_with_the_threads_asked_for_is_no_contradiction(threads, used):
    assert Guard(threads).contradiction(used) is None


@pytest.mark.parametrize(
    ("threads", "used", "told"),
    [
        (1, usage(1.9 * WALL_NS, []), "1.90 CPUs in a burst, 1 thread asked for"),
        (1, usage(WALL_NS, [WALL_NS / 2, WALL_NS / 2]), "2 threads computed"),
        (1, usage(WALL_NS, [WALL_NS / 2]), "2 threads computed"),  # half of it in threads that have ended
        (2, usage(2 * WALL_NS, [WALL_NS * 2 / 3] * 3), "3 threads computed in a burst, 2 threads asked for"),
    ],
)
def test_cpu_time_of_more_threads_than_asked_for_is_told(threads, used, told):
    assert told in Guard(threads).contradiction(used)


def test_a_pool_of_another_size_is_told():
    pools = [{"library": "openblas", "threads": 1}, {"library": "openmp", "threads": 2}]
    assert Guard(1).disobedient(pools) == "the openmp pool has 2 threads, 1 thread asked for"
    assert Guard(1).disobedient(pools[:1]) is None


def test_what_was_used_between_two_readings_leaves_the_reading_itself_out():
    earlier, later = Reading(5, 105, 1, 2, {1: 6}, 107, 8), Reading(19, 120, 4, 2, {1: 17, 2: 2}, 122, 23)
    assert later.since(earlier) == Used(11, 3, 0, {1: 11, 2: 2}, 13)


def test_the_wall_time_between_two_readings_holds_all_of_the_cpu_time():
    guard = Guard(1)
    for _ in range(1000):
        before = guard.read()
        used = guard.read().since(before)
        assert used.cpu_ns <= used.wall_ns


def test_reading_counts_this_process_cpu_time():
    guard = Guard(1)
    before = guard.read()
    sum(range(1_000_000))
    assert guard.read().since(before).cpu_ns > 0


def test_the_environment_of_a_worker_pins_every_library_and_retains_memory_when_asked_to():
    assert pinning.variables(2, "default")["OPENBLAS_NUM_THREADS"] == "2"
    assert "MALLOC_TRIM_THRESHOLD_" not in pinning.variables(1, "default")
    assert "MALLOC_TRIM_THRESHOLD_" in pinning.variables(1, "retain")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the allocator's options are those of glibc")
def test_memory_that_is_retained_is_not_faulted_in_again():
    code = (
        "import resource\n"
        "from bench import pinning\n"
        "pinning.retain_memory()\n"
        "for _ in range(3):\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    bytes(bytearray(8_000_000))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert int(done.stdout) < 100  # of the 3900 pages
