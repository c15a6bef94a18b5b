"""Threads."""

import hashlib
import platform
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.machine import threads, usage
from bench.machine.threads import Guard
from bench.machine.usage import Used

CHECKOUT = Path(__file__).parents[2]

WALL_NS = 10_000_000


def used(cpus):
    return Used(round(cpus * WALL_NS), 0, 0, WALL_NS)


@pytest.mark.parametrize(("asked", "cpus"), [(1, 1.0), (1, 0.0), (1, 1.2), (2, 1.9), (2, 2.2), (64, 64.0)])
def test_cpu_time_that_agrees_with_the_threads_asked_for_is_no_contradiction(asked, cpus):
    assert Guard(asked).contradiction(used(cpus)) is None


def test_cpu_time_of_more_threads_than_asked_for_is_told():
    assert Guard(1).contradiction(used(1.9)) == "used 1.90 CPUs in a burst, 1 thread asked for"
    assert Guard(2).contradiction(used(3.1)) == "used 3.10 CPUs in a burst, 2 threads asked for"


def test_a_burst_too_short_for_the_clock_of_the_cpu_accuses_nobody():
    assert Guard(1).contradiction(Used(4_000_000, 0, 0, 1_000_000)) is None


def test_a_thread_that_hands_out_the_work_and_waits_is_not_counted():
    guard, kept = Guard(2), bytes(2_000_000)
    with ThreadPoolExecutor(2) as pool:
        before = usage.read()
        list(pool.map(lambda part: hashlib.sha256(kept).digest(), range(40)))
        assert guard.contradiction(usage.read().since(before)) is None


def test_a_pool_of_another_size_is_told():
    pools = [{"library": "openblas", "threads": 1}, {"library": "openmp", "threads": 2}]
    assert Guard(1).disobedient(pools) == "the openmp pool has 2 threads, 1 thread asked for"
    assert Guard(1).disobedient(pools[:1]) is None
    assert Guard(4).disobedient(pools) is None  # fewer gain nothing that they should not have


def test_the_environment_of_a_worker_pins_every_library_and_retains_memory_when_asked_to():
    assert threads.variables(2, "default")["OPENBLAS_NUM_THREADS"] == "2"
    assert "MALLOC_TRIM_THRESHOLD_" not in threads.variables(1, "default")
    assert "MALLOC_TRIM_THRESHOLD_" in threads.variables(1, "retain")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the allocator's options are those of glibc")
def test_memory_that_is_retained_is_not_faulted_in_again():
    code = (
        "import resource\n"
        "from bench.machine import threads\n"
        "threads.retain_memory()\n"
        "for _ in range(3):\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    bytes(bytearray(8_000_000))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert int(done.stdout) < 100  # of the 3900 pages


def test_a_system_that_sets_no_limits_stops_nothing(monkeypatch):
    def refused(*arguments):
        raise PermissionError

    monkeypatch.setattr(resource, "setrlimit", refused)
    monkeypatch.setattr(threads.sys, "platform", "other")
    threads.die_with_parent(1)
